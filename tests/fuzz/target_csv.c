// An agency's CSV file: chunks are within their limits, and reading it in chunks of another size gives the
// same bets.
#include "fuzz.h"

#include "agency/reader.h"
#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

struct all {
    char *rows;
    size_t length, count;
    bool good;
};

static struct all read_all(const char *path, uint32_t chunk_size) {
    struct all all = {0};
    struct reader *reader;
    struct error error;
    must_hold(reader_open(path, &reader, &error), "the file opens");
    struct chunk *chunk = chunk_new(chunk_size, MESSAGE_BYTES_MAX);
    must_hold(chunk != NULL, "memory");
    for (bool at_end = false; !at_end;) {
        chunk_clear(chunk);
        if (!reader_fill(reader, chunk, chunk_size, MESSAGE_BYTES_MAX, &at_end, &error)) {
            must_hold(error.code == ERROR_BAD_BET, "a bad line is a bad bet");
            break;
        }
        must_hold(chunk->count <= chunk_size && (at_end || chunk->count > 0), "a chunk is within its limits");
        all.rows = realloc(all.rows, all.length + chunk->rows_length + 1);
        must_hold(all.rows != NULL, "memory");
        memcpy(all.rows + all.length, chunk->rows, chunk->rows_length);
        all.length += chunk->rows_length;
        all.count += chunk->count;
        all.good = at_end;
    }
    chunk_free(chunk);
    reader_close(&reader);
    return all;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const char *path = file_of(bytes, length);
    struct all one = read_all(path, 1), many = read_all(path, 100);
    must_hold(one.good == many.good, "chunks of any size find the same fault");
    must_hold(!one.good || (one.count == many.count && one.length == many.length &&
                            (one.length == 0 || memcmp(one.rows, many.rows, one.length) == 0)),
              "chunks of any size give the same bets");
    free(one.rows);
    free(many.rows);
    return 0;
}
