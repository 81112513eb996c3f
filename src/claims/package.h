// The package that an auditor takes before the number is known: a folder, and a manifest of what is in it.
#ifndef QUINIELA_CLAIMS_PACKAGE_H
#define QUINIELA_CLAIMS_PACKAGE_H

#include "claims/source.h"
#include "claims/verdicts.h"
#include "seal/hash.h"
#include "seal/limits.h"

enum {
    MANIFEST_BYTES_MAX = 64 * 1024,
    PACKAGE_FILES_MAX = 2000,
    PACKAGE_NAME_BYTES = 24, // "rules-9999.note"
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

struct package {
    char *path;
    int folder;
    struct small_file text; // the manifest's
    bool has_manifest;      // it could be read, and its hash is:
    struct hash hash;
    struct manifest *manifest; // NULL while it has not been read, or is none
    struct source *sources;    // of the manifest's files; their path is NULL where they could not be opened
};

// Opens the folder. ERROR_SYSTEM, ERROR_NO_MEMORY. Closed by the caller.
bool package_open(const char *path, struct package *package, struct error *error) MUST_CHECK;
void package_close(struct package *package);

// Reads the manifest, and holds the folder against it: each thing that is wrong is said of `what` in a line
// of its own. What could be opened is in `sources`, all the same. *faults counts them. ERROR_NO_MEMORY,
// ERROR_SYSTEM.
bool package_check(struct package *package, struct verdicts *verdicts, const char *what, size_t *faults,
                   struct error *error) MUST_CHECK;

#endif
