// Small files: those that may come from anybody, read whole, up to a limit; and one that is written.
#ifndef QUINIELA_NOTARY_SMALL_FILE_H
#define QUINIELA_NOTARY_SMALL_FILE_H

#include "base/error.h"
#include "seal/slice.h"

struct small_file {
    char *bytes; // and a NUL after them
    size_t size;
};

// Reads the file. ERROR_SYSTEM when it cannot be read, ERROR_BAD_SETTING when it is no regular file (a named
// pipe is not waited for) or has more than `max` bytes, ERROR_NO_MEMORY; each names the path. Freed by the
// caller.
bool small_file_read(const char *path, size_t max, struct small_file *file, struct error *error) MUST_CHECK;

// The same for a secret: ERROR_BAD_SETTING, too, when others than its owner may read or change it.
// The service manager's copy, in $CREDENTIALS_DIRECTORY, may be readable for its group.
bool small_file_read_secret(const char *path, size_t max, struct small_file *file,
                            struct error *error) MUST_CHECK;

// The same for the file `name` of an open folder, where a link is not followed. `path` is the folder's, for
// what is said. *found is false, and nothing an error, when there is no file of that name.
bool small_file_read_at(int folder, const char *path, const char *name, size_t max, struct small_file *file,
                        bool *found, struct error *error) MUST_CHECK;

// Writes all of the bytes to an open file, and syncs it. False with errno set.
bool small_file_write(int descriptor, struct slice bytes) MUST_CHECK;

// Wipes and frees the bytes.
void small_file_free(struct small_file *file);

// All of it.
static inline struct slice small_file_text(const struct small_file *file) {
    return (struct slice){file->bytes, file->size};
}

#endif
