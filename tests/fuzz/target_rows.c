// A row of any file is the same when it is looked for by its place.
#include "fuzz.h"

#include "bet/limits.h"
#include "claims/rows.h"
#include "seal/errors.h"

static void look_again(const struct source *source, enum rows_kind kind, uint64_t at, struct slice wanted) {
    struct rows rows;
    struct slice row;
    struct error error;
    bool found;
    must_hold(rows_begin(&rows, source, kind, &error), "memory");
    rows_seek(&rows, at);
    must_hold(rows_next(&rows, &row, &found, &error) && found && slice_equal(row, wanted),
              "the row is at its place");
    rows_end(&rows);
}

static void read_all(const struct source *source, enum rows_kind kind) {
    struct rows rows;
    struct slice row;
    struct error error;
    bool found = true;
    unsigned tried = 0;
    error_clear(&error);
    must_hold(rows_begin(&rows, source, kind, &error), "memory");
    while (rows_next(&rows, &row, &found, &error) && found) {
        must_hold(row.length < ROWS_LINE_BYTES_MAX, "a row has a limit");
        must_hold(memchr(row.text, '\n', row.length) == NULL, "a row is one line");
        if (tried++ < 3) {
            look_again(source, kind, rows_at(&rows), row);
        }
        uint16_t number;
        struct error fault;
        must_hold(!row_number(row, &number, &fault) || number <= BET_NUMBER_MAX, "a bet has a number");
    }
    must_hold(!found || error.code == ERROR_BAD_FORM, "a refusal has its reason");
    rows_end(&rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct source source;
    struct error error;
    must_hold(source_open(file_of(bytes, length), &source, &error), "the file opens");
    read_all(&source, ROWS_OF_AGENCY);
    read_all(&source, ROWS_OF_EXPORT);
    source_close(&source);
    return 0;
}
