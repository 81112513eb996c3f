#include "manual/markdown_table.h"

#include "manual/markdown_text.h"

#include <stdlib.h>
#include <string.h>

// The cells of a row, one after the other.
struct cells {
    const char *next, *end;
};

static struct cells cells_of(const char *line, size_t length) {
    return (struct cells){line + 1, line + length};
}

// The next cell without the blanks around it; NULL: there is no further one. A `|` in code, or after a
// backslash, ends none.
static const char *next_cell(struct cells *cells, size_t *length) {
    const char *begin = cells->next;
    while (begin < cells->end && *begin == ' ') {
        begin++;
    }
    if (begin >= cells->end) {
        return NULL;
    }
    const char *at = begin;
    bool is_code = false;
    for (; at < cells->end && (is_code || *at != '|'); at++) {
        is_code = is_code != (*at == '`');
    }
    cells->next = at + 1;
    while (at > begin && at[-1] == ' ') {
        at--;
    }
    *length = (size_t)(at - begin);
    return begin;
}

bool markdown_table_begin(struct markdown_table *table, const char *line, size_t length) {
    struct cells cells = cells_of(line, length);
    size_t bytes;
    const char *cell;
    for (table->columns = 0; (cell = next_cell(&cells, &bytes)) != NULL; table->columns++) {
        if (table->columns == TABLE_COLUMNS_MAX || bytes >= TABLE_HEADING_BYTES) {
            return false;
        }
        snprintf(table->headings[table->columns], TABLE_HEADING_BYTES, "%.*s", (int)bytes, cell);
    }
    return true;
}

static bool print_cell(const struct markdown_table *table, int column, FILE *stream, const char *cell,
                       size_t length) {
    char *text = malloc(TABLE_HEADING_BYTES + length + 4);
    if (text == NULL) {
        return false;
    }
    bool is_named = table->columns > 2 && column > 0;
    sprintf(text, "%s%s%.*s", is_named ? table->headings[column] : "", is_named ? ": " : "", (int)length,
            cell);
    fputs(column > 1 ? ".br\n" : "", stream);
    bool good = markdown_text_print(stream, column == 0 ? "It" : NULL, text);
    free(text);
    return good;
}

bool markdown_table_row(const struct markdown_table *table, FILE *stream, const char *line, size_t length) {
    struct cells cells = cells_of(line, length);
    size_t bytes;
    const char *cell;
    for (int column = 0; (cell = next_cell(&cells, &bytes)) != NULL; column++) {
        if (strspn(cell, "-:") >= bytes && column == 0) {
            return true;
        }
        if (column == table->columns || !print_cell(table, column, stream, cell, bytes)) {
            return false;
        }
    }
    return true;
}
