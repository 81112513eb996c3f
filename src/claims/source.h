// A file that is given to be checked: regular, open, and read from any place as often as is needed.
#ifndef QUINIELA_CLAIMS_SOURCE_H
#define QUINIELA_CLAIMS_SOURCE_H

#include "notary/small_file.h"

#include <stdint.h>
#include <sys/types.h>

struct source {
    char *path;
    int descriptor;
    uint64_t size; // when it was opened
    dev_t device;
    ino_t inode;
};

// Opens a file of the command line, where a link is followed. ERROR_SYSTEM when it cannot be opened or is no
// regular file (a named pipe is not waited for); ERROR_NO_MEMORY; each names the path. Closed by the caller.
bool source_open(const char *path, struct source *source, struct error *error) MUST_CHECK;

// Opens the file `name` of an open folder, where no link is followed; `path` is the folder's, for what is
// said. ERROR_FALSE_CLAIM when it is not there, is a link, or is no regular file: the folder is not what it
// is said to be. ERROR_SYSTEM when it is there and cannot be read, which is the reader's; ERROR_NO_MEMORY.
bool source_open_in(int folder, const char *path, const char *name, struct source *source,
                    struct error *error) MUST_CHECK;

void source_close(struct source *source);

// Reads at most `length` bytes from `offset` on; *taken is fewer only where the file ends. ERROR_SYSTEM.
bool source_take(const struct source *source, uint64_t offset, void *bytes, size_t length, size_t *taken,
                 struct error *error) MUST_CHECK;

// Reads all of it. ERROR_BAD_FORM when it has more than `max` bytes, ERROR_SYSTEM, ERROR_NO_MEMORY. Freed by
// the caller.
bool source_read(const struct source *source, size_t max, struct small_file *file,
                 struct error *error) MUST_CHECK;

// ERROR_BAD_FORM when it has more than `max` bytes.
bool source_check_size(const struct source *source, uint64_t max, struct error *error) MUST_CHECK;

// Whether they are one file, whatever their names.
static inline bool source_is_same(const struct source *one, const struct source *other) {
    return one->device == other->device && one->inode == other->inode;
}

#endif
