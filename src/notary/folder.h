// A folder outside the store (SEAL_DIR) that keeps what was signed of each draw. So a store that was put back
// from a copy does not make them forgotten, and a second seal shows.
//
// A draw has a folder of its own in it, "draw-NAME", whatever its name is. A file in it is written once.
#ifndef QUINIELA_NOTARY_FOLDER_H
#define QUINIELA_NOTARY_FOLDER_H

#include "notary/folder_temporary.h"
#include "notary/small_file.h"

#include <stdint.h>

// A file of that name is there, and has other bytes.
extern const struct error_code ERROR_KEPT_OTHER[1];
#define CAUSE_KEPT_OTHER "another one is kept in its folder" // its cause (struct error)

struct folder {
    int descriptor;     // -1: not open
    char path[256];     // for messages
    bool is_ours_alone; // nobody else gives a file of it the names that we give, as we hold a lock
};

// Makes the folder of the draw `draw` in `path`, and `path` itself, where they are not there (mode 0700).
// ERROR_SYSTEM, ERROR_BAD_SETTING, naming it.
bool folder_make(const char *path, const char *draw, struct error *error) MUST_CHECK;

// Whether folder_make could make them with the rights of this process, and folder_open could open what is
// there; nothing is made. *is_there: that of the draw is. Errors as above.
bool folder_can_be_made(const char *path, const char *draw, bool *is_there, struct error *error) MUST_CHECK;

// Opens the folder of the draw, which is there. Errors as above. Closed by the caller.
bool folder_open(const char *path, const char *draw, struct folder *folder, struct error *error) MUST_CHECK;

void folder_close(struct folder *folder);

// Has the file `name` hold the bytes, for good: it is synced, and its name is. One that has them already
// stays, and is synced likewise: whoever wrote it may not have come to that. ERROR_KEPT_OTHER when it has
// others: then nothing is changed. ERROR_SYSTEM: also when the file is there, and a sync has failed.
bool folder_keep(const struct folder *folder, const char *name, struct slice bytes,
                 struct error *error) MUST_CHECK;

// Syncs the file `name`, which is there, and its name. ERROR_SYSTEM.
bool folder_sync_kept(const struct folder *folder, const char *name, struct error *error) MUST_CHECK;

// Gives the file `temporary` of the folder, written and synced, the name `name`, which no other one may have;
// the folder is synced. False with errno set, and then `temporary` is gone: EEXIST when one has it,
// EOPNOTSUPP when the folder is not ours alone and its file system cannot tell whether one has.
bool folder_give_name(const struct folder *folder, const char *temporary, const char *name) MUST_CHECK;

// Says why the file `name` could not be kept: `failure` is errno of folder_give_name, or of a write before
// it. Returns false, ERROR_SYSTEM.
bool folder_refuse_name(const struct folder *folder, const char *name, int failure, struct error *error);

// Reads the file `name`; *found is false when there is none. Errors as small_file_read. Freed by the caller.
bool folder_read(const struct folder *folder, const char *name, size_t max, struct small_file *file,
                 bool *found, struct error *error) MUST_CHECK;

#endif
