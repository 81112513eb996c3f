// The manifest of an auditor's package: which files it has, with their sizes and hashes.
#ifndef QUINIELA_CLAIMS_MANIFEST_H
#define QUINIELA_CLAIMS_MANIFEST_H

#include "base/error.h"
#include "seal/hash.h"
#include "seal/slice.h"

enum {
    PACKAGE_FILES_MAX = 2000,
    MANIFEST_BYTES_MAX = 256 * 1024, // that many lines, and those before them
    PACKAGE_NAME_BYTES = 24,         // "rules-9999.note"
};

enum package_kind {
    PACKAGE_EXPORT,
    PACKAGE_RULES, // rules-0.note, …
    PACKAGE_SEAL_JSON,
    PACKAGE_SEAL,
    PACKAGE_SECRET,
    PACKAGE_AUDIT,  // audit.log, or audit-0.log, …
    PACKAGE_TOKENS, // token-0.der, …
};

struct package_file {
    enum package_kind kind;
    uint32_t number; // of those of which there may be several
    uint64_t size;   // as the manifest says
    struct hash hash;
    char name[PACKAGE_NAME_BYTES];
};

struct manifest {
    struct slice origin;
    size_t count;
    struct package_file files[PACKAGE_FILES_MAX];
};

// Reads a manifest; its origin points into the text. Refused, with ERROR_BAD_FORM and the line: an unknown
// name, one twice or out of order, a file that must be there and is not.
bool manifest_parse(struct slice text, struct manifest *manifest, struct error *error) MUST_CHECK;

#endif
