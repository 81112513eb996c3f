// Chunks of any CSV file are within their limits, and other sizes give the same bets.
// Their messages, written bet by bet, are those of the chunks as a whole.
#include "fuzz.h"

#include "../unit/encoded.h"
#include "agency/reader.h"
#include "base/log.h"
#include "bet/errors.h"
#include "wire/message.h"

#include <stdlib.h>
#include <string.h>

struct all {
    char *rows;
    size_t length, count;
    bool good;
    char fault[ERROR_TEXT_BYTES]; // what is said of the first bad line
};

static size_t message_bytes(const struct chunk *chunk) {
    size_t bytes = 0;
    for (const char *row = chunk->rows, *end = row + chunk->rows_length; row < end;) {
        size_t length = (size_t)((const char *)memchr(row, '\n', (size_t)(end - row)) - row);
        bytes += message_bet_bytes(row, length);
        row += length + 1;
    }
    return bytes;
}

// The long message has room for the bet of any line, even a bad one; the short one for any good bet.
enum { MESSAGE_LONG = 8192, MESSAGE_SHORT = 600 };

// Writes the same bets as a message, and compares it with the chunk's.
static void write_same(struct reader *reader, struct chunk_writer *writer, const struct chunk *chunk,
                       uint32_t chunk_size, size_t message_max, bool good) {
    struct error error;
    bool at_end;
    must_hold(chunk_writer_begin(writer, 7, 0, message_max, &error), "memory");
    bool written = reader_write(reader, writer, chunk_size, &at_end, &error);
    must_hold(written == good && (good || error.code == ERROR_BAD_BET), "a message takes what a chunk takes");
    if (good) {
        uint8_t *frame = malloc(encoded_max(chunk));
        must_hold(frame != NULL, "memory");
        size_t length = encode_chunk(frame, MESSAGE_SEND_CHUNK, 7, 0, chunk);
        must_hold(chunk_writer_end(writer, MESSAGE_SEND_CHUNK, -1) == length &&
                      memcmp(writer->frame, frame, length) == 0,
                  "a message has the bytes of its chunk");
        free(frame);
    }
}

static struct all read_all(const char *path, uint32_t chunk_size, size_t message_max) {
    struct all all = {0};
    struct reader *reader, *other;
    struct chunk_writer writer;
    struct error error;
    must_hold(reader_open(path, &reader, &error) && reader_open(path, &other, &error), "the file opens");
    chunk_writer_init(&writer);
    struct chunk *chunk = chunk_new(chunk_size, message_max);
    must_hold(chunk != NULL, "memory");
    for (bool at_end = false; !at_end;) {
        chunk_clear(chunk);
        bool good = reader_fill(reader, chunk, chunk_size, message_max, &at_end, &error);
        write_same(other, &writer, chunk, chunk_size, message_max, good);
        if (!good) {
            must_hold(error.code == ERROR_BAD_BET, "a bad line is a bad bet");
            strcpy(all.fault, error.text);
            break;
        }
        must_hold(chunk->count <= chunk_size, "a chunk is within its limit");
        if (!at_end && chunk->count == 0) {
            must_hold(message_max == MESSAGE_SHORT, "reading goes on");
            break; // a line that is not a bet, and too long for the message
        }
        must_hold(message_bytes(chunk) <= message_max, "a message is within its limit");
        all.rows = realloc(all.rows, all.length + chunk->rows_length + 1);
        must_hold(all.rows != NULL, "memory");
        memcpy(all.rows + all.length, chunk->rows, chunk->rows_length);
        all.length += chunk->rows_length;
        all.count += chunk->count;
        all.good = at_end;
    }
    chunk_free(chunk);
    chunk_writer_free(&writer);
    reader_close(&reader);
    reader_close(&other);
    return all;
}

static void compare(const struct all *one, const char *path, uint32_t chunk_size, size_t message_max) {
    struct all many = read_all(path, chunk_size, message_max);
    must_hold(one->good == many.good, "chunks of any size find the same fault");
    must_hold(!one->good || (one->count == many.count && one->length == many.length &&
                             (one->length == 0 || memcmp(one->rows, many.rows, one->length) == 0)),
              "chunks of any size give the same bets");
    free(many.rows);
}

// The check of the whole file finds it good exactly if reading it does, and says the same of its first bad
// line.
static void check_whole(const char *path, const struct all *read) {
    struct reader *reader;
    struct error error;
    uint64_t bad = 0, good = 0;
    must_hold(reader_open(path, &reader, &error), "the file opens");
    for (bool found = true; found;) {
        if (!reader_check_line(reader, bad % 2 == 0, &found, &error)) {
            must_hold(error.code == ERROR_BAD_BET, "a bad line is a bad bet");
            must_hold(bad > 0 || strcmp(error.text, read->fault) == 0, "the check says what reading says");
            bad++;
        } else {
            good += found;
        }
    }
    must_hold((bad == 0) == read->good, "the check finds what reading finds");
    must_hold(bad > 0 || good == read->count, "the check counts the bets that are read");
    must_hold(reader_position(reader) == good + bad, "every line is good or bad");
    must_hold(reader_checked(reader, &error), "nobody has changed it");
    reader_close(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const char *path = file_of(bytes, length);
    log_set_level(LOG_LEVEL_ERROR); // a last line without a newline would cause a warning
    struct all one = read_all(path, 1, MESSAGE_LONG);
    check_whole(path, &one);
    compare(&one, path, 100, MESSAGE_LONG);
    compare(&one, path, 100, MESSAGE_SHORT);
    free(one.rows);
    return 0;
}
