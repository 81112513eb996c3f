#include "store/sqlite_copy.h"

#include "base/path.h"
#include "bet/errors.h"
#include "store/beside.h"
#include "store/sqlite_schema.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum {
    BLOCK_BYTES = 1024 * 1024,
    SYNC_BYTES = 64 * 1024 * 1024,
    SECTOR_BYTES = 512,             // a power cut leaves some of those that a write has, and not others
    CHANGE_BYTES = 2 * 1024 * 1024, // for changing the copy, and for its journal meanwhile
    HEADER_BYTES = 100,             // of a database, and where its version and application are in it
    HEADER_VERSION = 60,            // (sqlite.org/fileformat.html, 1.3)
    HEADER_APPLICATION_ID = 68,
};

// Names ---------------------------------------------------------------------------------------------------

static bool name_kept(char text[PATH_MAX], const char *path, int version, struct error *error) {
    char ending[16];
    snprintf(ending, sizeof ending, ".v%d", version);
    return beside_name(text, path, ending, error);
}

bool sqlite_copy_begin(struct sqlite_copy *copy, const struct sqlite_names *names, int version,
                       struct error *error) {
    *copy = (struct sqlite_copy){.names = names};
    return name_kept(copy->kept, names->path, version, error) &&
           beside_name(copy->made, names->path, ".upgrade", error);
}

bool sqlite_copy_is_kept_free(const struct sqlite_copy *copy, struct error *error) {
    struct stat status;
    return lstat(copy->kept, &status) != 0 ||
           error_set(error, ERROR_STORE_FAILED,
                     "%.150s: is there already, and is not this store; move it elsewhere", copy->kept);
}

static bool is_none(const struct sqlite_copy *copy, const char *ending, const char *what,
                    struct error *error) {
    char beside[PATH_MAX];
    struct stat status;
    return beside_name(beside, copy->made, ending, error) &&
           (lstat(beside, &status) != 0 || error_set(error, ERROR_STORE_FAILED, "%.150s: %s", beside, what));
}

static bool is_file(const struct sqlite_copy *copy, const char *ending, struct error *error) {
    char beside[PATH_MAX];
    return beside_name(beside, copy->made, ending, error) && sqlite_names_check_file(beside, beside, error);
}

bool sqlite_copy_is_alone(const struct sqlite_copy *copy, struct error *error) {
    static const char what[] = "is there, and belongs to no unfinished upgrade; move it elsewhere";
    return is_file(copy, "", error) && is_file(copy, "-journal", error) &&
           is_none(copy, "-wal", what, error) &&
           (sqlite_copy_is_unfinished(copy->made) || is_none(copy, "-journal", what, error));
}

// The mark --------------------------------------------------------------------------------------------------

struct beginning {
    uint32_t version, application_id;
};

static bool read_beginning(int file, struct beginning *beginning) {
    uint8_t header[HEADER_BYTES];
    if (pread(file, header, sizeof header, 0) != (ssize_t)sizeof header) {
        return false;
    }
    memcpy(&beginning->version, header + HEADER_VERSION, sizeof beginning->version);
    memcpy(&beginning->application_id, header + HEADER_APPLICATION_ID, sizeof beginning->application_id);
    *beginning = (struct beginning){be32toh(beginning->version), be32toh(beginning->application_id)};
    return true;
}

static bool is_unfinished(int file) {
    struct beginning beginning;
    return read_beginning(file, &beginning) && beginning.application_id == SQLITE_SCHEMA_UNFINISHED_ID;
}

bool sqlite_copy_is_unfinished(const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool unfinished = file >= 0 && is_unfinished(file);
    if (file >= 0) {
        close(file);
    }
    return unfinished;
}

// No database of SQLite's is open there, so nobody has those bytes in memory.
static bool mark(const char *path, uint32_t application_id) {
    uint32_t id = htobe32(application_id);
    int file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    bool marked = file >= 0 && pwrite(file, &id, sizeof id, HEADER_APPLICATION_ID) == (ssize_t)sizeof id &&
                  fsync(file) == 0;
    if (file >= 0) {
        close(file);
    }
    return marked;
}

