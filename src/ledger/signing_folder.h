// The folder outside the store that keeps what is signed of the ledger's draw (SEAL_DIR, notary/folder.h). A
// ledger that was opened without one keeps nothing, and finds nothing.
#ifndef QUINIELA_LEDGER_SIGNING_FOLDER_H
#define QUINIELA_LEDGER_SIGNING_FOLDER_H

#include "notary/folder.h"

struct ledger;

// Has the file `name` hold the bytes, for good. Errors as folder_keep.
bool signing_folder_keep(const struct ledger *ledger, const char *name, struct slice bytes,
                         struct error *error) MUST_CHECK;

// Reads the file `name`, of at most `max` bytes; *found is false when there is none. Errors as folder_read.
// Freed by the caller.
bool signing_folder_read(const struct ledger *ledger, const char *name, size_t max, struct small_file *file,
                         bool *found, struct error *error) MUST_CHECK;

// The name of the file of record `number` of the rules.
void signing_folder_rules_name(size_t number, char name[FOLDER_NAME_BYTES_MAX]);

// Compares the folder's records of the rules with the ledger's, and adds those that it has beyond them
// (signed_draw.rules). *found: how many it has. ERROR_FORKED when it has another one in place of one, or one
// that does not follow; errors of the folder.
bool signing_folder_compare(struct ledger *ledger, size_t *found, struct error *error) MUST_CHECK;

#endif
