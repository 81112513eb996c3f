// The log's format is "WAL-mode File Format", https://www.sqlite.org/walformat.html: a header of 32 bytes,
// then frames of a 24-byte header and a page each. A frame's checksum continues from that of the frame
// before. So whether it matches can be seen from the bytes there, damaged or not.
#include "store/sqlite_log.h"

#include "base/file_beginnings.h"
#include "bet/errors.h"
#include "store/sqlite_schema.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    LOG_HEADER_BYTES = 32,
    LOG_FRAME_HEADER_BYTES = 24,
    LOG_PAGE_BYTES_MIN = 512,
    LOG_PAGE_BYTES_MAX = 65536,
    CHECKS_MAX = 100
};

struct sum {
    uint32_t first, second;
};

// Sets `error` to `what` and errno's text, and returns false.
static bool fail(struct error *error, const char *what) {
    error_set_system(error, errno, "%s", what);
    error->code = ERROR_STORE_FAILED;
    return false;
}

static uint32_t number(const uint8_t *bytes) {
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return be32toh(value);
}

static struct sum read_sum(const uint8_t *bytes) {
    return (struct sum){number(bytes), number(bytes + 4)};
}

// Section 4.2 of the format: `length` is a multiple of 8.
static struct sum add_up(struct sum sum, const uint8_t *bytes, size_t length, bool big_endian) {
    for (size_t i = 0; i < length; i += 8) {
        uint32_t words[2];
        memcpy(words, bytes + i, sizeof words);
        sum.first += (big_endian ? be32toh(words[0]) : le32toh(words[0])) + sum.second;
        sum.second += (big_endian ? be32toh(words[1]) : le32toh(words[1])) + sum.first;
    }
    return sum;
}

static bool same(struct sum one, struct sum other) {
    return one.first == other.first && one.second == other.second;
}

// Reads `length` bytes, fewer only at the end of the file; -1 when that fails.
static ssize_t read_all(int file, uint8_t *bytes, size_t length, off_t at) {
    size_t done = 0;
    while (done < length) {
        ssize_t count = pread(file, bytes + done, length - done, at + (off_t)done);
        if (count < 0) {
            return -1;
        }
        if (count == 0) {
            break;
        }
        done += (size_t)count;
    }
    return (ssize_t)done;
}

struct reading {
    int file;
    size_t frame_bytes;
    uint8_t header[LOG_HEADER_BYTES];
    bool big_endian;
    uint8_t *frame;
    size_t count; // of the frames that walk has seen
};

struct damage {
    uint64_t lost; // commits after it; 0: none, or none that was acknowledged
    off_t at;      // the first place that does not match
};

// Walks over the frames: counts the commits after the first place that does not match, without the commit
// that contains this place.
static ssize_t walk(struct reading *reading, bool damaged, struct damage *damage) {
    struct sum before = read_sum(reading->header + 24);
    ssize_t length;
    off_t at = LOG_HEADER_BYTES;
    bool within = false; // the damaged commit has not ended yet
    *damage = (struct damage){0};
    while ((length = read_all(reading->file, reading->frame, reading->frame_bytes, at)) ==
           (ssize_t)reading->frame_bytes) {
        const uint8_t *frame = reading->frame;
        struct sum stored = read_sum(frame + 16);
        struct sum computed = add_up(before, frame, 8, reading->big_endian);
        computed = add_up(computed, frame + LOG_FRAME_HEADER_BYTES,
                          reading->frame_bytes - LOG_FRAME_HEADER_BYTES, reading->big_endian);
        // The salts match those in this log's header; other frames are left from an earlier log.
        bool is_of_this_log = memcmp(frame + 8, reading->header + 16, 8) == 0;
        bool fits = is_of_this_log && same(computed, stored);
        bool commits = is_of_this_log && number(frame + 4) != 0;
        if (!damaged && !fits) {
            damaged = true;
            damage->at = at;
            within = !commits;
        } else if (damaged && fits && commits) {
            damage->lost += !within;
            within = false;
        }
        before = stored;
        reading->count++;
        at += (off_t)reading->frame_bytes;
    }
    return length;
}

static bool begins(const struct reading *reading, const char *beginning) {
    return memcmp(reading->header, beginning, SQLITE_LOG_BEGINNING_BYTES) == 0;
}

// Determines how to read the log. Returns whether its header is good; if not, the log is read in the form
// that this program writes on this machine.
static bool read_header(struct reading *reading) {
    uint32_t page_bytes = number(reading->header + 8);
    reading->big_endian = begins(reading, SQLITE_LOG_BEGINNING_BIG);
    bool good = (reading->big_endian || begins(reading, SQLITE_LOG_BEGINNING_LITTLE)) &&
                page_bytes >= LOG_PAGE_BYTES_MIN && page_bytes <= LOG_PAGE_BYTES_MAX && page_bytes % 8 == 0 &&
                same(add_up((struct sum){0, 0}, reading->header, 24, reading->big_endian),
                     read_sum(reading->header + 24));
    if (!good) {
        page_bytes = SQLITE_PAGE_BYTES;
        reading->big_endian = BYTE_ORDER == BIG_ENDIAN;
    }
    reading->frame_bytes = LOG_FRAME_HEADER_BYTES + (size_t)page_bytes;
    return good;
}

