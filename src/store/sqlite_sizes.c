#include "store/sqlite_sizes.h"

#include "bet/errors.h"

#include <endian.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOG_HEADER_BYTES = 32, LOG_FRAME_HEADER_BYTES = 24 };

// Telling it ----------------------------------------------------------------------------------------------

static bool is_cut(const struct sqlite_names *names, const char *what, struct error *error) {
    return error_set(
        error, ERROR_STORE_FAILED,
        "%.100s: %s was emptied or cut while a server ran, and acknowledged bets are gone: restore "
        "the store from a copy, or see \"A file that was cut\" in docs/store.md",
        names->name, what);
}

// In the lock's file, which only this program uses, and which is empty otherwise. An old version uses only
// its name.
static void set_mark(const struct sqlite_sizes *sizes) {
    static const char mark[] = "the database or its log was cut while a server ran\n";
    if (pwrite(sizes->lock, mark, sizeof mark - 1, 0) > 0) {
        (void)fsync(sizes->lock); // if it fails, at least the running server reports it
    }
}

// Whether it is a restore's mark.
static bool is_restore(const char *name) {
    char text[sizeof SQLITE_MARK_RESTORE - 1];
    int lock = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool is = lock >= 0 && pread(lock, text, sizeof text, 0) == (ssize_t)sizeof text &&
              memcmp(text, SQLITE_MARK_RESTORE, sizeof text) == 0;
    if (lock >= 0) {
        close(lock);
    }
    return is;
}

bool sqlite_sizes_check_mark(const struct sqlite_names *names, struct error *error) {
    char name[PATH_MAX];
    struct stat status;
    sqlite_names_beside(names, "-lock", name);
    if (lstat(name, &status) != 0 || status.st_size == 0) {
        return true;
    }
    return is_restore(name) ? error_set(error, ERROR_STORE_FAILED,
                                        "%.150s: a restore of it is at work, or was cut short: give the same "
                                        "command again, \"quiniela restore BACKUP --store …\"",
                                        names->name)
                            : is_cut(names, "its database or its log", error);
}

void sqlite_sizes_begin(struct sqlite_sizes *sizes, const struct sqlite_names *names, int database, int lock,
                        off_t bytes[2]) {
    *sizes = (struct sqlite_sizes){
        .names = names, .database = database, .lock = lock, .index = -1, .bytes = bytes};
}

void sqlite_sizes_end(struct sqlite_sizes *sizes) {
    if (sizes->index >= 0) {
        close(sizes->index);
    }
    sizes->index = -1;
}

// Seeing it -----------------------------------------------------------------------------------------------

static uint64_t page_bytes_of(uint16_t stored) {
    return stored == 1 ? 65536 : stored;
}

// sqlite.org/fileformat.html, 1.3: the page size at 16, and the file's number of pages at 28.
static bool database_has_its_pages(const struct sqlite_sizes *sizes, off_t bytes) {
    uint16_t page_bytes;
    uint32_t pages;
    return pread(sizes->database, &page_bytes, sizeof page_bytes, 16) == (ssize_t)sizeof page_bytes &&
           pread(sizes->database, &pages, sizeof pages, 28) == (ssize_t)sizeof pages &&
           (uint64_t)bytes >= page_bytes_of(be16toh(page_bytes)) * be32toh(pages);
}

// sqlite.org/walformat.html, 2.1: in the index, in the machine's byte order, the page size at 14 and the
// number of the last frame at 16. The latter is set to 0 before a checkpoint truncates the log. Its
// descriptor is kept open, since closing it would drop SQLite's own locks (POSIX, fcntl).
static bool log_has_its_frames(struct sqlite_sizes *sizes, off_t bytes) {
    uint16_t page_bytes;
    uint32_t frames;
    if (sizes->index < 0) {
        char name[PATH_MAX];
        sqlite_names_beside(sizes->names, "-shm", name);
        sizes->index = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    }
    return sizes->index >= 0 &&
           pread(sizes->index, &page_bytes, sizeof page_bytes, 14) == (ssize_t)sizeof page_bytes &&
           pread(sizes->index, &frames, sizeof frames, 16) == (ssize_t)sizeof frames &&
           (frames == 0 || (uint64_t)bytes >= LOG_HEADER_BYTES + frames * (LOG_FRAME_HEADER_BYTES +
                                                                           page_bytes_of(page_bytes)));
}

bool sqlite_sizes_take(struct sqlite_sizes *sizes, enum sqlite_file which, off_t bytes, struct error *error) {
    bool is_whole =
        bytes >= sizes->bytes[which] ||
        (which == SQLITE_DATABASE ? database_has_its_pages(sizes, bytes) : log_has_its_frames(sizes, bytes));
    if (!is_whole) {
        set_mark(sizes);
        return is_cut(sizes->names, which == SQLITE_DATABASE ? "it" : "its log", error);
    }
    sizes->bytes[which] = bytes;
    return true;
}

bool sqlite_sizes_look(struct sqlite_sizes *sizes, struct error *error) {
    struct stat status;
    for (enum sqlite_file which = SQLITE_DATABASE; which <= SQLITE_LOG; which++) {
        // A missing one is noticed after the commit.
        if (sqlite_names_look(sizes->names, which, &status) &&
            !sqlite_sizes_take(sizes, which, status.st_size, error)) {
            return false;
        }
    }
    return true;
}
