#include "cli/foreign_keys.h"

#include "base/log.h"

#include <dirent.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// A folder with more files than this is an archive; the warning is for a few files left there by mistake.
enum { FILES_MAX = 4096, LOOKED_AT_BYTES = 16 * 1024, FOLDERS_MAX = 4 };

// Whether the file has a private key in PEM (RFC 7468, sections 10 and 11, and the older forms of OpenSSL).
static bool has_private_key(int file) {
    char text[LOOKED_AT_BYTES + 1];
    ssize_t length = pread(file, text, LOOKED_AT_BYTES, 0);
    return length > 0 && memmem(text, (size_t)length, "PRIVATE KEY-----", 16) != NULL;
}

// Whether `name` in the folder is a file with a private key that is not the server's own.
static bool is_foreign(int folder, const char *name, const struct stat *own) {
    struct stat status;
    // Non-blocking: a pipe would wait for its other end.
    int file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0) {
        return false;
    }
    bool foreign = fstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
                   (status.st_dev != own->st_dev || status.st_ino != own->st_ino) && has_private_key(file);
    close(file);
    return foreign;
}

static void warn(const char *folder, const char *first, int count) {
    char more[32] = "";
    if (count > 1) {
        snprintf(more, sizeof more, " and %d more", count - 1);
    }
    log_event(
        LOG_LEVEL_WARNING, "confine", LOG_IN_PROGRESS,
        "folder: %.500s | message: this server can read private keys of others in it (%.200s%s): move them "
        "elsewhere",
        folder, first, more);
}

static void look_into(const char *path, const struct stat *own) {
    DIR *folder = opendir(path);
    char first[NAME_MAX + 1] = "";
    int count = 0;
    const struct dirent *entry;
    for (int i = 0; folder != NULL && i < FILES_MAX && (entry = readdir(folder)) != NULL; i++) {
        if (!is_foreign(dirfd(folder), entry->d_name, own)) {
            continue;
        }
        if (count++ == 0 || strcmp(entry->d_name, first) < 0) {
            snprintf(first, sizeof first, "%s", entry->d_name);
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
    if (count > 0) {
        warn(path, first, count);
    }
}

struct folders {
    char paths[FOLDERS_MAX][PATH_MAX];
    int count;
};

static void add_folder_of(struct folders *folders, const char *file) {
    char text[PATH_MAX], folder[PATH_MAX];
    snprintf(text, sizeof text, "%s", file);
    if (realpath(dirname(text), folder) == NULL) {
        return;
    }
    for (int i = 0; i < folders->count; i++) {
        if (strcmp(folders->paths[i], folder) == 0) {
            return;
        }
    }
    if (folders->count < FOLDERS_MAX) {
        snprintf(folders->paths[folders->count++], PATH_MAX, "%s", folder);
    }
}

void foreign_keys_warn(const struct tls_files *files) {
    const char *paths[TLS_FILES];
    struct folders folders = {.count = 0};
    struct stat own;
    if (files->key == NULL || stat(files->key, &own) != 0) {
        return;
    }
    tls_options_paths(files, paths);
    for (size_t i = 0; i < TLS_FILES; i++) {
        if (paths[i] != NULL) {
            add_folder_of(&folders, paths[i]);
        }
    }
    for (int i = 0; i < folders.count; i++) {
        look_into(folders.paths[i], &own);
    }
}
