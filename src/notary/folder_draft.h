// A file of a draw's folder that is too large for memory: it is written bit by bit, and gets its name once it
// is whole.
#ifndef QUINIELA_NOTARY_FOLDER_DRAFT_H
#define QUINIELA_NOTARY_FOLDER_DRAFT_H

#include "notary/folder.h"

#include <stdio.h>

struct folder_draft {
    FILE *file;                        // NULL: there is none
    struct folder_temporary temporary; // what `file` writes
};

// Begins the file that is to be `name`, at most FOLDER_NAME_BYTES_MAX bytes: empty, to be written and read
// through draft->file. What interrupted runs left of such files is removed. ERROR_SYSTEM. Ended by
// folder_draft_keep or folder_draft_drop.
bool folder_draft_begin(const struct folder *folder, const char *name, struct folder_draft *draft,
                        struct error *error) MUST_CHECK;

// Syncs the file and gives it its name, for good; one of that name with the same bytes stays, and is
// synced. The draft is over either way. ERROR_KEPT_OTHER when there is one with others, which is left as it
// is; ERROR_SYSTEM.
bool folder_draft_keep(const struct folder *folder, const char *name, struct folder_draft *draft,
                       struct error *error) MUST_CHECK;

// Removes it. Does nothing when there is none.
void folder_draft_drop(const struct folder *folder, struct folder_draft *draft);

// Opens the folder's file `name` to be read; *file is NULL when there is none. A link is not followed, and
// anything but a regular file is ERROR_BAD_SETTING. ERROR_SYSTEM. Closed by the caller (fclose).
bool folder_open_file(const struct folder *folder, const char *name, FILE **file,
                      struct error *error) MUST_CHECK;

#endif
