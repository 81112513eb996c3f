// SQLite's logs, written here according to their format (sqlite.org/walformat.html), so that each byte is
// known. Also system calls that fail, come short, or find the log written meanwhile: a program that includes
// this is linked with --wrap=pread,--wrap=pwrite,--wrap=fsync.
#ifndef QUINIELA_TESTS_WAL_STORY_H
#define QUINIELA_TESTS_WAL_STORY_H

#include "cmocka_all.h"

#include "bet/errors.h"
#include "store/sqlite_log.h"
#include "store/sqlite_schema.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER_BYTES = 32, LOG_FRAME_BYTES = 24, LOG_BYTES_MAX = 512 * 1024 };

static char folder[64], path[128], log_path[160];
static struct sqlite_names names;

// A log as it is made, and then changed.
static struct {
    uint8_t bytes[LOG_BYTES_MAX];
    size_t length;
    uint32_t page_bytes, salts[2], sums[2];
    bool big_endian;
} wal;

static uint8_t database[LOG_BYTES_MAX]; // what is in the log, moved into it
static size_t database_length;

// The linker puts these in the place of the system's calls: reads that fail or come short, and a log that is
// written while it is being read.
static struct {
    int reads, writes, syncs;
    int failing_read, failing_write, failing_sync; // which one fails, from 1; 0: none
    bool halves;                                   // they do half of what they are asked for
    int headers;                                   // how often the log's header was read
    void (*on_header)(int time);                   // called before
} calls;

ssize_t __real_pread(int file, void *bytes, size_t length, off_t at);
ssize_t __wrap_pread(int file, void *bytes, size_t length, off_t at);
ssize_t __real_pwrite(int file, const void *bytes, size_t length, off_t at);
ssize_t __wrap_pwrite(int file, const void *bytes, size_t length, off_t at);
int __wrap_fsync(int file);

static bool fails(int *count, int failing) {
    errno = EIO;
    return ++*count == failing;
}

static size_t shortened(size_t length) {
    return calls.halves && length > 1 ? length / 2 : length;
}

ssize_t __wrap_pread(int file, void *bytes, size_t length, off_t at) {
    if (at == 0 && length == HEADER_BYTES && calls.on_header != NULL) {
        calls.on_header(++calls.headers);
    }
    return fails(&calls.reads, calls.failing_read) ? -1 : __real_pread(file, bytes, shortened(length), at);
}

ssize_t __wrap_pwrite(int file, const void *bytes, size_t length, off_t at) {
    return fails(&calls.writes, calls.failing_write) ? -1 : __real_pwrite(file, bytes, length, at);
}

int __wrap_fsync(int file) {
    (void)file;
    return fails(&calls.syncs, calls.failing_sync) ? -1 : 0;
}

static int set_up(void **state) {
    (void)state;
    memset(&calls, 0, sizeof calls);
    strcpy(folder, "/tmp/quiniela-log-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/store.db", folder);
    snprintf(log_path, sizeof log_path, "%s-wal", path);
    struct error error;
    assert_true(sqlite_names_find(path, &names, &error));
    memset(database, 0, sizeof database);
    database_length = 0;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    remove(log_path);
    unlink(path);
    return rmdir(folder);
}

// Making a log --------------------------------------------------------------------------------------------

static void put(size_t at, uint32_t value) {
    uint32_t stored = htobe32(value);
    memcpy(wal.bytes + at, &stored, sizeof stored);
}

static void add_up(size_t at, size_t length) {
    for (size_t i = at; i < at + length; i += 8) {
        uint32_t words[2];
        memcpy(words, wal.bytes + i, sizeof words);
        wal.sums[0] += (wal.big_endian ? be32toh(words[0]) : le32toh(words[0])) + wal.sums[1];
        wal.sums[1] += (wal.big_endian ? be32toh(words[1]) : le32toh(words[1])) + wal.sums[0];
    }
}