// The store had two names, so an upgrade had taken the mark from its copy, or was about to.
static bool mark_again(const char *path, struct error *error) {
    char made[PATH_MAX];
    struct beginning beginning;
    if (!beside_name(made, path, ".upgrade", error)) {
        return false;
    }
    int file = open(made, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool finished = file >= 0 && read_beginning(file, &beginning) &&
                    beginning.version == SQLITE_SCHEMA_VERSION &&
                    beginning.application_id == SQLITE_SCHEMA_APPLICATION_ID;
    if (file >= 0) {
        close(file);
    }
    return !finished || mark(made, SQLITE_SCHEMA_UNFINISHED_ID) ||
           beside_fail(made, "cannot be written", error);
}

// Whether the store is still of that version. Its log is moved into it before it gets its second name, so its
// own beginning says so.
static bool is_of_version(const char *path, int version) {
    char log[PATH_MAX];
    struct error ignored;
    struct beginning beginning;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool is = file >= 0 && read_beginning(file, &beginning) && beginning.version == (uint32_t)version &&
              beginning.application_id == SQLITE_SCHEMA_APPLICATION_ID;
    if (file >= 0) {
        close(file);
    }
    return is && beside_name(log, path, "-wal", &ignored) && access(log, F_OK) != 0;
}

bool sqlite_copy_take_back(const char *path, int version, struct error *error) {
    char kept[PATH_MAX], lock[PATH_MAX];
    struct stat store, other;
    if (!name_kept(kept, path, version, error) || !beside_name(lock, path, "-lock", error)) {
        return false;
    }
    int descriptor = open(lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0 || flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (descriptor >= 0) {
            close(descriptor);
        }
        return true; // nobody had it, or somebody has it
    }
    bool has_two = lstat(path, &store) == 0 && lstat(kept, &other) == 0 && path_is_same(&store, &other) &&
                   is_of_version(path, version);
    bool done = !has_two || (mark_again(path, error) && ((unlink(kept) == 0 && path_sync_folder(path)) ||
                                                         beside_fail(kept, "cannot be removed", error)));
    close(descriptor);
    return done;
}

// What tells whether the store is as it was.
static bool look(const struct sqlite_copy *copy, char source[sizeof copy->source], struct error *error) {
    struct stat status, open;
    if (lstat(copy->names->path, &status) != 0 || fstat(copy->store, &open) != 0) {
        return beside_fail(copy->names->name, "cannot be read", error);
    }
    if (!path_is_same(&status, &open)) {
        return error_set(error, ERROR_STORE_FAILED, "%.150s: was replaced meanwhile; upgrade it again",
                         copy->names->name);
    }
    snprintf(source, sizeof copy->source, "%ju %jd %jd.%09ld", (uintmax_t)status.st_ino,
             (intmax_t)status.st_size, (intmax_t)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
    return true;
}

bool sqlite_copy_note_source(struct sqlite_copy *copy, int store, struct error *error) {
    copy->store = store;
    return look(copy, copy->source, error);
}

static bool is_as_noted(const struct sqlite_copy *copy, struct error *error) {
    char source[sizeof copy->source];
    return look(copy, source, error) &&
           (strcmp(source, copy->source) == 0 ||
            error_set(error, ERROR_STORE_FAILED,
                      "%.150s: was changed while it was copied, and stays as it is; upgrade it again",
                      copy->names->name));
}

// Room ----------------------------------------------------------------------------------------------------

static uint64_t length_of(const char *path) {
    struct stat status;
    return lstat(path, &status) == 0 ? (uint64_t)status.st_size : 0;
}

bool sqlite_copy_has_room(const struct sqlite_copy *copy, struct error *error) {
    uint64_t all = length_of(copy->names->path), there = length_of(copy->made);
    uint64_t needed = (all > there ? all - there : 0) + CHANGE_BYTES;
    return beside_has_room(copy->names->path, copy->names->name, "the upgrade", needed, error);
}

// Copying -------------------------------------------------------------------------------------------------

struct copying {
    const struct sqlite_copy *copy;
    const struct store_upgrade *upgrade;
    int from, to;
    uint64_t done, all; // bytes
    uint8_t *block, *other;
};

// Reads up to a block at `at`. -1 when that fails.
static ssize_t read_block(int file, uint8_t *block, uint64_t at) {
    size_t done = 0;
    while (done < BLOCK_BYTES) {
        ssize_t count = pread(file, block + done, BLOCK_BYTES - done, (off_t)(at + done));
        if (count <= 0) {
            return count < 0 ? -1 : (ssize_t)done;
        }
        done += (size_t)count;
    }
    return (ssize_t)done;
}

// The next block as it is to be in the copy. 0 at the end, -1 when that fails.
static ssize_t read_source(const struct copying *copying) {
    uint32_t id = htobe32(SQLITE_SCHEMA_UNFINISHED_ID);
    ssize_t length = read_block(copying->from, copying->block, copying->done);
    if (copying->done == 0 && length >= HEADER_BYTES) {
        memcpy(copying->block + HEADER_APPLICATION_ID, &id, sizeof id);
    }
    return length;
}

// How much of what is there is the same. Even what an earlier attempt has written and not synced is: it is
// read.
static bool compare(struct copying *copying, struct error *error) {
    for (bool same = true; same && copying->done < copying->all;) {
        ssize_t length = read_source(copying);
        ssize_t there = read_block(copying->to, copying->other, copying->done);
        if (length < 0 || there < 0) {
            return beside_fail(length < 0 ? copying->copy->names->name : copying->copy->made,
                               "cannot be read", error);
        }
        same = length == there && length > 0 && memcmp(copying->block, copying->other, (size_t)length) == 0;
        copying->done += same ? (uint64_t)length : 0;
        copying->upgrade->progress(copying->upgrade->context, "copied", copying->done, copying->all);
    }
    return ftruncate(copying->to, (off_t)copying->done) == 0 ||
           beside_fail(copying->copy->made, "cannot be written", error);
}

static bool write_block(struct copying *copying, size_t length) {
    for (size_t done = 0; done < length;) {
        ssize_t count =
            pwrite(copying->to, copying->block + done, length - done, (off_t)(copying->done + done));
        if (count <= 0) {
            errno = count == 0 ? ENOSPC : errno;
            return false;
        }
        done += (size_t)count;
    }
    bool is_first = copying->done == 0; // which has the mark
    copying->done += length;
    return (!is_first && copying->done % SYNC_BYTES != 0) || fdatasync(copying->to) == 0;
}

static bool copy_rest(struct copying *copying, struct error *error) {
    while (copying->done < copying->all) {
        ssize_t length = read_source(copying);
        if (length <= 0) {
            errno = length == 0 ? EIO : errno;
            return beside_fail(copying->copy->names->name, "cannot be read", error);
        }
        if (!write_block(copying, (size_t)length)) {
            return beside_fail(copying->copy->made,
                               "cannot be written; the upgrade goes on from there once it can", error);
        }
        copying->upgrade->progress(copying->upgrade->context, "copied", copying->done, copying->all);
    }
    return (fsync(copying->to) == 0 && path_sync_folder(copying->copy->made)) ||
           beside_fail(copying->copy->made, "cannot be synced", error);
}

static bool is_nothing(const uint8_t *bytes, size_t length) {
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0;
}

// Whether it can be what a power cut has left of the first block, which has the mark, before that was synced:
// each sector is the store's, or nothing.
static bool is_begun(const struct copying *copying) {
    ssize_t length = read_source(copying), there = read_block(copying->to, copying->other, 0);
    bool begun = there >= 0 && there <= length;
    for (size_t at = 0, sector; begun && at < (size_t)there; at += sector) {
        const uint8_t *bytes = copying->other + at;
        sector = (size_t)there - at < SECTOR_BYTES ? (size_t)there - at : SECTOR_BYTES;
        begun = memcmp(bytes, copying->block + at, sector) == 0 || is_nothing(bytes, sector);
    }
    return begun;
}

// Anything else of that name is somebody's, another store, too. A copy may have been cut short anywhere.
static bool is_ours(const struct copying *copying, struct error *error) {
    struct stat status;
    if (fstat(copying->to, &status) != 0) {
        return beside_fail(copying->copy->made, "cannot be read", error);
    }
    return is_unfinished(copying->to) || (status.st_size <= BLOCK_BYTES && is_begun(copying)) ||
           error_set(error, ERROR_STORE_FAILED,
                     "%.150s: is there already, and is no unfinished upgrade; move it elsewhere",
                     copying->copy->made);
}

// The copy gets the owner, the group and the rights of the store, so that who could use that can use it.
// Without the right to give it away nothing is left of it.
static bool give_rights(const struct copying *copying, struct error *error) {
    const char *made = copying->copy->made;
    struct stat status, given;
    if (fstat(copying->from, &status) != 0 || fstat(copying->to, &given) != 0) {
        return beside_fail(made, "cannot be read", error);
    }
    bool is_owners = status.st_uid == given.st_uid, is_groups = status.st_gid == given.st_gid;
    if (((is_owners && is_groups) || fchown(copying->to, status.st_uid, status.st_gid) == 0) &&
        fchmod(copying->to, status.st_mode & 07777) == 0) {
        return true;
    }
    error_set(
        error, ERROR_STORE_FAILED,
        "%.150s: cannot be given to the %s of the store, %u: %s; upgrade it as %s, or give the store one "
        "of your own first (%s)",
        made, is_owners ? "group" : "owner", is_owners ? status.st_gid : status.st_uid, strerror(errno),
        is_owners ? "root or as a member of that group" : "root or as that user",
        is_owners ? "chgrp" : "chown");
    if (given.st_size == 0) {
        unlink(made);
    }
    return false;
}

bool sqlite_copy_make(const struct sqlite_copy *copy, const struct store_upgrade *upgrade,
                      struct error *error) {
    struct copying copying = {.copy = copy,
                              .upgrade = upgrade,
                              .from = copy->store,
                              .to = open(copy->made, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600),
                              .all = length_of(copy->names->path),
                              .block = malloc(BLOCK_BYTES),
                              .other = malloc(BLOCK_BYTES)};
    bool done = copying.block != NULL && copying.other != NULL;
    if (!done) {
        error_set(error, ERROR_NO_MEMORY, "no memory for copying the store");
    } else if (copying.to < 0) {
        done = beside_fail(copy->made, "cannot be opened", error);
    }
    done = done && is_ours(&copying, error) && give_rights(&copying, error) && compare(&copying, error) &&
           copy_rest(&copying, error);
    free(copying.block);
    free(copying.other);
    if (copying.to >= 0) {
        close(copying.to);
    }
    return done;
}

// Swapping ------------------------------------------------------------------------------------------------

bool sqlite_copy_swap(const struct sqlite_copy *copy, struct error *error) {
    const char *path = copy->names->path;
    static const char what[] = "is there, so the copy is not whole without it; upgrade the store again";
    if (!is_as_noted(copy, error) || !is_none(copy, "-wal", what, error) ||
        !is_none(copy, "-journal", what, error)) {
        return false;
    }
    if (link(path, copy->kept) != 0 || !path_sync_folder(path)) {
        return beside_fail(copy->kept, "cannot be made a second name of the store", error);
    }
    // Not before: an attempt that ends here knows by the two names that the copy is its own.
    if (!mark(copy->made, SQLITE_SCHEMA_APPLICATION_ID)) {
        return beside_fail(copy->made, "cannot be synced", error);
    }
    return (rename(copy->made, path) == 0 && path_sync_folder(path)) ||
           beside_fail(copy->made, "cannot take the place of the store", error);
}
