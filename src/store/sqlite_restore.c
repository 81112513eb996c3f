// Several files change their names, which no file system does at once. So the lock's file is marked first,
// and while it is, nobody opens the store: a kill in between leaves no log without its database, and no
// database without its log. The next restore goes on from there.
#include "store/sqlite_restore.h"

#include "base/path.h"
#include "bet/errors.h"
#include "store/beside.h"
#include "store/sqlite_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct restoring {
    struct sqlite_files files;
    char made[PATH_MAX], kept[PATH_MAX];
};

static bool is_there(const char *path) {
    struct stat status;
    return lstat(path, &status) == 0;
}

// Changing the names --------------------------------------------------------------------------------------

static bool rename_if_there(const char *from, const char *to, struct error *error) {
    return !is_there(from) || rename(from, to) == 0 || beside_fail(from, "cannot be renamed", error);
}

// The database's log, or the journal of a change that was cut short, goes with it.
static bool put_away(const struct restoring *restoring, struct error *error) {
    static const char *const endings[] = {"-wal", "-journal", ""};
    bool done = true;
    for (size_t i = 0; done && i < sizeof endings / sizeof endings[0]; i++) {
        char from[PATH_MAX], to[PATH_MAX];
        done = beside_name(from, restoring->files.names.path, endings[i], error) &&
               beside_name(to, restoring->kept, endings[i], error) && rename_if_there(from, to, error);
    }
    return done;
}

// Does only what has not been done. Its last step takes the mark away, together with that of a cut, which
// was the former files'.
static bool swap(const struct restoring *restoring, struct error *error) {
    const char *store = restoring->files.names.path;
    char index[PATH_MAX];
    if (is_there(restoring->made) &&
        !(put_away(restoring, error) && rename_if_there(restoring->made, store, error))) {
        return false;
    }
    if (!is_there(store) || !path_sync_folder(store)) {
        return beside_fail(store, "cannot be put there", error);
    }
    sqlite_names_beside(&restoring->files.names, "-shm", index);
    (void)unlink(index);
    return (ftruncate(restoring->files.lock, 0) == 0 && fsync(restoring->files.lock) == 0) ||
           beside_fail(store, "its lock cannot be written", error);
}

static bool mark(const struct restoring *restoring, struct error *error) {
    static const char text[] = SQLITE_MARK_RESTORE "\n";
    return (pwrite(restoring->files.lock, text, sizeof text - 1, 0) == (ssize_t)sizeof text - 1 &&
            fsync(restoring->files.lock) == 0 && path_sync_folder(restoring->files.names.path)) ||
           beside_fail(restoring->files.names.name, "its lock cannot be written", error);
}

static bool is_marked(const struct restoring *restoring) {
    char text[sizeof SQLITE_MARK_RESTORE - 1];
    return pread(restoring->files.lock, text, sizeof text, 0) == (ssize_t)sizeof text &&
           memcmp(text, SQLITE_MARK_RESTORE, sizeof text) == 0;
}

// The order -----------------------------------------------------------------------------------------------

// Whoever could read the store before can read the new one; where there was none, whoever has the folder.
static bool give_to_owner(const struct restoring *restoring, struct error *error) {
    struct stat status;
    char folder[PATH_MAX];
    path_folder(restoring->files.names.path, folder);
    bool was_there = stat(restoring->files.names.path, &status) == 0;
    if (!was_there && stat(folder, &status) != 0) {
        return beside_fail(folder, "cannot be looked at", error);
    }
    return (geteuid() != 0 || (chown(restoring->made, status.st_uid, status.st_gid) == 0 &&
                               fchown(restoring->files.lock, status.st_uid, status.st_gid) == 0)) &&
                   (!was_there || chmod(restoring->made, status.st_mode & 07777) == 0)
               ? true
               : beside_fail(restoring->made, "cannot be given to the store's owner", error);
}

// Under any of these names something would be replaced.
static bool is_kept_free(const struct restoring *restoring, struct error *error) {
    static const char *const endings[] = {"", "-wal", "-journal"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char kept[PATH_MAX];
        if (!beside_name(kept, restoring->kept, endings[i], error)) {
            return false;
        }
        if (is_there(kept)) {
            return error_set(error, ERROR_STORE_FAILED,
                             "%.150s: is there already, from an earlier restore; move it elsewhere", kept);
        }
    }
    return true;
}

static bool restore(struct restoring *restoring, store_make_copy make, void *context,
                    struct store_restored *restored, struct error *error) {
    restored->was_cut_short = is_marked(restoring);
    if (!restored->was_cut_short) {
        (void)unlink(restoring->made); // of one that ended before anything was changed
        bool made = is_kept_free(restoring, error) && make(context, restoring->made, error) &&
                    give_to_owner(restoring, error) && mark(restoring, error);
        if (!made) {
            (void)unlink(restoring->made);
            return false;
        }
    }
    if (!swap(restoring, error)) {
        return false;
    }
    snprintf(restored->kept, sizeof restored->kept, "%s", is_there(restoring->kept) ? restoring->kept : "");
    return true;
}

bool sqlite_restore(const char *path, store_make_copy make, void *context, struct store_restored *restored,
                    struct error *error) {
    struct restoring restoring;
    bool done = sqlite_files_find(path, &restoring.files, error) &&
                beside_name(restoring.made, restoring.files.names.path, ".restored", error) &&
                beside_name(restoring.kept, restoring.files.names.path, ".before-restore", error) &&
                sqlite_files_take_place(&restoring.files, error) &&
                restore(&restoring, make, context, restored, error);
    sqlite_files_release(&restoring.files);
    return done;
}
