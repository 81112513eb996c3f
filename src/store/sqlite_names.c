#include "store/sqlite_names.h"

#include "base/file_beginnings.h"
#include "base/path.h"
#include "bet/errors.h"
#include "store/version.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *const sqlite_endings[SQLITE_FILES] = {"", "-wal", "-shm"};
static const char *const all_endings[] = {"", "-wal", "-shm", "-lock", "-journal"};

enum {
    ENDINGS = sizeof all_endings / sizeof *all_endings,
    LOG_BYTES_MIN = 32 + 24 + 512, // with one frame, of the smallest page
};

void sqlite_names_beside(const struct sqlite_names *names, const char *ending, char name[PATH_MAX]) {
    int length = snprintf(name, PATH_MAX, "%s%s", names->path, ending);
    assert(length < PATH_MAX); // sqlite_names_find has checked this
    (void)length;
}

static bool has_file(const struct sqlite_names *names, const char *ending) {
    char name[PATH_MAX];
    sqlite_names_beside(names, ending, name);
    return access(name, F_OK) == 0;
}

bool sqlite_names_look(const struct sqlite_names *names, enum sqlite_file which, struct stat *status) {
    char name[PATH_MAX];
    sqlite_names_beside(names, sqlite_endings[which], name);
    return lstat(name, status) == 0;
}

// Finding them --------------------------------------------------------------------------------------------

// Whether `path` begins as an address does: a scheme, and "://" (RFC 3986, 3.1).
static bool is_address(const char *path) {
    size_t length = strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
    return length > 0 && strncmp(path + length, "://", 3) == 0;
}

bool sqlite_names_check(const char *path, struct error *error) {
    if (path[0] == '\0') {
        return error_set(error, ERROR_BAD_SETTING, "a store needs a path");
    }
    if (strcmp(path, ":memory:") == 0) {
        return error_set(error, ERROR_BAD_SETTING,
                         ":memory: keeps nothing: what is acknowledged must be in a file; name one");
    }
    if (strncmp(path, "file:", 5) == 0 || is_address(path)) {
        return error_set(error, ERROR_BAD_SETTING,
                         "\"%.100s\" is neither a path nor a PostgreSQL address; a file of that name is "
                         "\"./%.100s\"",
                         path, path);
    }
    return true;
}

// The kept name of the upgrade that has given the file a second one, or NULL.
static const char *name_of_upgrade(const char *path, const struct stat *file, char name[PATH_MAX]) {
    struct stat other;
    for (int version = 1; version < STORE_VERSION; version++) {
        if (snprintf(name, PATH_MAX, "%s.v%d", path, version) < PATH_MAX && lstat(name, &other) == 0 &&
            path_is_same(file, &other)) {
            return name;
        }
    }
    return NULL;
}

static bool has_one_name(const char *path, const char *shown, const struct stat *file, struct error *error) {
    char name[PATH_MAX];
    if (file->st_nlink <= 1) {
        return true;
    }
    if (file->st_nlink == 2 && name_of_upgrade(path, file, name) != NULL) {
        return error_set(
            error, ERROR_STORE_FAILED,
            "%.100s: has 2 names (hard links), the other is %.100s: an upgrade is at work on it, or was "
            "interrupted, and \"quiniela upgrade\" goes on with it; if neither, remove that name",
            shown, name);
    }
    return error_set(error, ERROR_STORE_FAILED,
                     "%.150s: has %ju names (hard links): its log and its lock would go by the name it is "
                     "opened with; make the others copies, or remove them",
                     shown, (uintmax_t)file->st_nlink);
}

bool sqlite_names_check_file(const char *name, const char *shown, struct error *error) {
    struct stat status;
    if (lstat(name, &status) != 0) {
        return errno == ENOENT || error_set(error, ERROR_STORE_FAILED, "%.150s: %s", shown, strerror(errno));
    }
    if (S_ISLNK(status.st_mode)) {
        return error_set(error, ERROR_STORE_FAILED,
                         "%.150s: is a link; only the database's own name may be one", shown);
    }
    if (!S_ISREG(status.st_mode)) {
        return error_set(error, ERROR_STORE_FAILED, "%.150s: is a %s, not a file", shown,
                         S_ISDIR(status.st_mode) ? "folder" : "device, pipe or socket");
    }
    return has_one_name(name, shown, &status, error);
}

