// The rows of a CSV file, one after the other, as they are stored: without line ends, and without the quotes
// around their fields.
#ifndef QUINIELA_CLAIMS_ROWS_H
#define QUINIELA_CLAIMS_ROWS_H

#include "claims/file_lines.h"

enum { ROWS_LINE_BYTES_MAX = 2048 };

enum rows_kind {
    ROWS_OF_AGENCY, // a byte order mark at the beginning is skipped, and lines at the end may be empty
    ROWS_OF_EXPORT,
};

struct rows {
    struct file_lines *lines;
    enum rows_kind kind;
    bool is_at_end; // an empty line has come: nothing may follow but further ones
    char plain[ROWS_LINE_BYTES_MAX];
};

// Begins to read the rows. ERROR_NO_MEMORY. Ended by rows_end.
bool rows_begin(struct rows *rows, const struct source *source, enum rows_kind kind,
                struct error *error) MUST_CHECK;
void rows_end(struct rows *rows);

// Reads the next row, which is valid until the one after it is read; *found is false at the end.
// ERROR_BAD_FORM says which line; ERROR_SYSTEM.
bool rows_next(struct rows *rows, struct slice *row, bool *found, struct error *error) MUST_CHECK;

// Goes on from `offset`, where a row begins.
void rows_seek(struct rows *rows, uint64_t offset);

// Where the row read last begins in the file.
static inline uint64_t rows_at(const struct rows *rows) {
    return rows->lines->at;
}

// Cuts a line of all agencies' bets, or winners, "agency,rest": the agency's number, from 1, and the rest.
// Returns false when it does not begin so.
bool agency_cut(struct slice line, uint32_t *agency, struct slice *rest) MUST_CHECK;

// Reads the number of a row that must be a bet. ERROR_BAD_BET says what is wrong.
bool row_number(struct slice row, uint16_t *number, struct error *error) MUST_CHECK;

#endif
