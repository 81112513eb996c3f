#include "store/sqlite_files.h"

#include "base/file_beginnings.h"
#include "base/path.h"
#include "bet/errors.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

// Far beyond all bytes that SQLite locks (sqlite.org/src/file/src/os.h, PENDING_BYTE).
static const off_t lock_byte = (off_t)1 << 62;

// Everybody who has the database open locks these bytes for reading; a process that wants it alone locks
// them for writing (the same file, SHARED_FIRST and SHARED_SIZE).
enum { SHARED_FIRST = 0x40000002, SHARED_SIZE = 510 };

// Sets `error` to ERROR_STORE_FAILED with errno's text, and returns false.
static bool fail(const struct sqlite_files *files, const char *what, struct error *error) {
    error_set_system(error, errno, "%.150s: %s", files->names.name, what);
    error->code = ERROR_STORE_FAILED;
    return false;
}

bool sqlite_files_find(const char *path, struct sqlite_files *files, struct error *error) {
    *files = (struct sqlite_files){.sizes.index = -1, .lock = -1, .database = -1, .keeper = -1};
    return sqlite_names_find(path, &files->names, error);
}

// Taking them ---------------------------------------------------------------------------------------------

static bool is_taken(const struct sqlite_files *files, struct error *error) {
    return error_set(error, ERROR_STORE_FAILED,
                     "%.150s: another server works on this store; end it, or name another store",
                     files->names.name) ||
           error_because(error, "another server works on it");
}

// The lock that all versions of this program know, on a separate file.
static bool take_name(struct sqlite_files *files, struct error *error) {
    char name[PATH_MAX];
    sqlite_names_beside(&files->names, "-lock", name);
    files->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (files->lock < 0) {
        return fail(files, "cannot make its lock", error);
    }
    return flock(files->lock, LOCK_EX | LOCK_NB) == 0 || is_taken(files, error);
}

// A second lock, on the database itself: the same file can be in two folders (a bind mount), be renamed, or
// lose the first lock's file. A lock of an open file description (fcntl(2)) survives the closing of another
// descriptor of the file; SQLite's own locks do not.
static bool lock_database(const struct sqlite_files *files, struct error *error) {
    struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = lock_byte, .l_len = 1};
    if (fcntl(files->database, F_OFD_SETLK, &range) != 0) {
        return errno == EAGAIN || errno == EACCES ? is_taken(files, error)
                                                  : fail(files, "cannot be locked", error);
    }
    return true;
}

// SQLite does the same with the files it makes beside the database. A file made by root is given to the
// database's owner, who could not open it otherwise. Without the right to do so it stays unchanged.
static void give_to_owner(const struct sqlite_files *files) {
    struct stat status;
    if (geteuid() == 0 && fstat(files->database, &status) == 0) {
        (void)!fchown(files->lock, status.st_uid, status.st_gid);
    }
}

