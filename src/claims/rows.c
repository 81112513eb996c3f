#include "claims/rows.h"

#include "base/utf8.h"
#include "bet/bet.h"
#include "bet/csv_quotes.h"
#include "seal/decimal.h"
#include "seal/limits.h"

#include <stdlib.h>

bool rows_begin(struct rows *rows, const struct source *source, enum rows_kind kind, struct error *error) {
    rows->kind = kind;
    rows->is_at_end = false;
    return file_lines_begin(source, ROWS_LINE_BYTES_MAX, 0, &rows->lines, error);
}

void rows_end(struct rows *rows) {
    free(rows->lines);
    rows->lines = NULL;
}

void rows_seek(struct rows *rows, uint64_t offset) {
    rows->is_at_end = false;
    file_lines_seek(rows->lines, offset);
}

static struct slice trim(const struct rows *rows, struct slice text) {
    if (text.length > 0 && text.text[text.length - 1] == '\r') {
        text.length--;
    }
    if (rows->kind == ROWS_OF_AGENCY && rows->lines->at == 0 && slice_begins(text, UTF8_BYTE_ORDER_MARK)) {
        text.text += strlen(UTF8_BYTE_ORDER_MARK);
        text.length -= strlen(UTF8_BYTE_ORDER_MARK);
    }
    return text;
}

static bool unquote(struct rows *rows, struct slice text, struct slice *row, struct error *error) {
    *row = text;
    if (memchr(text.text, '"', text.length) == NULL) {
        return true;
    }
    row->text = rows->plain;
    return csv_unquote(text.text, text.length, rows->plain, &row->length) ||
           file_lines_refuse(rows->lines, error, "has wrong quotes");
}

bool rows_next(struct rows *rows, struct slice *row, bool *found, struct error *error) {
    struct line line;
    while (file_lines_next(rows->lines, &line, found, error)) {
        if (!*found) {
            return true;
        }
        struct slice text = trim(rows, line.text);
        bool is_empty = text.length == 0;
        if ((rows->is_at_end && !is_empty) || (is_empty && rows->kind == ROWS_OF_EXPORT)) {
            return file_lines_refuse(rows->lines, error, "an empty line before others");
        }
        rows->is_at_end = is_empty;
        if (!is_empty) {
            return unquote(rows, text, row, error);
        }
    }
    return false;
}

bool agency_cut(struct slice line, uint32_t *agency, struct slice *rest) {
    const char *comma = line.length == 0 ? NULL : memchr(line.text, ',', line.length);
    size_t length = comma == NULL ? 0 : (size_t)(comma - line.text);
    uint64_t number;
    if (comma == NULL || !decimal_parse((struct slice){line.text, length}, AGENCIES_MAX, &number) ||
        number == 0) {
        return false;
    }
    *agency = (uint32_t)number;
    *rest = (struct slice){comma + 1, line.length - length - 1};
    return true;
}

bool row_number(struct slice row, uint16_t *number, struct error *error) {
    struct bet bet;
    if (bet_check_fast(row.text, row.length, number)) {
        return true;
    }
    if (!bet_parse(row.text, row.length, &bet, error)) {
        return false;
    }
    *number = bet.number;
    return true;
}
