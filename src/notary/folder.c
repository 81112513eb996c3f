#include "notary/folder.h"

#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

const struct error_code ERROR_KEPT_OTHER[1] = {{"kept_other", false}};

// Opening -------------------------------------------------------------------------------------------------

static bool write_path(const char *path, const char *draw, struct folder *folder, struct error *error) {
    *folder = (struct folder){.descriptor = -1};
    return snprintf(folder->path, sizeof folder->path, "%s/draw-%s", path, draw) < (int)sizeof folder->path ||
           error_set(error, ERROR_BAD_SETTING, "%.100s: the folder's name is too long", path);
}

// One that is there already may have been made just before a crash, and so is synced as well.
static bool make_one(const char *path, struct error *error) {
    char resolved[PATH_MAX];
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        return error_set_system(error, errno, "%.150s: the folder cannot be made", path);
    }
    return path_resolve(path, resolved, error) &&
           (path_sync_folder_if_able(resolved) ||
            error_set_system(error, errno, "%.150s: cannot be synced", path));
}

bool folder_make(const char *path, const char *draw, struct error *error) {
    struct folder folder;
    return write_path(path, draw, &folder, error) && make_one(path, error) && make_one(folder.path, error);
}

bool folder_open(const char *path, const char *draw, struct folder *folder, struct error *error) {
    if (!write_path(path, draw, folder, error)) {
        return false;
    }
    folder->descriptor = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    return folder->descriptor >= 0 ||
           error_set_system(error, errno, "%.150s: the folder cannot be opened", folder->path);
}

void folder_close(struct folder *folder) {
    if (folder->descriptor >= 0) {
        close(folder->descriptor);
    }
    folder->descriptor = -1;
}

static bool refuse_to_make(const char *path, int failure, struct error *error) {
    return error_set_system(error, failure, "%.150s: the folder cannot be made", path);
}

// What is no disk (/proc) lets nobody make anything, and says so here.
static bool is_written(const char *path, struct error *error) {
    struct statfs system;
    if (faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) != 0) {
        return error_set_system(error, errno, "%.150s: nothing can be kept there", path);
    }
    bool is_made_up =
        statfs(path, &system) == 0 && (system.f_type == PROC_SUPER_MAGIC || system.f_type == SYSFS_MAGIC);
    return !is_made_up || refuse_to_make(path, ENOENT, error);
}

// In one that this process may write to.
static bool can_make(const char *path, struct error *error) {
    char resolved[PATH_MAX], parent[PATH_MAX];
    if (!path_resolve(path, resolved, error)) {
        return false;
    }
    path_folder(resolved, parent);
    return faccessat(AT_FDCWD, parent, W_OK | X_OK, AT_EACCESS) == 0 || refuse_to_make(path, errno, error);
}

static bool can_open(const char *path, const char *draw, struct error *error) {
    struct folder folder;
    bool is_open = folder_open(path, draw, &folder, error);
    folder_close(&folder);
    return is_open && is_written(folder.path, error);
}

// A link that leads nowhere has its name, and is no folder.
bool folder_can_be_made(const char *path, const char *draw, bool *is_there, struct error *error) {
    char resolved[PATH_MAX];
    struct folder folder;
    struct stat status;
    *is_there = false;
    if (!write_path(path, draw, &folder, error)) {
        return false;
    }
    if (lstat(path, &status) != 0) {
        return can_make(path, error);
    }
    if (!path_resolve(path, resolved, error)) {
        return false;
    }
    if (stat(path, &status) != 0) {
        return refuse_to_make(folder.path, errno, error);
    }
    if (!S_ISDIR(status.st_mode)) {
        return refuse_to_make(folder.path, ENOTDIR, error);
    }
    *is_there = lstat(folder.path, &status) == 0;
    return *is_there ? can_open(path, draw, error) : is_written(path, error);
}

// Keeping -------------------------------------------------------------------------------------------------

// For who alone writes in the folder: nobody takes the name between the two calls.
static bool rename_alone(int folder, const char *temporary, const char *name) {
    struct stat status;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        return false;
    }
    return errno == ENOENT && renameat(folder, temporary, folder, name) == 0;
}

bool folder_give_name(const struct folder *folder, const char *temporary, const char *name) {
    int at = folder->descriptor;
    bool named = path_give_name(at, temporary, name) ||
                 (errno == EOPNOTSUPP && folder->is_ours_alone && rename_alone(at, temporary, name));
    int failure = errno;
    if (!named) {
        unlinkat(at, temporary, 0);
    }
    errno = failure;
    return named && path_sync_open_if_able(at);
}

bool folder_refuse_name(const struct folder *folder, const char *name, int failure, struct error *error) {
    return failure == EOPNOTSUPP
               ? error_set(
                     error, ERROR_SYSTEM,
                     "%.150s/%s: cannot be kept there, as this file system has no links, and its renames "
                     "replace what is there: name a folder of another one (SEAL_DIR)",
                     folder->path, name)
               : error_set_system(error, failure, "%.150s/%s: cannot be written", folder->path, name);
}

// False with errno set: EEXIST when another one has the name.
static bool make(const struct folder *folder, const char *name, struct slice bytes) {
    struct folder_temporary temporary;
    if (!folder_temporary_make(folder->descriptor, name, &temporary)) {
        return false;
    }
    if (small_file_write(temporary.file, bytes) && folder_give_name(folder, temporary.name, name)) {
        close(temporary.file);
        return true;
    }
    folder_temporary_drop(folder->descriptor, &temporary);
    return false;
}

static bool sync_open(const struct folder *folder, int file) {
    return fsync(file) == 0 && path_sync_open_if_able(folder->descriptor);
}

bool folder_sync_kept(const struct folder *folder, const char *name, struct error *error) {
    int file = openat(folder->descriptor, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool done = file >= 0 && sync_open(folder, file);
    int failure = errno;
    if (file >= 0) {
        close(file);
    }
    return done ||
           error_set_system(error, failure, "%.150s/%s: is there, and cannot be synced", folder->path, name);
}

// Whether the file is there already with these bytes, for good; ERROR_KEPT_OTHER when with others.
static bool is_kept(const struct folder *folder, const char *name, struct slice bytes, bool *found,
                    struct error *error) {
    struct small_file file;
    if (!folder_read(folder, name, bytes.length, &file, found, error)) {
        return error->code == ERROR_BAD_SETTING
                   ? (error_set(error, ERROR_KEPT_OTHER, "%.150s/%s: is there, and is another one",
                                folder->path, name) ||
                      error_because(error, CAUSE_KEPT_OTHER))
                   : false;
    }
    bool same = !*found || slice_equal(small_file_text(&file), bytes);
    small_file_free(&file);
    if (!same) {
        return (error_set(error, ERROR_KEPT_OTHER, "%.150s/%s: is there, and is another one", folder->path,
                          name) ||
                error_because(error, CAUSE_KEPT_OTHER));
    }
    return !*found || folder_sync_kept(folder, name, error);
}

bool folder_keep(const struct folder *folder, const char *name, struct slice bytes, struct error *error) {
    bool found;
    if (!is_kept(folder, name, bytes, &found, error)) {
        return false;
    }
    if (found || make(folder, name, bytes)) {
        return true;
    }
    int failure = errno;
    if (failure == EEXIST && !is_kept(folder, name, bytes, &found, error)) { // another server was quicker
        return false;
    }
    return found || folder_refuse_name(folder, name, failure, error);
}

bool folder_read(const struct folder *folder, const char *name, size_t max, struct small_file *file,
                 bool *found, struct error *error) {
    return small_file_read_at(folder->descriptor, folder->path, name, max, file, found, error);
}