// SQLite syncs a log's header before it writes the first frame after it. So a bad header was damaged later,
// or belongs to a log that was just about to start over. Either way the frames themselves say which log they
// belong to: the first one that is not empty does, because it was written last.
static ssize_t take_salts(struct reading *reading) {
    static const uint8_t none[8];
    uint8_t header[LOG_FRAME_HEADER_BYTES];
    ssize_t length;
    off_t at = LOG_HEADER_BYTES;
    while ((length = read_all(reading->file, header, sizeof header, at)) == (ssize_t)sizeof header) {
        if (memcmp(header + 8, none, sizeof none) != 0) {
            memcpy(reading->header + 16, header + 8, sizeof none);
            break;
        }
        at += (off_t)reading->frame_bytes;
    }
    return length;
}

// Lists the pages of the log's frames up to its last commit, with 0 for those replaced by a later frame.
// Returns the number of frames; 0 when one cannot be read.
static size_t list_pages(const struct reading *reading, uint32_t *pages) {
    uint8_t header[LOG_FRAME_HEADER_BYTES];
    size_t count = 0;
    for (size_t i = 0; i < reading->count; i++) {
        off_t at = LOG_HEADER_BYTES + (off_t)(i * reading->frame_bytes);
        if (read_all(reading->file, header, sizeof header, at) != (ssize_t)sizeof header) {
            return 0;
        }
        if (memcmp(header + 8, reading->header + 16, 8) != 0 || number(header) == 0) {
            break; // a frame of another log
        }
        pages[i] = number(header);
        count = number(header + 4) != 0 ? i + 1 : count;
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t later = i + 1; later < count && pages[i] != 0; later++) {
            pages[i] = pages[later] == pages[i] ? 0 : pages[i];
        }
    }
    return count;
}

// Whether a page of the database equals the frame at `index`.
static bool is_in_database(struct reading *reading, int database, uint32_t page, size_t index,
                           uint8_t *room) {
    size_t page_bytes = reading->frame_bytes - LOG_FRAME_HEADER_BYTES;
    off_t at = LOG_HEADER_BYTES + (off_t)(index * reading->frame_bytes) + LOG_FRAME_HEADER_BYTES;
    return read_all(reading->file, reading->frame, page_bytes, at) == (ssize_t)page_bytes &&
           read_all(database, room, page_bytes, (off_t)(page - 1) * (off_t)page_bytes) ==
               (ssize_t)page_bytes &&
           memcmp(room, reading->frame, page_bytes) == 0;
}

// Whether everything in the log is also in the database at `path`. Before SQLite starts a log over it has
// moved all of the old one there. If only a part of the new header was written then, its checksum does not
// match, and yet nothing is missing.
static bool database_has_all(struct reading *reading, const char *path) {
    int database = open(path, O_RDONLY | O_CLOEXEC);
    uint32_t *pages = calloc(reading->count + 1, sizeof *pages);
    uint8_t *room = malloc(reading->frame_bytes);
    size_t count = database < 0 || pages == NULL || room == NULL ? 0 : list_pages(reading, pages);
    bool has = count > 0;
    for (size_t i = 0; has && i < count; i++) {
        has = pages[i] == 0 || is_in_database(reading, database, pages[i], i, room);
    }
    free(pages);
    free(room);
    if (database >= 0) {
        close(database);
    }
    return has;
}

// Finds the whole commits after the one with the log's first damaged place. There are none if the log has no
// such place, or nothing after it. The power may have failed while the log was being written there, and the
// commit being written had not been acknowledged. Leaves the log's header in `header`.
static bool find_damage(int file, const char *path, uint8_t header[LOG_HEADER_BYTES], struct damage *damage,
                        struct error *error) {
    struct reading reading = {.file = file};
    *damage = (struct damage){0};
    ssize_t length = read_all(file, reading.header, LOG_HEADER_BYTES, 0);
    memcpy(header, reading.header, LOG_HEADER_BYTES);
    if (length == LOG_HEADER_BYTES) {
        bool good = read_header(&reading);
        reading.frame = malloc(reading.frame_bytes);
        if (reading.frame == NULL) {
            return error_set(error, ERROR_NO_MEMORY, "no memory to read the log");
        }
        length = good ? 0 : take_salts(&reading);
        length = length < 0 ? length : walk(&reading, !good, damage);
        if (!good && damage->lost > 0 && database_has_all(&reading, path)) {
            damage->lost = 0;
        }
        free(reading.frame);
    }
    return length >= 0 || fail(error, "cannot read the log");
}

