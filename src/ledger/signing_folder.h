// The folder outside the store that keeps what is signed of the ledger's draw (SEAL_DIR, notary/folder.h). A
// ledger that was opened without one keeps nothing, and finds nothing.
#ifndef QUINIELA_LEDGER_SIGNING_FOLDER_H
#define QUINIELA_LEDGER_SIGNING_FOLDER_H

#include "notary/folder.h"
#include "notary/kept_rules.h"

struct ledger;

// Has the file `name` hold the bytes, for good. Errors as folder_keep.
bool signing_folder_keep(const struct ledger *ledger, const char *name, struct slice bytes,
                         struct error *error) MUST_CHECK;

// Reads the file `name`, of at most `max` bytes; *found is false when there is none. Errors as folder_read.
// Freed by the caller.
bool signing_folder_read(const struct ledger *ledger, const char *name, size_t max, struct small_file *file,
                         bool *found, struct error *error) MUST_CHECK;

// The same of the draw `draw_name`, without a ledger. `seal_dir` NULL: there is no folder.
bool signing_folder_read_at(const char *seal_dir, const char *draw_name, const char *name, size_t max,
                            struct small_file *file, bool *found, struct error *error) MUST_CHECK;

// The name of the file of record `number` of the rules.
void signing_folder_rules_name(size_t number, char name[FOLDER_NAME_BYTES_MAX]);

// What the store has of a signed draw, to be held against the folder.
struct signing_stored {
    const char *seal_dir, *draw_name;
    const struct vkey *key; // the server's
    bool is_open;           // the draw: it may have more records than the store
    struct kept_rules *rules;
};

// Compares the folder's records of the rules with the store's, and adds those that it has beyond them
// (rules). *found: how many it has. ERROR_FORKED when it has another one in place of one, one that does not
// follow, or more than a draw that is not open was sealed with; errors of the folder.
bool signing_folder_compare(const struct signing_stored *stored, size_t *found,
                            struct error *error) MUST_CHECK;

// The folder has rules of a draw that is not signed in the store (`is_stored`), or not there. Returns false,
// ERROR_FORKED.
bool signing_folder_refuse_lost(const char *seal_dir, const char *draw_name, bool is_stored,
                                struct error *error);

#endif
