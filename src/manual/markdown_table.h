// A table of Markdown as a list: a row is an item, and its first cell the tag.
#ifndef QUINIELA_MANUAL_MARKDOWN_TABLE_H
#define QUINIELA_MANUAL_MARKDOWN_TABLE_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stdio.h>

enum { TABLE_COLUMNS_MAX = 8, TABLE_HEADING_BYTES = 64 };

struct markdown_table {
    int columns;
    char headings[TABLE_COLUMNS_MAX][TABLE_HEADING_BYTES];
};

// Takes the headings, which are the first row: "| field | is |". False: they are too many, or one is too
// long.
bool markdown_table_begin(struct markdown_table *table, const char *line, size_t length) MUST_CHECK;

// Prints a further row; the one of dashes prints nothing. In a table of more than two columns each cell after
// the first has its heading before it. False: no memory, or more cells than headings.
bool markdown_table_row(const struct markdown_table *table, FILE *stream, const char *line,
                        size_t length) MUST_CHECK;

#endif