bool sqlite_names_find(const char *path, struct sqlite_names *names, struct error *error) {
    char name[PATH_MAX];
    snprintf(names->name, sizeof names->name, "%s", path);
    bool good = path_resolve(path, names->path, error);
    if (good && strlen(names->path) + sizeof "-journal" > PATH_MAX) {
        good = error_set(error, ERROR_STORE_FAILED, "%.150s: the path is too long", path);
    }
    for (size_t i = 0; good && i < ENDINGS; i++) {
        sqlite_names_beside(names, all_endings[i], name);
        good = sqlite_names_check_file(name, i == 0 ? names->name : name, error);
    }
    if (!good) {
        error->code = ERROR_STORE_FAILED;
    }
    return good;
}

static void each_path_of(const char *path, store_each_path each, void *context) {
    char text[PATH_MAX];
    path_folder(path, text);
    each(context, text, true);
    for (size_t i = 0; i < ENDINGS; i++) {
        if (snprintf(text, sizeof text, "%s%s", path, all_endings[i]) < (int)sizeof text) {
            each(context, text, true);
        }
    }
}

void sqlite_names_paths(const char *path, store_each_path each, void *context) {
    char real[PATH_MAX];
    struct error ignored; // opening it will report it
    if (path_resolve(path, real, &ignored)) {
        each_path_of(real, each, context);
    }
}

// For reading -----------------------------------------------------------------------------------------------

// Whether the store was closed cleanly, by somebody else, in a folder where we may not write. To read a
// database that has a log, SQLite makes files beside it.
static bool nobody_writes(const struct sqlite_names *names) {
    char folder[PATH_MAX];
    path_folder(names->path, folder);
    return !has_file(names, "-wal") && access(folder, W_OK) != 0;
}

void sqlite_names_uri(const struct sqlite_names *names, char uri[SQLITE_URI_BYTES]) {
    size_t length = (size_t)snprintf(uri, SQLITE_URI_BYTES, "file:");
    for (const char *at = names->path; *at != '\0'; at++) {
        const char *format = strchr("%?#", *at) != NULL ? "%%%02x" : "%c";
        length += (size_t)snprintf(uri + length, SQLITE_URI_BYTES - length, format, (unsigned char)*at);
    }
    snprintf(uri + length, SQLITE_URI_BYTES - length, nobody_writes(names) ? "?immutable=1" : "");
}

// Its beginning -------------------------------------------------------------------------------------------

// Byte 18 or 19 of a database that may have a log is 2 (sqlite.org/fileformat.html, 1.3.3). SQLite syncs that
// before it makes the log, and the log is gone, and its folder synced, before it is 1 again.
static bool says_that_it_has_no_log(const char *bytes, size_t length) {
    return length >= SQLITE_NAMES_BEGINNING_BYTES && bytes[18] == 1 && bytes[19] == 1;
}

static bool log_has_frames(const struct sqlite_names *names) {
    char name[PATH_MAX], beginning[SQLITE_LOG_BEGINNING_BYTES];
    struct stat status;
    sqlite_names_beside(names, "-wal", name);
    int file = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool has = file >= 0 && fstat(file, &status) == 0 && status.st_size >= LOG_BYTES_MIN &&
               pread(file, beginning, sizeof beginning, 0) == (ssize_t)sizeof beginning &&
               (memcmp(beginning, SQLITE_LOG_BEGINNING_LITTLE, sizeof beginning) == 0 ||
                memcmp(beginning, SQLITE_LOG_BEGINNING_BIG, sizeof beginning) == 0);
    if (file >= 0) {
        close(file);
    }
    return has;
}

// With a journal or a log beside it SQLite decides. The power may have failed while the file's beginning was
// being written; the right bytes are then in that other file.
bool sqlite_names_check_beginning(const struct sqlite_names *names, const char *bytes, size_t length,
                                  struct error *error) {
    static const char beginning[] = SQLITE_BEGINNING;
    bool is_database = length >= sizeof beginning && memcmp(bytes, beginning, sizeof beginning) == 0;
    if (length == 0 || has_file(names, "-journal")) {
        return true;
    }
    if (is_database && says_that_it_has_no_log(bytes, length) && log_has_frames(names)) {
        return error_set(
            error, ERROR_STORE_FAILED,
            "%.120s: the log beside it, -wal, is that of another file, and would be taken for its own; "
            "move that away, with its -shm, to the file it belongs to (nothing was changed)",
            names->name);
    }
    return is_database || has_file(names, "-wal") ||
           error_set(error, ERROR_STORE_FAILED, SQLITE_NO_DATABASE, names->name);
}
