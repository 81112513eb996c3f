// A terminal's screen as lines of text, each of one style; and the bytes that turn one into another
// (ECMA-48).
#ifndef QUINIELA_CLI_TOP_SCREEN_H
#define QUINIELA_CLI_TOP_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

enum { TOP_ROWS_MAX = 300, TOP_COLUMNS_MAX = 250 }; // of what is used: a larger screen stays empty there

enum top_style { TOP_PLAIN, TOP_BOLD, TOP_ALERT, TOP_BAR }; // a bar is as wide as the screen

struct top_line {
    enum top_style style;
    char text[4 * TOP_COLUMNS_MAX + 1]; // UTF-8
};

struct top_screen {
    unsigned columns, rows; // both within the limits
    bool is_utf8;           // what it can show; otherwise ASCII alone
    bool has_colours;
    unsigned count; // lines that are there; those below are empty
    struct top_line lines[TOP_ROWS_MAX];
};

// Takes its size, and empties it.
void top_screen_begin(struct top_screen *screen, unsigned columns, unsigned rows);

// Adds a line, if there is room: at most as many characters as there are columns, and '?' for each that the
// screen cannot show. A bar is filled up with spaces.
__attribute__((format(printf, 3, 4))) void top_screen_add(struct top_screen *screen, enum top_style style,
                                                          const char *format, ...);

// The same in several lines, `lines_max` at most, broken at spaces. The last one says when there is more.
void top_screen_add_wrapped(struct top_screen *screen, enum top_style style, unsigned lines_max,
                            const char *text);

// Adds empty lines until there are `rows`.
void top_screen_fill(struct top_screen *screen, unsigned rows);

// The bytes that show `now` where `before` is shown; all of it where that is NULL or of another size. Made
// with malloc, and not ended by a NUL; *length may be 0. NULL when there is no memory.
char *top_screen_change(const struct top_screen *before, const struct top_screen *now, size_t *length);

#endif