static void put_sums(size_t at) {
    put(at, wal.sums[0]);
    put(at + 4, wal.sums[1]);
}

static void begin_log(uint32_t page_bytes, bool big_endian) {
    memset(&wal, 0, sizeof wal);
    wal.page_bytes = page_bytes;
    wal.big_endian = big_endian;
    wal.salts[0] = 0x01020304;
    wal.salts[1] = 0x05060708;
    put(0, 0x377f0682 + big_endian);
    put(4, 3007000);
    put(8, page_bytes);
    put(16, wal.salts[0]);
    put(20, wal.salts[1]);
    add_up(0, 24);
    put_sums(24);
    wal.length = HEADER_BYTES;
}

static size_t frame_bytes(void) {
    return LOG_FRAME_BYTES + wal.page_bytes;
}

// Where the frame begins, counted from 0.
static size_t frame_at(int index) {
    return HEADER_BYTES + (size_t)index * frame_bytes();
}

// Adds a frame with a page, and moves the page into the database. `pages`: the database's size when the frame
// commits; otherwise 0.
static void add_frame(uint32_t page, uint32_t pages) {
    size_t at = wal.length;
    assert_true(at + frame_bytes() <= LOG_BYTES_MAX);
    put(at, page);
    put(at + 4, pages);
    put(at + 8, wal.salts[0]);
    put(at + 12, wal.salts[1]);
    for (uint32_t i = 0; i < wal.page_bytes; i++) {
        wal.bytes[at + LOG_FRAME_BYTES + i] = (uint8_t)(at / 7 + i * 3 + page);
    }
    add_up(at, 8);
    add_up(at + LOG_FRAME_BYTES, wal.page_bytes);
    put_sums(at + 16);
    wal.length += frame_bytes();
    size_t end = (size_t)page * wal.page_bytes;
    memcpy(database + end - wal.page_bytes, wal.bytes + at + LOG_FRAME_BYTES, wal.page_bytes);
    database_length = end > database_length ? end : database_length;
}

// Four commits, of one, three, two frames and one: frames 0, 1 to 3, 4 to 5, 6.
static void make_log(uint32_t page_bytes, bool big_endian) {
    begin_log(page_bytes, big_endian);
    add_frame(1, 1);
    add_frame(2, 0);
    add_frame(3, 0);
    add_frame(1, 3);
    add_frame(2, 0);
    add_frame(2, 3);
    add_frame(4, 4);
}

static void write_file(const char *name, const uint8_t *bytes, size_t length) {
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static void assert_log_is(const uint8_t *bytes, size_t length) {
    static uint8_t read[LOG_BYTES_MAX + 1];
    FILE *file = fopen(log_path, "r");
    assert_non_null(file);
    assert_int_equal(fread(read, 1, sizeof read, file), length);
    fclose(file);
    assert_memory_equal(read, bytes, length);
}

// Looking at it -------------------------------------------------------------------------------------------

// Checks how the log is judged. `lost`: how many commits an error must name; 0: the log is taken. A log that
// is refused, or only looked at, does not change.
static void assert_judged(const char *what, unsigned lost) {
    struct error error;
    char expected[64];
    write_file(log_path, wal.bytes, wal.length);
    for (int serves = 0; serves < 2; serves++) {
        bool good = serves ? sqlite_log_settle(&names, &error) : sqlite_log_check(&names, &error);
        snprintf(expected, sizeof expected, " and %u commits after the damage would be lost", lost);
        if (good != (lost == 0) || (!good && strstr(error.text, expected) == NULL)) {
            fail_msg("%s, when it is %s: expected %u lost commits, and it is %s", what,
                     serves ? "taken" : "looked at", lost, good ? "taken" : error.text);
        }
        if (!good) {
            assert_error(&error, ERROR_STORE_FAILED);
            assert_non_null(strstr(error.text, path));
        }
        if (!serves || !good) {
            assert_log_is(wal.bytes, wal.length);
        }
    }
}

#endif
