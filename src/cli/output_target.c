#include "cli/output_target.h"

#include "audit/chain.h"
#include "base/path.h"
#include "base/translate.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

// What a file begins with -----------------------------------------------------------------------------------

static const char *what_store(int file) {
    char bytes[STORE_BEGINNING_BYTES];
    ssize_t length = pread(file, bytes, sizeof bytes, 0);
    return length < 0 ? NULL : store_file_begins(bytes, (size_t)length);
}

static const char *what_is(int file) {
    static const char audit_log[] = CHAIN_BEGINNING;
    char bytes[sizeof audit_log - 1];
    ssize_t length = pread(file, bytes, sizeof bytes, 0);
    bool is_audit_log = length == (ssize_t)sizeof bytes && memcmp(bytes, audit_log, sizeof bytes) == 0;
    return is_audit_log ? "an audit log" : what_store(file);
}

bool output_target_check(const char *path, const char *shown, struct error *error) {
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) {
        return true; // nothing there, or nothing that this user can read as one of these
    }
    const char *what = what_is(file);
    bool locked = flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(file);
    if (what != NULL) {
        return error_set(error, ERROR_SYSTEM, "%.150s: is %s; it is not overwritten", shown, what);
    }
    return !locked || error_set(error, ERROR_SYSTEM, "%.150s: another program has it locked", shown);
}

bool output_target_is_no_store(const char *path, const char *shown, struct error *error) {
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    const char *what = file < 0 ? NULL : what_store(file);
    if (file >= 0) {
        close(file);
    }
    return what == NULL ||
           error_set(error, ERROR_BAD_SETTING, "%.150s: is %s, and no audit log", shown, what);
}

// The store's own files -------------------------------------------------------------------------------------

struct comparison {
    const char *resolved; // the output's name, or "" for none
    struct stat status;   // of the output
    bool is_there, is_same;
};

static void compare(void *context, const char *path, bool is_written) {
    (void)is_written;
    struct comparison *comparison = context;
    struct stat status;
    bool is_there = stat(path, &status) == 0;
    if (is_there && S_ISDIR(status.st_mode)) {
        return; // the store's folder may hold other files, too
    }
    comparison->is_same = comparison->is_same || strcmp(path, comparison->resolved) == 0 ||
                          (comparison->is_there && is_there && path_is_same(&status, &comparison->status));
}

bool output_target_apart(const char *path, const char *address, struct error *error) {
    char resolved[PATH_MAX] = "";
    struct error ignored; // opening it will report it
    bool is_standard = path == NULL || strcmp(path, "-") == 0;
    struct comparison comparison = {.resolved = resolved};
    comparison.is_there =
        (is_standard ? fstat(STDOUT_FILENO, &comparison.status) : stat(path, &comparison.status)) == 0;
    if (!is_standard && !path_resolve(path, resolved, &ignored)) {
        resolved[0] = '\0';
    }
    store_paths(address, compare, &comparison);
    return !comparison.is_same ||
           error_set(error, ERROR_SYSTEM, "%.150s: is the store, or one of its files; name another file",
                     is_standard ? _("standard output") : path);
}
