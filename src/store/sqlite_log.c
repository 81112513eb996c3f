// The form of the log is that of "WAL-mode File Format", https://www.sqlite.org/walformat.html: a header of
// 32 bytes, then frames of a header of 24 bytes and a page each. A frame's checksum goes on from that of the
// one before; so whether it fits can be seen from what stands there, damaged or not.
#include "store/sqlite_log.h"

#include "store/sqlite_schema.h"

#include <endian.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    LOG_HEADER_BYTES = 32,
    LOG_FRAME_HEADER_BYTES = 24,
    LOG_PAGE_BYTES_MIN = 512,
    LOG_PAGE_BYTES_MAX = 65536
};

static const uint32_t magic = 0x377f0682; // and 1 more when the checksums are big-endian

struct sum {
    uint32_t first, second;
};

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
};

// Walks over the frames: *lost is how many commits stand behind the first place that does not fit, without
// the one that this place is in.
static ssize_t walk(struct reading *reading, bool damaged, uint64_t *lost) {
    struct sum before = read_sum(reading->header + 24);
    ssize_t length;
    off_t at = LOG_HEADER_BYTES;
    bool within = damaged; // the commit that is damaged has not ended yet
    *lost = 0;
    while ((length = read_all(reading->file, reading->frame, reading->frame_bytes, at)) ==
           (ssize_t)reading->frame_bytes) {
        const uint8_t *frame = reading->frame;
        struct sum stored = read_sum(frame + 16);
        struct sum computed = add_up(before, frame, 8, reading->big_endian);
        computed = add_up(computed, frame + LOG_FRAME_HEADER_BYTES,
                          reading->frame_bytes - LOG_FRAME_HEADER_BYTES, reading->big_endian);
        // The salts are those of this log's beginning; other frames are left from an earlier one.
        bool is_of_this_log = memcmp(frame + 8, reading->header + 16, 8) == 0;
        bool fits = is_of_this_log && same(computed, stored);
        bool commits = is_of_this_log && number(frame + 4) != 0;
        if (!damaged && !fits) {
            damaged = true;
            within = !commits;
        } else if (damaged && fits && commits) {
            *lost += !within;
            within = false;
        }
        before = stored;
        at += (off_t)reading->frame_bytes;
    }
    return length;
}

// Sets how the log is to be read. Returns whether its header is good; if not, it is read as this program
// writes it on this machine.
static bool read_header(struct reading *reading) {
    uint32_t page_bytes = number(reading->header + 8);
    reading->big_endian = (number(reading->header) & 1U) != 0;
    bool good = (number(reading->header) & ~1U) == magic && page_bytes >= LOG_PAGE_BYTES_MIN &&
                page_bytes <= LOG_PAGE_BYTES_MAX && page_bytes % 8 == 0 &&
                same(add_up((struct sum){0, 0}, reading->header, 24, reading->big_endian),
                     read_sum(reading->header + 24));
    if (!good) {
        page_bytes = SQLITE_PAGE_BYTES;
        reading->big_endian = BYTE_ORDER == BIG_ENDIAN;
    }
    reading->frame_bytes = LOG_FRAME_HEADER_BYTES + (size_t)page_bytes;
    return good;
}

bool sqlite_log_lost_commits(int file, uint64_t *lost, struct error *error) {
    struct reading reading = {.file = file};
    *lost = 0;
    ssize_t length = read_all(file, reading.header, LOG_HEADER_BYTES, 0);
    if (length == LOG_HEADER_BYTES) {
        bool good = read_header(&reading);
        reading.frame = malloc(reading.frame_bytes);
        if (reading.frame == NULL) {
            return error_set(error, ERROR_NO_MEMORY, "no memory to read the log");
        }
        length = walk(&reading, !good, lost);
        free(reading.frame);
    }
    if (length < 0) {
        error_set_system(error, errno, "cannot read the log");
        error->code = ERROR_STORE_FAILED;
        return false;
    }
    return true;
}
