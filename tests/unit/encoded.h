// Chunks as frames, whole at a time: what the tests send, and what chunk_writer.h is compared with.
#ifndef QUINIELA_TESTS_ENCODED_H
#define QUINIELA_TESTS_ENCODED_H

#include "bet/chunk.h"
#include "wire/frame.h"
#include "wire/json_text.h"
#include "wire/message.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// The most bytes that encode_chunk writes for this chunk, including the header.
static inline size_t encoded_max(const struct chunk *chunk) {
    // A newline in `rows` stands for two quotes and a comma. Quotes and backslashes in names take one more
    // byte; a character of two or three bytes takes at most four more, one of four bytes eight more.
    size_t escapes = 0;
    for (size_t i = 0; i < chunk->rows_length; i++) {
        unsigned char byte = (unsigned char)chunk->rows[i];
        escapes += (byte == '"' || byte == '\\') + 4 * (size_t)(byte >= 0xc0) + 4 * (size_t)(byte >= 0xf0);
    }
    return MESSAGE_AROUND_BYTES_MAX + chunk->rows_length + 2 * (size_t)chunk->count + escapes;
}

// Writes a whole frame of type 1 or 2 into `frame` (room for encoded_max), in ASCII alone. `first` < 0 and
// `stored` < 0 leave these fields out. Returns the frame's length, including the header.
static inline size_t encode_chunk_asking(uint8_t *frame, enum message_type type, uint32_t agency,
                                         int64_t first, int64_t stored, const struct chunk *chunk) {
    char *out = (char *)frame + message_encode_beginning(frame, type, agency, first, stored);
    const char *end = chunk->rows + chunk->rows_length;
    for (const char *row = chunk->rows; row < end;) {
        const char *newline = memchr(row, '\n', (size_t)(end - row));
        if (row != chunk->rows) {
            *out++ = ',';
        }
        out = json_ascii_write(out, row, (size_t)(newline - row));
        row = newline + 1;
    }
    out = json_raw_write(out, MESSAGE_CHUNK_END);
    size_t length = (size_t)(out - (char *)frame);
    assert(length <= encoded_max(chunk)); // otherwise it has written past its end
    frame_write_header(frame, length - FRAME_HEADER_BYTES);
    return length;
}

static inline size_t encode_chunk(uint8_t *frame, enum message_type type, uint32_t agency, int64_t first,
                                  const struct chunk *chunk) {
    return encode_chunk_asking(frame, type, agency, first, -1, chunk);
}

#endif
