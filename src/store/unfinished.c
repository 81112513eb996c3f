#include "store/unfinished.h"

#include "base/path.h"
#include "bet/errors.h"
#include "store/beside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ATTEMPTS = 10 };

// Far beyond all bytes that SQLite locks, so that the file can be opened as a database meanwhile.
static const off_t lock_byte = (off_t)1 << 62;

// A killed process holds no lock, so what nobody has locked is left over. A lock of an open file description
// (fcntl(2)) stays when SQLite closes a descriptor of its own.
static bool lock(int file) {
    struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = lock_byte, .l_len = 1};
    return fcntl(file, F_OFD_SETLK, &range) == 0;
}

static bool has_name(int file, const char *name) {
    struct stat status, named;
    return fstat(file, &status) == 0 && lstat(name, &named) == 0 && path_is_same(&status, &named);
}

static bool is_unfinished(const char *name) {
    size_t length = strlen(name), ending = strlen(UNFINISHED_ENDING);
    return length > ending && strcmp(name + length - ending, UNFINISHED_ENDING) == 0;
}

static void remove_if_left(const char *folder, const char *name) {
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
        return;
    }
    int file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file >= 0) {
        if (lock(file) && has_name(file, path)) {
            (void)unlink(path);
        }
        close(file);
    }
}

static void remove_left(const char *name) {
    char folder[PATH_MAX];
    path_folder(name, folder);
    DIR *files = opendir(folder);
    if (files == NULL) {
        return; // it may not be read; what is left there only takes room
    }
    for (const struct dirent *entry = readdir(files); entry != NULL; entry = readdir(files)) {
        if (is_unfinished(entry->d_name)) {
            remove_if_left(folder, entry->d_name);
        }
    }
    closedir(files);
}

static bool refuse_name(const char *name, struct error *error) {
    return error_set(error, ERROR_STORE_FAILED, "%.150s: is there already, and stays as it is; name another",
                     name);
}

static bool is_free(const char *name, struct error *error) {
    struct stat status;
    if (lstat(name, &status) != 0) {
        return errno == ENOENT || beside_fail(name, "cannot be made", error);
    }
    return refuse_name(name, error);
}

// Another process may remove the file between its making and its lock, taking it for one that was left.
static bool make(struct unfinished *unfinished, struct error *error) {
    const char *other = unfinished->other;
    for (int i = 0; i < ATTEMPTS; i++) {
        int file = open(other, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (file < 0) {
            return errno == EEXIST ? error_set(error, ERROR_STORE_FAILED,
                                               "%.150s: somebody else is just making it", unfinished->name)
                                   : beside_fail(unfinished->name, "cannot be made", error);
        }
        if (lock(file) && has_name(file, other)) {
            unfinished->file = file;
            return true;
        }
        close(file);
        (void)unlink(other);
    }
    return error_set(error, ERROR_STORE_FAILED, "%.150s: cannot be locked", other);
}

bool unfinished_begin(struct unfinished *unfinished, const char *name, struct error *error) {
    *unfinished = (struct unfinished){.file = -1};
    if (!path_resolve(name, unfinished->name, error)) {
        error->code = ERROR_STORE_FAILED;
        return false;
    }
    if (!beside_name(unfinished->other, unfinished->name, UNFINISHED_ENDING, error) ||
        !is_free(unfinished->name, error)) {
        return false;
    }
    remove_left(unfinished->name);
    return make(unfinished, error);
}

// Where a file system has neither renames that replace nothing nor links, an empty file of our own takes the
// name first: it is all that is replaced. (A kill between the two leaves it, and it is no store.)
static bool rename_over_own(const struct unfinished *unfinished, struct error *error) {
    const char *name = unfinished->name;
    int own = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (own < 0) {
        return errno == EEXIST ? refuse_name(name, error) : beside_fail(name, "cannot be named", error);
    }
    close(own);
    if (rename(unfinished->other, name) != 0) {
        (void)beside_fail(name, "cannot be named", error);
        (void)unlink(name);
        return false;
    }
    return true;
}

static bool rename_it(const struct unfinished *unfinished, struct error *error) {
    const char *name = unfinished->name;
    if (path_give_name(AT_FDCWD, unfinished->other, name)) {
        return true;
    }
    if (errno == EOPNOTSUPP) {
        return rename_over_own(unfinished, error);
    }
    return errno == EEXIST ? refuse_name(name, error) : beside_fail(name, "cannot be named", error);
}

bool unfinished_finish(struct unfinished *unfinished, struct error *error) {
    if (fsync(unfinished->file) != 0) {
        return beside_fail(unfinished->name, "cannot be synced", error);
    }
    if (!rename_it(unfinished, error)) {
        return false;
    }
    close(unfinished->file);
    unfinished->file = -1;
    if (!path_sync_folder_if_able(unfinished->name)) {
        (void)beside_fail(unfinished->name, "its folder cannot be synced", error);
        (void)unlink(unfinished->name); // a power cut might take its name away: it counts as not made
        return false;
    }
    return true;
}

void unfinished_end(struct unfinished *unfinished) {
    if (unfinished->file >= 0) {
        (void)unlink(unfinished->other);
        close(unfinished->file);
        unfinished->file = -1;
    }
}
