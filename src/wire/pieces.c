#include "wire/pieces.h"

#include "bet/errors.h"
#include "bet/limits.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DIGEST_HEX_BYTES = 2 * CHUNK_DIGEST_BYTES };
enum piece_field { PIECE_FIRST, PIECE_COUNT, PIECE_DIGEST, PIECE_FIELDS };

static const char *const piece_fields[PIECE_FIELDS] = {"first", "count", "digest"};

static const char hex_digits[] = "0123456789abcdef";

static char *write_hex(char *out, const uint8_t digest[CHUNK_DIGEST_BYTES]) {
    for (int i = 0; i < CHUNK_DIGEST_BYTES; i++) {
        *out++ = hex_digits[digest[i] >> 4];
        *out++ = hex_digits[digest[i] & 0xf];
    }
    return out;
}

char *pieces_write(char *out, const struct piece *pieces, size_t count) {
    *out++ = '[';
    for (size_t i = 0; i < count; i++) {
        const char *begin = out;
        out += sprintf(out, "%s{\"first\":%" PRIu64 ",\"count\":%" PRIu32 ",\"digest\":\"", i == 0 ? "" : ",",
                       pieces[i].first, pieces[i].count);
        out = write_hex(out, pieces[i].digest);
        *out++ = '"';
        *out++ = '}';
        assert(out - begin <= PIECE_JSON_BYTES_MAX);
    }
    *out++ = ']';
    return out;
}

static bool read_hex(const struct json_value *text, uint8_t digest[CHUNK_DIGEST_BYTES]) {
    if (text->kind != JSON_STRING || text->text_length != DIGEST_HEX_BYTES) {
        return false;
    }
    for (size_t i = 0; i < DIGEST_HEX_BYTES; i++) {
        const char *digit = memchr(hex_digits, text->text[i], sizeof hex_digits - 1);
        if (digit == NULL) {
            return false;
        }
        uint8_t value = (uint8_t)(digit - hex_digits);
        digest[i / 2] = i % 2 == 0 ? (uint8_t)(value << 4) : digest[i / 2] | value;
    }
    return true;
}

struct reading {
    struct piece *pieces;
    size_t count, count_max;
};

static bool read_piece(void *context, const struct json_value *values) {
    struct reading *reading = context;
    const struct json_value *first = &values[PIECE_FIRST], *count = &values[PIECE_COUNT];
    if (reading->count == reading->count_max || first->kind != JSON_INTEGER || first->integer < 0 ||
        count->kind != JSON_INTEGER || count->integer < 1 || count->integer > CHUNK_BETS_MAX ||
        first->integer > INT64_MAX - count->integer) {
        return false;
    }
    struct piece *piece = &reading->pieces[reading->count];
    piece->first = (uint64_t)first->integer;
    piece->count = (uint32_t)count->integer;
    if (!read_hex(&values[PIECE_DIGEST], piece->digest)) {
        return false;
    }
    reading->count++;
    return true;
}

bool pieces_read(struct json_parser *parser, const struct json_value *list, struct piece *pieces,
                 size_t count_max, size_t *count, struct error *error) {
    struct reading reading = {.pieces = pieces, .count_max = count_max};
    bool read = list->kind == JSON_ARRAY && json_each_object(parser, list, piece_fields, PIECE_FIELDS,
                                                             read_piece, &reading) == list->elements;
    *count = reading.count;
    return read || error_set(error, ERROR_BAD_MESSAGE, "the central's list of what is stored cannot be read");
}
