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

static const char *const endings[] = {"", "-wal"};

// Telling it ----------------------------------------------------------------------------------------------

static bool is_cut(const struct sqlite_files *files, const char *what, struct error *error) {
    return error_set(
        error, ERROR_STORE_FAILED,
        "%.100s: %s was emptied or cut while a server ran, and acknowledged bets are gone: restore "
        "the store from a copy, or see \"A file that was cut\" in docs/operations.md",
        files->name, what);
}

// In the lock's file: it is this program's alone, and empty otherwise. An old version goes by its name only.
static void set_mark(const struct sqlite_files *files) {
    static const char mark[] = "the database or its log was cut while a server ran\n";
    if (files->lock >= 0 && pwrite(files->lock, mark, sizeof mark - 1, 0) > 0) {
        (void)fsync(files->lock); // at least the server that runs says it
    }
}

bool sqlite_sizes_check_mark(const struct sqlite_files *files, struct error *error) {
    char name[PATH_MAX];
    struct stat status;
    sqlite_files_name(files, "-lock", name);
    return lstat(name, &status) != 0 || status.st_size == 0 ||
           is_cut(files, "its database or its log", error);
}

// Seeing it -----------------------------------------------------------------------------------------------

static uint64_t page_bytes_of(uint16_t stored) {
    return stored == 1 ? 65536 : stored;
}

// sqlite.org/fileformat.html, 1.3: the page's size at 16, and how many the file has at 28.
static bool database_has_its_pages(const struct sqlite_files *files, off_t bytes) {
    uint16_t page_bytes;
    uint32_t pages;
    return pread(files->database, &page_bytes, sizeof page_bytes, 16) == (ssize_t)sizeof page_bytes &&
           pread(files->database, &pages, sizeof pages, 28) == (ssize_t)sizeof pages &&
           (uint64_t)bytes >= page_bytes_of(be16toh(page_bytes)) * be32toh(pages);
}

// sqlite.org/walformat.html, 2.1: in the index, in the machine's byte order, the page's size at 14 and the
// number of the last frame at 16; that is set to 0 before a checkpoint truncates the log. Its descriptor is
// kept, since closing it would drop SQLite's own locks (POSIX, fcntl).
static bool log_has_its_frames(struct sqlite_files *files, off_t bytes) {
    uint16_t page_bytes;
    uint32_t frames;
    if (files->index < 0) {
        char name[PATH_MAX];
        sqlite_files_name(files, "-shm", name);
        files->index = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    }
    return files->index >= 0 &&
           pread(files->index, &page_bytes, sizeof page_bytes, 14) == (ssize_t)sizeof page_bytes &&
           pread(files->index, &frames, sizeof frames, 16) == (ssize_t)sizeof frames &&
           (frames == 0 || (uint64_t)bytes >= LOG_HEADER_BYTES + frames * (LOG_FRAME_HEADER_BYTES +
                                                                           page_bytes_of(page_bytes)));
}

bool sqlite_sizes_take(struct sqlite_files *files, enum sqlite_file which, off_t bytes, struct error *error) {
    bool is_whole =
        bytes >= files->bytes[which] ||
        (which == SQLITE_DATABASE ? database_has_its_pages(files, bytes) : log_has_its_frames(files, bytes));
    if (!is_whole) {
        set_mark(files);
        return is_cut(files, which == SQLITE_DATABASE ? "it" : "its log", error);
    }
    files->bytes[which] = bytes;
    return true;
}

bool sqlite_sizes_look(struct sqlite_files *files, struct error *error) {
    char name[PATH_MAX];
    struct stat status;
    for (enum sqlite_file which = SQLITE_DATABASE; which <= SQLITE_LOG; which++) {
        sqlite_files_name(files, endings[which], name);
        // One that is not there is missed after the commit.
        if (lstat(name, &status) == 0 && !sqlite_sizes_take(files, which, status.st_size, error)) {
            return false;
        }
    }
    return true;
}