// SQLite reads a log up to its first damaged place, and silently drops the rest: then acknowledged bets
// would be lost.
static bool refuse(const struct damage *damage, struct error *error) {
    return damage->lost == 0 ||
           error_set(error, ERROR_STORE_FAILED,
                     "its log is damaged, and %" PRIu64
                     " commits after the damage would be lost; restore it from a copy, or see \"Damage "
                     "of the log\" in docs/store.md",
                     damage->lost) ||
           error_because(error, CAUSE_DAMAGED);
}

// Reading -------------------------------------------------------------------------------------------------

// A server may be writing the log meanwhile: a mismatch can be a frame that was read half-written, with
// commits after it that came later. But the bytes before a whole commit do not change until the log starts
// over, which changes its header. So damage is real if it is found at the same place again, and the header
// has stayed the same.
static bool check_while_written(int file, const char *path, struct error *error) {
    uint8_t before[LOG_HEADER_BYTES], again[LOG_HEADER_BYTES], after[LOG_HEADER_BYTES];
    struct damage first, second;
    for (int i = 0; i < CHECKS_MAX; i++) {
        if (!find_damage(file, path, before, &first, error)) {
            return false;
        }
        if (first.lost == 0) {
            return true;
        }
        if (!find_damage(file, path, again, &second, error)) {
            return false;
        }
        bool same_log = read_all(file, after, sizeof after, 0) == (ssize_t)sizeof after &&
                        memcmp(before, again, sizeof before) == 0 &&
                        memcmp(before, after, sizeof before) == 0;
        if (same_log && second.lost > 0 && second.at == first.at) {
            return refuse(&second, error);
        }
    }
    return true; // it starts over all the time, so somebody has all of it
}

bool sqlite_log_check(const struct sqlite_names *names, struct error *error) {
    char log[PATH_MAX];
    struct error reason;
    sqlite_names_beside(names, "-wal", log);
    int file = open(log, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0 && errno == ENOENT) {
        return true;
    }
    bool good =
        file >= 0 ? check_while_written(file, names->path, &reason) : fail(&reason, "cannot read its log");
    if (file >= 0) {
        close(file);
    }
    return good || error_set(error, reason.code, "%.100s: %s", names->name, reason.text) ||
           error_because(error, reason.cause);
}

// Settling ------------------------------------------------------------------------------------------------

static bool check(int file, const char *path, struct error *error) {
    uint8_t header[LOG_HEADER_BYTES];
    struct damage damage;
    return find_damage(file, path, header, &damage, error) && refuse(&damage, error);
}

// After a crash, or after a commit whose sync failed, a log's contents may be only in the system's memory,
// and yet be read back as stored. A sync alone does not help: Linux does not write again what an earlier
// sync failed to write. Moving such a log into the database would spoil the database if the power failed
// halfway. So the log is written once more, before SQLite opens it. Writing the same bytes again harms
// nothing, and does not disturb readers of the store.
static bool write_again(int file, struct error *error) {
    uint8_t bytes[64 * 1024];
    ssize_t length;
    for (off_t at = 0; (length = pread(file, bytes, sizeof bytes, at)) > 0; at += length) {
        length = pwrite(file, bytes, (size_t)length, at);
        if (length <= 0) {
            break;
        }
    }
    return (length == 0 && fsync(file) == 0) || fail(error, "cannot write its log");
}

// To SQLite, a log with a bad header is empty; but SQLite would take the salts of that header for the next
// one. Frames that still follow could then be taken for damaged commits. Without a header it makes new
// salts.
static bool clear_bad_header(int file, struct error *error) {
    static const uint8_t nothing[LOG_HEADER_BYTES];
    struct reading reading = {.file = file};
    ssize_t length = read_all(file, reading.header, LOG_HEADER_BYTES, 0);
    if (length == LOG_HEADER_BYTES && !read_header(&reading)) {
        length = pwrite(file, nothing, sizeof nothing, 0);
        length = length == LOG_HEADER_BYTES ? length : -1;
    }
    return length >= 0 || fail(error, "cannot write its log");
}

bool sqlite_log_settle(const struct sqlite_names *names, struct error *error) {
    char log[PATH_MAX];
    struct error reason;
    sqlite_names_beside(names, "-wal", log);
    int file = open(log, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0 && errno == ENOENT) {
        return true;
    }
    bool settled = file >= 0 ? check(file, names->path, &reason) && clear_bad_header(file, &reason) &&
                                   write_again(file, &reason)
                             : fail(&reason, "cannot write its log");
    if (file >= 0) {
        close(file);
    }
    return settled || error_set(error, reason.code, "%.100s: %s", names->name, reason.text) ||
           error_because(error, reason.cause);
}
