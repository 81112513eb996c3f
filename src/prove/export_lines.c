#include "prove/export_lines.h"

#include <inttypes.h>
#include <string.h>

static void put_field(FILE *out, const char *field, size_t length) {
    if (memchr(field, '"', length) == NULL) {
        fwrite(field, 1, length, out);
        return;
    }
    putc('"', out);
    for (size_t i = 0; i < length; i++) {
        if (field[i] == '"') {
            putc('"', out);
        }
        putc(field[i], out);
    }
    putc('"', out);
}

static void put_row(FILE *out, const char *row, const char *end) {
    if (memchr(row, '"', (size_t)(end - row)) == NULL) {
        fwrite(row, 1, (size_t)(end - row), out);
        return;
    }
    for (const char *comma; (comma = memchr(row, ',', (size_t)(end - row))) != NULL; row = comma + 1) {
        put_field(out, row, (size_t)(comma - row));
        putc(',', out);
    }
    put_field(out, row, (size_t)(end - row));
}

void export_lines_put(FILE *out, const struct stored_chunk *chunk) {
    const char *end = chunk->rows + chunk->rows_length;
    for (const char *row = chunk->rows, *next; row < end; row = next + 1) {
        next = memchr(row, '\n', (size_t)(end - row));
        next = next == NULL ? end : next; // the tree refuses such a chunk
        fprintf(out, "%" PRIu32 ",", chunk->agency);
        put_row(out, row, next);
        putc('\n', out);
    }
}
