// The package that an auditor takes before the number is known: all of a sealed draw, in a folder.
#ifndef QUINIELA_PROVE_PACKAGE_WRITING_H
#define QUINIELA_PROVE_PACKAGE_WRITING_H

#include "prove/kept_seal.h"

// Writes export, rules, seal and its cosignatures, seal.json, time stamps, secret, the audit logs (paths; as
// far as their last whole line) and the manifest into the folder, which is made, or empty. *hash is the
// manifest's SHA-256, to be noted. The store's bets must be those that were sealed: ERROR_FALSE_CLAIM names
// the agency otherwise. ERROR_BAD_SETTING, ERROR_SYSTEM, ERROR_STORE_FAILED, ERROR_NO_MEMORY. After a failure
// nothing is left of it.
bool package_write(struct store *store, const struct sealed_draw *sealed, const struct kept_seal *kept,
                   char *const *audit_logs, size_t audit_count, const char *path, struct hash *hash,
                   struct error *error) MUST_CHECK;

#endif
