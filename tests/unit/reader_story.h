// What the stories of the reader have in common: a folder with one file, which is written and opened, and its
// rows, compared with what was written.
#ifndef QUINIELA_TESTS_READER_STORY_H
#define QUINIELA_TESTS_READER_STORY_H

#include "cmocka_all.h"

#include "agency/reader.h"
#include "bet/limits.h"
#include "encoded.h"
#include "wire/limits.h"
#include "wire/message.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_NAME "agency-1.csv"
#define BET(number) "Ana,Gómez,30904465,1999-03-17," number "\n"
#define LITERAL(text) (text), sizeof(text) - 1

enum { MANY_BETS = 20000, CHUNK_BETS = 1000, TEXT_BYTES_MAX = 2 * 1024 * 1024 };

static char folder[64];

static inline int enter_folder(void **state) {
    (void)state;
    strcpy(folder, "/tmp/test_reader.XXXXXX");
    return mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static inline int leave_folder(void **state) {
    (void)state;
    unlink(FILE_NAME);
    int left = chdir("/");
    return rmdir(folder) != 0 || left;
}

static inline void write_file(const char *text, size_t length) {
    FILE *file = fopen(FILE_NAME, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static inline struct reader *open_file(void) {
    struct reader *reader;
    struct error error;
    if (!reader_open(FILE_NAME, &reader, &error)) {
        fail_msg("%s", error.text);
    }
    return reader;
}

// A file of MANY_BETS bets of different lengths, in memory that the caller frees.
static inline char *make_many(size_t *length) {
    char *text = malloc(TEXT_BYTES_MAX);
    assert_non_null(text);
    *length = 0;
    for (int i = 0; i < MANY_BETS; i++) {
        *length += (size_t)sprintf(text + *length, "Ana%.*s,Núñez,%d,1999-03-17,%d\n", i % 40,
                                   "abcdefghijklmnopqrstuvwxyzabcdefghijklmnop", i, i % (BET_NUMBER_MAX + 1));
    }
    return text;
}

// Reads to the end of the file and compares the rows with `expected`. Returns how many chunks there were.
static inline int expect_rows(struct reader *reader, const char *expected, size_t length) {
    struct chunk *chunk = chunk_new(CHUNK_BETS, MESSAGE_BYTES_MAX);
    assert_non_null(chunk);
    size_t seen = 0;
    int chunks = 0;
    for (bool at_end = false; !at_end; chunks++) {
        struct error error;
        chunk_clear(chunk);
        if (!reader_fill(reader, chunk, CHUNK_BETS, MESSAGE_BYTES_MAX, &at_end, &error)) {
            fail_msg("%s", error.text);
        }
        assert_true(at_end || chunk->count == CHUNK_BETS);
        assert_true(chunk->rows_length <= length - seen);
        assert_memory_equal(chunk->rows, expected + seen, chunk->rows_length);
        seen += chunk->rows_length;
    }
    assert_int_equal(seen, length);
    chunk_free(chunk);
    return chunks;
}

// The messages that are written from the file, in chunks of `count` bets and `message_max` bytes, are those
// of the chunks that are read from it; and so is the error that they end with, if any.
static inline void expect_messages_of_chunks(uint32_t count, size_t message_max) {
    struct reader *chunks = open_file(), *messages = open_file();
    struct chunk *chunk = chunk_new(count, MESSAGE_BYTES_MAX);
    struct chunk_writer writer;
    chunk_writer_init(&writer);
    assert_non_null(chunk);
    for (bool at_end = false, good = true; good && !at_end;) {
        struct error error, other;
        bool other_at_end = true;
        int64_t first = (int64_t)reader_position(chunks);
        chunk_clear(chunk);
        assert_true(chunk_writer_begin(&writer, 7, first, message_max, &other));
        good = reader_fill(chunks, chunk, count, message_max, &at_end, &error);
        assert_int_equal(reader_write(messages, &writer, count, &other_at_end, &other), good);
        if (!good) {
            assert_ptr_equal(other.code, error.code);
            assert_string_equal(other.text, error.text);
            break;
        }
        assert_int_equal(other_at_end, at_end);
        assert_int_equal(reader_position(messages), reader_position(chunks));
        uint8_t *frame = malloc(encoded_max(chunk));
        assert_non_null(frame);
        size_t length = encode_chunk(frame, MESSAGE_SEND_CHUNK, 7, first, chunk);
        assert_int_equal(chunk_writer_end(&writer, MESSAGE_SEND_CHUNK, -1), length);
        assert_memory_equal(writer.frame, frame, length);
        free(frame);
        good = at_end || chunk->count > 0; // else the next bet is longer than any message
    }
    chunk_writer_free(&writer);
    chunk_free(chunk);
    reader_close(&chunks);
    reader_close(&messages);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, enter_folder, leave_folder)

#endif
