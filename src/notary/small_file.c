#include "notary/small_file.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool look(const char *path, int descriptor, size_t max, struct stat *status, struct error *error) {
    if (fstat(descriptor, status) != 0) {
        return error_set_system(error, errno, "%.150s: cannot be read", path);
    }
    if (!S_ISREG(status->st_mode)) {
        return error_set(error, ERROR_BAD_SETTING, "%.150s: is no regular file", path);
    }
    return (uint64_t)status->st_size <= max ||
           error_set(error, ERROR_BAD_SETTING, "%.150s: has %lld bytes, and may have %zu", path,
                     (long long)status->st_size, max);
}

// A file that grows meanwhile is read as far as it was long.
static bool read_whole(const char *path, int descriptor, struct small_file *file, struct error *error) {
    size_t done = 0;
    while (done < file->size) {
        ssize_t more = read(descriptor, file->bytes + done, file->size - done);
        if (more < 0 && errno == EINTR) {
            continue;
        }
        if (more < 0) {
            return error_set_system(error, errno, "%.150s: cannot be read", path);
        }
        if (more == 0) {
            break;
        }
        done += (size_t)more;
    }
    file->size = done;
    file->bytes[done] = '\0';
    return true;
}

// A service manager hands a secret over in a folder into which nobody else gets. Where it lets the service
// read it by an access list, the mode shows that as the group's right (systemd, LoadCredential=).
static bool is_credential(const char *path) {
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    size_t length = folder == NULL ? 0 : strlen(folder);
    return length > 0 && strncmp(path, folder, length) == 0 && path[length] == '/';
}

static bool check_privacy(const char *path, const struct stat *status, struct error *error) {
    mode_t others = (S_IRWXG | S_IRWXO) & ~(is_credential(path) ? (mode_t)S_IRGRP : 0);
    return (status->st_mode & others) == 0 ||
           error_set(error, ERROR_BAD_SETTING,
                     "%.150s: is a secret, and others can get at it (mode %03o): chmod 600", path,
                     (unsigned)status->st_mode & 0777U);
}

// Reads what the descriptor has open, and closes it.
static bool read_open(const char *path, int descriptor, bool is_secret, size_t max, struct small_file *file,
                      struct error *error) {
    struct stat status;
    bool done =
        look(path, descriptor, max, &status, error) && (!is_secret || check_privacy(path, &status, error));
    if (done) {
        file->size = (size_t)status.st_size;
        file->bytes = memory_allocate(file->size + 1);
        done = file->bytes == NULL ? error_set(error, ERROR_NO_MEMORY, "%.150s: no memory to read it", path)
                                   : read_whole(path, descriptor, file, error);
    }
    close(descriptor);
    if (!done) {
        small_file_free(file);
    }
    return done;
}

enum { FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY }; // a named pipe is refused, not waited for

static bool read_file(const char *path, bool is_secret, size_t max, struct small_file *file,
                      struct error *error) {
    *file = (struct small_file){NULL, 0};
    int descriptor = open(path, FLAGS);
    if (descriptor < 0) {
        return error_set_system(error, errno, "%.150s: cannot be opened", path);
    }
    return read_open(path, descriptor, is_secret, max, file, error);
}

bool small_file_read(const char *path, size_t max, struct small_file *file, struct error *error) {
    return read_file(path, false, max, file, error);
}

bool small_file_read_secret(const char *path, size_t max, struct small_file *file, struct error *error) {
    return read_file(path, true, max, file, error);
}

bool small_file_read_at(int folder, const char *path, const char *name, size_t max, struct small_file *file,
                        bool *found, struct error *error) {
    char whole[512];
    snprintf(whole, sizeof whole, "%s/%s", path, name);
    *file = (struct small_file){NULL, 0};
    int descriptor = openat(folder, name, FLAGS | O_NOFOLLOW);
    *found = descriptor >= 0;
    if (descriptor < 0) {
        return errno == ENOENT || error_set_system(error, errno, "%.150s: cannot be opened", whole);
    }
    return read_open(whole, descriptor, false, max, file, error);
}

bool small_file_write(int descriptor, struct slice bytes) {
    for (size_t done = 0; done < bytes.length;) {
        ssize_t more = write(descriptor, bytes.text + done, bytes.length - done);
        if (more < 0 && errno == EINTR) {
            continue;
        }
        if (more <= 0) {
            errno = more == 0 ? EIO : errno;
            return false;
        }
        done += (size_t)more;
    }
    return fsync(descriptor) == 0;
}

void small_file_free(struct small_file *file) {
    if (file->bytes != NULL) {
        OPENSSL_cleanse(file->bytes, file->size);
    }
    memory_free(file->bytes);
    *file = (struct small_file){NULL, 0};
}
