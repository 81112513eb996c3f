#include "claims/source.h"

#include "seal/errors.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY }; // a named pipe is refused, not waited for

// Looks at what has been opened; closes it when it is nothing to read.
static bool look(struct source *source, const struct error_code *code, struct error *error) {
    struct stat status;
    if (fstat(source->descriptor, &status) != 0) {
        error_set_system(error, errno, "%.250s", source->path);
        source_close(source);
        return false;
    }
    if (S_ISREG(status.st_mode)) {
        source->size = (uint64_t)status.st_size;
        source->device = status.st_dev;
        source->inode = status.st_ino;
        return true;
    }
    error_set(error, code, "%.250s: is no regular file", source->path);
    source_close(source);
    return false;
}

bool source_open(const char *path, struct source *source, struct error *error) {
    *source = (struct source){.path = strdup(path), .descriptor = open(path, FLAGS)};
    int reason = errno;
    if (source->path == NULL || source->descriptor < 0) {
        bool has_path = source->path != NULL;
        source_close(source);
        return has_path ? error_set_system(error, reason, "%.250s", path)
                        : error_set(error, ERROR_NO_MEMORY, "%.250s: no memory", path);
    }
    return look(source, ERROR_SYSTEM, error);
}

// Whether that a file of a folder cannot be opened says something of the folder, and not of who reads it.
// What it says; NULL: nothing.
static const char *says_of_folder(int reason) {
    switch (reason) {
    case ELOOP:
        return "is a link";
    case ENXIO:
        return "is no regular file"; // a socket
    case ENOENT:
    case ENOTDIR:
        return strerror(reason);
    default:
        return NULL;
    }
}

bool source_open_in(int folder, const char *path, const char *name, struct source *source,
                    struct error *error) {
    size_t length = strlen(path) + 1 + strlen(name) + 1;
    *source = (struct source){.path = malloc(length), .descriptor = -1};
    if (source->path == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "%.250s: no memory", name);
    }
    snprintf(source->path, length, "%s%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/", name);
    source->descriptor = openat(folder, name, FLAGS | O_NOFOLLOW);
    if (source->descriptor < 0) {
        int reason = errno;
        const char *says = says_of_folder(reason);
        if (says != NULL) {
            error_set(error, ERROR_FALSE_CLAIM, "%.250s: %s", source->path, says);
        } else {
            error_set_system(error, reason, "%.250s", source->path);
        }
        source_close(source);
        return false;
    }
    return look(source, ERROR_FALSE_CLAIM, error);
}

void source_close(struct source *source) {
    if (source->path != NULL && source->descriptor >= 0) {
        close(source->descriptor);
    }
    free(source->path);
    *source = (struct source){.descriptor = -1};
}

bool source_take(const struct source *source, uint64_t offset, void *bytes, size_t length, size_t *taken,
                 struct error *error) {
    *taken = 0;
    while (*taken < length) {
        ssize_t more =
            pread(source->descriptor, (char *)bytes + *taken, length - *taken, (off_t)(offset + *taken));
        if (more < 0 && errno == EINTR) {
            continue;
        }
        if (more < 0) {
            return error_set_system(error, errno, "%.250s: cannot be read", source->path);
        }
        if (more == 0) {
            break;
        }
        *taken += (size_t)more;
    }
    return true;
}

bool source_check_size(const struct source *source, uint64_t max, struct error *error) {
    return source->size <= max || error_set(error, ERROR_BAD_FORM, "has more than %" PRIu64 " bytes", max);
}

bool source_read(const struct source *source, size_t max, struct small_file *file, struct error *error) {
    *file = (struct small_file){NULL, 0};
    if (!source_check_size(source, max, error)) {
        return false;
    }
    file->bytes = malloc(max + 2);
    if (file->bytes == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "%.250s: no memory to read it", source->path);
    }
    if (!source_take(source, 0, file->bytes, max + 1, &file->size, error)) {
        small_file_free(file);
        return false;
    }
    file->bytes[file->size] = '\0';
    if (file->size > max) { // it has grown
        small_file_free(file);
        return error_set(error, ERROR_BAD_FORM, "has more than %zu bytes", max);
    }
    return true;
}
