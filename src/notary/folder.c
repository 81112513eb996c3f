#include "notary/folder.h"

#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

const struct error_code ERROR_KEPT_OTHER[1] = {{"kept_other", false}};

// Opening -------------------------------------------------------------------------------------------------

static bool write_path(const char *path, const char *draw, struct folder *folder, struct error *error) {
    *folder = (struct folder){.descriptor = -1};
    return snprintf(folder->path, sizeof folder->path, "%s/draw-%s", path, draw) < (int)sizeof folder->path ||
           error_set(error, ERROR_BAD_SETTING, "%.100s: the folder's name is too long", path);
}

static bool make_one(const char *path, struct error *error) {
    char resolved[PATH_MAX];
    if (mkdir(path, 0700) != 0) {
        return errno == EEXIST || error_set_system(error, errno, "%.150s: the folder cannot be made", path);
    }
    return path_resolve(path, resolved, error) &&
           (path_sync_folder(resolved) || error_set_system(error, errno, "%.150s: cannot be synced", path));
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

// Keeping -------------------------------------------------------------------------------------------------

// Writes the bytes to the file `temporary`. False with errno set.
static bool write_file(const struct folder *folder, const char *temporary, struct slice bytes) {
    unlinkat(folder->descriptor, temporary, 0); // left over from an interrupted run
    int file =
        openat(folder->descriptor, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (file < 0) {
        return false;
    }
    bool written = small_file_write(file, bytes);
    int failure = errno;
    close(file);
    errno = failure;
    return written;
}

bool folder_give_name(const struct folder *folder, const char *temporary, const char *name) {
    int at = folder->descriptor;
    bool named =
        renameat2(at, temporary, at, name, RENAME_NOREPLACE) == 0 ||
        (errno == EINVAL && renameat(at, temporary, at, name) == 0); // a file system that cannot tell
    int failure = errno;
    if (!named) {
        unlinkat(at, temporary, 0);
    }
    errno = failure;
    return named && fsync(at) == 0;
}

static bool make(const struct folder *folder, const char *name, struct slice bytes, struct error *error) {
    char temporary[FOLDER_NAME_BYTES_MAX + 32];
    snprintf(temporary, sizeof temporary, ".%s.%ld", name, (long)getpid());
    return (write_file(folder, temporary, bytes) && folder_give_name(folder, temporary, name)) ||
           error_set_system(error, errno, "%.150s/%s: cannot be written", folder->path, name);
}

// Whether the file is there already with these bytes; ERROR_KEPT_OTHER when with others.
static bool is_kept(const struct folder *folder, const char *name, struct slice bytes, bool *found,
                    struct error *error) {
    struct small_file file;
    if (!folder_read(folder, name, bytes.length, &file, found, error)) {
        return error->code == ERROR_BAD_SETTING
                   ? error_set(error, ERROR_KEPT_OTHER, "%.150s/%s: is there, and is another one",
                               folder->path, name)
                   : false;
    }
    bool same = !*found || slice_equal(small_file_text(&file), bytes);
    small_file_free(&file);
    return same ||
           error_set(error, ERROR_KEPT_OTHER, "%.150s/%s: is there, and is another one", folder->path, name);
}

bool folder_keep(const struct folder *folder, const char *name, struct slice bytes, struct error *error) {
    bool found;
    if (!is_kept(folder, name, bytes, &found, error)) {
        return false;
    }
    if (found) {
        return fsync(folder->descriptor) == 0 ||
               error_set_system(error, errno, "%.150s: cannot be synced", folder->path);
    }
    if (make(folder, name, bytes, error)) {
        return true;
    }
    struct error reason;
    return is_kept(folder, name, bytes, &found, &reason) && found; // another server was quicker
}

bool folder_read(const struct folder *folder, const char *name, size_t max, struct small_file *file,
                 bool *found, struct error *error) {
    return small_file_read_at(folder->descriptor, folder->path, name, max, file, found, error);
}