// Opens the database unless it is open already, or is missing and must not be made.
static bool open_database(struct sqlite_files *files, bool make, struct error *error) {
    if (files->database < 0) {
        files->database = open(files->names.path,
                               O_RDWR | (make ? O_CREAT : 0) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    }
    return files->database >= 0 || (!make && errno == ENOENT) ||
           fail(files,
                "it cannot be opened for writing; the file and its folder must be writable for a server",
                error);
}

static bool is_another(const struct sqlite_files *files, const char *ending, struct error *error) {
    return error_set(error, ERROR_STORE_FAILED,
                     "%.150s%s: was deleted, moved or replaced while the server ran; nothing more is "
                     "acknowledged until it is back, or the store restored and the server started again",
                     files->names.path, ending) ||
           error_because(error, "its file was deleted, moved or replaced");
}

// Whether the name still leads to the held file.
static bool leads_to(const struct sqlite_files *files, enum sqlite_file which, int held) {
    struct stat status, known;
    return sqlite_names_look(&files->names, which, &status) && fstat(held, &known) == 0 &&
           path_is_same(&status, &known);
}

bool sqlite_files_check(const struct sqlite_files *files, const struct sqlite_identity *identity,
                        struct error *error) {
    if (identity == NULL || !identity->is_known) {
        return true;
    }
    return (leads_to(files, SQLITE_DATABASE, identity->database) || is_another(files, "", error)) &&
           (leads_to(files, SQLITE_LOG, identity->log) ||
            is_another(files, sqlite_endings[SQLITE_LOG], error));
}

// Called before SQLite opens it.
static bool check_beginning(const struct sqlite_files *files, struct error *error) {
    char bytes[SQLITE_NAMES_BEGINNING_BYTES];
    ssize_t length = pread(files->database, bytes, sizeof bytes, 0);
    return length < 0 ? fail(files, "cannot read it", error)
                      : sqlite_names_check_beginning(&files->names, bytes, (size_t)length, error);
}

// Nothing is made beside a file that is not a store, or in place of a missing one.
bool sqlite_files_take(struct sqlite_files *files, struct sqlite_identity *identity, struct error *error) {
    off_t *bytes = identity != NULL ? identity->bytes : files->own_bytes;
    bool taken = sqlite_files_check(files, identity, error) && open_database(files, false, error) &&
                 (files->database < 0 || check_beginning(files, error)) && take_name(files, error) &&
                 sqlite_sizes_check_mark(&files->names, error) && open_database(files, true, error) &&
                 lock_database(files, error) && sqlite_files_check(files, identity, error);
    if (!taken) {
        return false;
    }
    sqlite_sizes_begin(&files->sizes, &files->names, files->database, files->lock, bytes);
    if (!sqlite_sizes_look(&files->sizes, error)) {
        return false;
    }
    give_to_owner(files);
    return true;
}

bool sqlite_files_take_place(struct sqlite_files *files, struct error *error) {
    return take_name(files, error) && open_database(files, false, error) &&
           (files->database < 0 || lock_database(files, error));
}

void sqlite_files_release(struct sqlite_files *files) {
    if (files->database >= 0) {
        close(files->database);
    }
    if (files->lock >= 0) {
        close(files->lock); // this releases the lock
    }
    sqlite_sizes_end(&files->sizes);
    files->database = files->lock = -1;
}

// Knowing them again --------------------------------------------------------------------------------------

// The names of the store's files must be on the disk before anything in the files counts as stored, and
// before anything is moved from the log into the database. Otherwise a deleted log that comes back with a
// power cut would restore the database's earlier contents. SQLite syncs the directory too, but continues
// when that fails.
static bool sync_folder(const struct sqlite_files *files, struct error *error) {
    return path_sync_folder(files->names.path) || fail(files, "cannot sync its directory", error);
}

static int hold_one(const struct sqlite_files *files, enum sqlite_file which) {
    char name[PATH_MAX];
    sqlite_names_beside(&files->names, sqlite_endings[which], name);
    return open(name, O_PATH | O_CLOEXEC | O_NOFOLLOW);
}

static void close_held(int descriptor) {
    if (descriptor >= 0) {
        close(descriptor);
    }
}

// A lock like that of one more SQLite connection, but closing another descriptor does not release it. The
// store has just been opened, so nobody can have it alone.
static bool keep(struct sqlite_files *files, struct sqlite_identity *identity, struct error *error) {
    struct flock range = {
        .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = SHARED_FIRST, .l_len = SHARED_SIZE};
    files->keeper = identity->keeper;
    return fcntl(files->keeper, F_OFD_SETLK, &range) == 0 || fail(files, "cannot be locked", error);
}

void sqlite_files_let_go(const struct sqlite_files *files) {
    struct flock range = {
        .l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = SHARED_FIRST, .l_len = SHARED_SIZE};
    if (files->keeper >= 0) {
        (void)fcntl(files->keeper, F_OFD_SETLK, &range);
    }
}

pid_t sqlite_files_user(const struct sqlite_files *files) {
    struct flock range = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = SHARED_FIRST, .l_len = SHARED_SIZE};
    bool is_locked = fcntl(files->database, F_GETLK, &range) == 0 && range.l_type != F_UNLCK;
    return is_locked && range.l_pid > 0 ? range.l_pid : 0;
}

static bool hold(struct sqlite_files *files, struct sqlite_identity *identity, struct error *error) {
    struct sqlite_identity held = {.is_known = true,
                                   .database = hold_one(files, SQLITE_DATABASE),
                                   .log = hold_one(files, SQLITE_LOG),
                                   .keeper = -1};
    snprintf(held.path, sizeof held.path, "%s", files->names.path);
    if (held.database >= 0 && held.log >= 0) {
        // Last, so that it need not be closed again: that would drop SQLite's own locks.
        held.keeper = open(files->names.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    }
    if (held.keeper < 0) {
        fail(files, "it or its log cannot be found", error);
        close_held(held.database);
        close_held(held.log);
        return false;
    }
    memcpy(held.bytes, identity->bytes, sizeof held.bytes);
    *identity = held;
    return sqlite_files_unchanged(files, error);
}

bool sqlite_files_note(struct sqlite_files *files, struct sqlite_identity *identity, struct error *error) {
    struct stat status;
    for (enum sqlite_file which = 0; which < SQLITE_FILES; which++) {
        if (sqlite_names_look(&files->names, which, &status)) {
            files->noted[which].device = status.st_dev;
            files->noted[which].inode = status.st_ino;
        }
    }
    if (fstat(files->database, &status) != 0 || status.st_ino != files->noted[SQLITE_DATABASE].inode ||
        status.st_dev != files->noted[SQLITE_DATABASE].device) {
        return is_another(files, "", error); // between two steps of opening it
    }
    if (!sync_folder(files, error)) {
        return false;
    }
    return identity == NULL ||
           ((identity->is_known || hold(files, identity, error)) && keep(files, identity, error));
}

bool sqlite_files_unchanged(struct sqlite_files *files, struct error *error) {
    struct stat status;
    for (enum sqlite_file which = 0; which < SQLITE_FILES; which++) {
        bool is_there = sqlite_names_look(&files->names, which, &status);
        if (is_there
                ? status.st_ino != files->noted[which].inode || status.st_dev != files->noted[which].device
                : files->noted[which].inode != 0) {
            return is_another(files, sqlite_endings[which], error);
        }
        if (is_there && which != SQLITE_SHARED_MEMORY &&
            !sqlite_sizes_take(&files->sizes, which, status.st_size, error)) {
            return false;
        }
    }
    return true;
}

void sqlite_files_forget(struct sqlite_identity *identity) {
    if (identity->is_known) {
        close(identity->database);
        close(identity->log);
        close(identity->keeper);
    }
    free(identity);
}
