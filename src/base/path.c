#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINKS_MAX = 40 }; // as Linux: path_resolution(7)

bool path_is_same(const struct stat *one, const struct stat *other) {
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

void path_folder(const char *resolved, char folder[PATH_MAX]) {
    const char *slash = strrchr(resolved, '/');
    size_t length = slash == NULL || slash == resolved ? 1 : (size_t)(slash - resolved);
    snprintf(folder, PATH_MAX, "%.*s", (int)length, slash == NULL ? "." : resolved);
}

bool path_sync_folder(const char *resolved) {
    char name[PATH_MAX];
    path_folder(resolved, name);
    int folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return false;
    }
    bool synced = fsync(folder) == 0;
    int reason = errno;
    close(folder);
    errno = reason;
    return synced;
}

bool path_sync_folder_if_able(const char *resolved) {
    return path_sync_folder(resolved) || errno == EACCES || errno == EINVAL;
}

bool path_sync_open_if_able(int folder) {
    return fsync(folder) == 0 || errno == EINVAL;
}

// Replaces `name`, a link, by its target, relative to where the link is. False with errno set when `name` is
// not a link.
static bool follow(char name[PATH_MAX]) {
    char target[PATH_MAX], folder[PATH_MAX], next[2 * PATH_MAX];
    ssize_t length = readlink(name, target, sizeof target - 1);
    if (length < 0) {
        return false;
    }
    target[length] = '\0';
    path_folder(name, folder);
    int needed = target[0] == '/' ? snprintf(next, sizeof next, "%s", target)
                                  : snprintf(next, sizeof next, "%s/%s", folder, target);
    if (needed >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(name, next, (size_t)needed + 1);
    return true;
}

// For a file that does not exist: the real name of its folder, followed by its own. False with errno set.
static bool resolve_new(const char *name, char resolved[PATH_MAX]) {
    char folder[PATH_MAX], real[PATH_MAX];
    const char *slash = strrchr(name, '/'), *own = slash == NULL ? name : slash + 1;
    if (own[0] == '\0' || strcmp(own, ".") == 0 || strcmp(own, "..") == 0) {
        errno = ENOENT;
        return false;
    }
    path_folder(name, folder);
    if (realpath(folder, real) == NULL) {
        return false;
    }
    if (snprintf(resolved, PATH_MAX, "%s/%s", strcmp(real, "/") == 0 ? "" : real, own) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    return true;
}

// Not every file system can rename without replacing (NFS cannot), nor can every kernel; those that have
// links can be told by them.
static bool link_instead(int folder, const char *old, const char *name) {
    if (linkat(folder, old, folder, name, 0) != 0) {
        bool has_links = errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS;
        errno = has_links ? errno : EOPNOTSUPP;
        return false;
    }
    (void)unlinkat(folder, old, 0); // if that fails, it is removed as left
    return true;
}

bool path_give_name(int folder, const char *old, const char *name) {
    return renameat2(folder, old, folder, name, RENAME_NOREPLACE) == 0 ||
           ((errno == EINVAL || errno == ENOSYS || errno == ENOTSUP) && link_instead(folder, old, name));
}

// A path that does not reach its file by names alone, such as one in /proc/self/fd, may resolve to another
// file.
static bool has_name(const char *path, const char *resolved, struct error *error) {
    struct stat status, by_name;
    return (stat(path, &status) == 0 && lstat(resolved, &by_name) == 0 && path_is_same(&status, &by_name)) ||
           error_set(error, ERROR_SYSTEM, "%.150s: the file that it leads to has no name there", path);
}

static bool unreachable(const char *path, struct error *error) {
    return error_set_system(error, errno, "%.150s: it or its folder cannot be reached", path);
}

bool path_resolve(const char *path, char resolved[PATH_MAX], struct error *error) {
    char name[PATH_MAX];
    struct stat status;
    bool is_there = stat(path, &status) == 0;
    if (snprintf(name, sizeof name, "%s", path) >= PATH_MAX) {
        return error_set_system(error, ENAMETOOLONG, "%.150s", path);
    }
    if (is_there) {
        if (realpath(path, resolved) == NULL) {
            resolved[0] = '\0'; // it has no name
        }
        return has_name(path, resolved, error);
    }
    if (errno != ENOENT) {
        return unreachable(path, error);
    }
    for (int links = 0; links < LINKS_MAX; links++) {
        if (!follow(name)) {
            return (errno == ENOENT && resolve_new(name, resolved)) || unreachable(path, error);
        }
    }
    return error_set_system(error, ELOOP, "%.150s", path);
}
