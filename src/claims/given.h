// What a draw is checked with: the keys that the caller trusts, and the files, all open.
#ifndef QUINIELA_CLAIMS_GIVEN_H
#define QUINIELA_CLAIMS_GIVEN_H

#include "base/setting.h"
#include "claims/package.h"
#include "seal/vkey.h"

enum given_kind {
    GIVEN_RULES,
    GIVEN_SEAL,
    GIVEN_SEAL_JSON,
    GIVEN_SECRET,
    GIVEN_SALT_KEY,
    GIVEN_CSV,
    GIVEN_RECEIPTS,
    GIVEN_PROOF,
    GIVEN_CODE,
    GIVEN_TOKEN,
    GIVEN_AUTHORITY, // certificates that `tsa` lines of the rules name
    GIVEN_PULSE,
    GIVEN_CERTIFICATE, // NIST's
    GIVEN_APPROVAL,
    GIVEN_RESULT,
    GIVEN_EXPORT,
    GIVEN_EXPORT_AFTER,
    GIVEN_WINNERS, // as `quiniela winners --csv` writes them
    GIVEN_KINDS
};

// As on a command line; NULL or none where a thing is not given.
struct given_options {
    struct setting_texts keys;
    const char *origin, *agency, *manifest_hash, *package;
    struct setting_texts files[GIVEN_KINDS]; // paths; more than one only of kinds that may be repeated
    bool as_json;
};

struct given {
    struct vkey *keys;
    size_t key_count;
    struct slice origin; // text NULL: any; it points into the options
    uint32_t agency;     // 0: any
    bool has_manifest_hash;
    struct hash manifest_hash;
    struct given_files {
        const struct source **list; // some of `own`, some of the package's
        size_t count;
    } files[GIVEN_KINDS];
    struct source *own;
    size_t own_count;
    struct package *package; // NULL: none
};

// Whether anything is asked for at all.
bool given_is_any(const struct given_options *options);

// Checks what makes no sense, and opens everything. ERROR_BAD_SETTING names the flag; ERROR_SYSTEM,
// ERROR_NO_MEMORY. Closed by the caller (given_close), who may call that after a failure, too. The options
// must outlive it.
bool given_open(const struct given_options *options, struct given *given, struct error *error) MUST_CHECK;
void given_close(struct given *given);

// Adds one of the package's files. ERROR_NO_MEMORY.
bool given_add(struct given *given, enum given_kind kind, const struct source *source,
               struct error *error) MUST_CHECK;

// The only file of a kind that is not repeated; NULL when it was not given.
static inline const struct source *given_file(const struct given *given, enum given_kind kind) {
    return given->files[kind].count == 0 ? NULL : given->files[kind].list[0];
}

#endif
