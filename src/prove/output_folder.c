#include "prove/output_folder.h"

#include "base/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(const struct output_folder *folder, const char *what, struct error *error) {
    return error_set_system(error, errno == 0 ? EIO : errno, "%.250s: %s", folder->path, what);
}

// The folder ------------------------------------------------------------------------------------------------

static bool is_empty(const struct output_folder *folder, struct error *error) {
    int copy = fcntl(folder->descriptor, F_DUPFD_CLOEXEC, 0);
    DIR *entries = copy < 0 ? NULL : fdopendir(copy);
    if (entries == NULL) {
        fail(folder, "cannot be read", error);
        if (copy >= 0) {
            close(copy);
        }
        return false;
    }
    bool has_none = true;
    for (const struct dirent *entry; has_none && (entry = readdir(entries)) != NULL;) {
        has_none = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    }
    closedir(entries);
    return has_none || error_set(error, ERROR_BAD_SETTING,
                                 "%.250s: is not empty; name a folder that is not there yet", folder->path);
}

bool output_folder_open(const char *path, struct output_folder *folder, struct error *error) {
    *folder = (struct output_folder){.descriptor = -1};
    if (snprintf(folder->path, sizeof folder->path, "%s", path) >= (int)sizeof folder->path) {
        return error_set(error, ERROR_BAD_SETTING, "%.100s…: the folder's name is too long", path);
    }
    folder->was_made = mkdir(path, 0700) == 0;
    if (!folder->was_made && errno != EEXIST) {
        return fail(folder, "the folder cannot be made", error);
    }
    folder->descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->descriptor < 0 && errno == ENOTDIR) {
        return error_set(error, ERROR_BAD_SETTING, "%.250s: is no folder", path);
    }
    if (folder->descriptor >= 0 ? folder->was_made || is_empty(folder, error)
                                : fail(folder, "the folder cannot be opened", error)) {
        return true;
    }
    output_folder_drop(folder);
    return false;
}

static void end(struct output_folder *folder) {
    if (folder->descriptor >= 0) {
        close(folder->descriptor);
    }
    free(folder->files);
    *folder = (struct output_folder){.descriptor = -1};
}

bool output_folder_finish(struct output_folder *folder, struct error *error) {
    char resolved[PATH_MAX];
    bool done = path_sync_open_if_able(folder->descriptor) || fail(folder, "cannot be synced", error);
    done = done && path_resolve(folder->path, resolved, error) &&
           (path_sync_folder_if_able(resolved) || fail(folder, "its name cannot be synced", error));
    if (!done) {
        output_folder_drop(folder);
        return false;
    }
    end(folder);
    return true;
}

void output_folder_drop(struct output_folder *folder) {
    if (folder->open != NULL) {
        fclose(folder->open);
        unlinkat(folder->descriptor, folder->files[folder->count].name, 0);
    }
    for (size_t i = 0; i < folder->count; i++) {
        unlinkat(folder->descriptor, folder->files[i].name, 0);
    }
    if (folder->was_made) {
        rmdir(folder->path);
    }
    end(folder);
}

// Files -----------------------------------------------------------------------------------------------------

static bool make_place(struct output_folder *folder) {
    if (folder->count == folder->max) {
        size_t max = folder->max == 0 ? 16 : 2 * folder->max;
        struct output_name *more = reallocarray(folder->files, max, sizeof *more);
        if (more == NULL) {
            return false;
        }
        folder->files = more;
        folder->max = max;
    }
    return true;
}

FILE *output_folder_begin(struct output_folder *folder, const char *name, struct error *error) {
    if (!make_place(folder)) {
        error_set(error, ERROR_NO_MEMORY, "%.250s: no memory", folder->path);
        return NULL;
    }
    struct output_name *file = &folder->files[folder->count];
    *file = (struct output_name){.size = 0};
    snprintf(file->name, sizeof file->name, "%s", name);
    int descriptor =
        openat(folder->descriptor, file->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    folder->open = descriptor < 0 ? NULL : fdopen(descriptor, "w+");
    if (folder->open == NULL) {
        error_set_system(error, errno, "%.250s/%s: cannot be made", folder->path, file->name);
        if (descriptor >= 0) {
            close(descriptor);
            unlinkat(folder->descriptor, file->name, 0);
        }
    }
    return folder->open;
}

// What is in the file, as it can be read back. False with errno set.
static bool read_back(struct output_name *name, FILE *file) {
    char piece[64 * 1024];
    struct hasher hasher;
    size_t length;
    hasher_begin(&hasher);
    rewind(file);
    while ((length = fread(piece, 1, sizeof piece, file)) > 0) {
        hasher_add(&hasher, piece, length);
        name->size += length;
    }
    hasher_end(&hasher, &name->hash);
    OPENSSL_cleanse(piece, sizeof piece);
    return ferror(file) == 0;
}

bool output_folder_end(struct output_folder *folder, struct error *error) {
    struct output_name *name = &folder->files[folder->count];
    FILE *file = folder->open;
    errno = 0;
    bool done = ferror(file) == 0 && fflush(file) == 0 && fsync(fileno(file)) == 0 && read_back(name, file);
    if (!done) {
        return error_set_system(error, errno == 0 ? EIO : errno, "%.250s/%s: cannot be written", folder->path,
                                name->name);
    }
    fclose(file);
    folder->open = NULL;
    folder->count++;
    return true;
}

bool output_folder_put(struct output_folder *folder, const char *name, const void *bytes, size_t length,
                       struct error *error) {
    FILE *file = output_folder_begin(folder, name, error);
    if (file == NULL) {
        return false;
    }
    setvbuf(file, NULL, _IONBF, 0); // a secret is not copied
    fwrite(bytes, 1, length, file);
    return output_folder_end(folder, error);
}
