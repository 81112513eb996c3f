#include "cli/top_screen.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FORMATTED_BYTES = 4096,
    STEERING_BYTES = 64, // around each line
};

#define CLEAR_ALL "\033[H\033[2J" // CUP, ED
#define PLAIN "\033[0m"           // SGR
#define CLEAR_LINE "\033[2K" // EL; before the text, as the cursor stays on the last column behind a full line

void top_screen_begin(struct top_screen *screen, unsigned columns, unsigned rows) {
    screen->columns = columns < TOP_COLUMNS_MAX ? columns : TOP_COLUMNS_MAX;
    screen->rows = rows < TOP_ROWS_MAX ? rows : TOP_ROWS_MAX;
    screen->count = 0;
}

// Adding --------------------------------------------------------------------------------------------------

// Controls, and what changes the reading direction or ends a line, as log_text_blank has it.
static bool steers(uint32_t character) {
    return character < ' ' || (character >= 0x7f && character < 0xa0) || character == 0x61c ||
           character == 0x200e || character == 0x200f || (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069);
}

static bool can_show(const struct top_screen *screen, uint32_t character) {
    return !steers(character) && (screen->is_utf8 || character < 0x80);
}

// Copies what fits into the columns. Returns how many characters that is.
static unsigned copy(const struct top_screen *screen, const char *text, char *to) {
    size_t left = strlen(text);
    unsigned columns = 0;
    while (left > 0 && columns < screen->columns) {
        uint32_t character = 0;
        size_t length = utf8_character(text, left, &character);
        size_t taken = length == 0 ? 1 : length;
        if (length > 0 && can_show(screen, character)) {
            memcpy(to, text, length);
            to += length;
        } else {
            *to++ = '?';
        }
        text += taken;
        left -= taken;
        columns++;
    }
    *to = '\0';
    return columns;
}

static void add(struct top_screen *screen, enum top_style style, const char *text) {
    if (screen->count == screen->rows) {
        return;
    }
    struct top_line *line = &screen->lines[screen->count++];
    line->style = style;
    unsigned columns = copy(screen, text, line->text);
    if (style == TOP_BAR) {
        size_t length = strlen(line->text);
        memset(line->text + length, ' ', screen->columns - columns);
        line->text[length + screen->columns - columns] = '\0';
    }
}

void top_screen_add(struct top_screen *screen, enum top_style style, const char *format, ...) {
    char text[FORMATTED_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    add(screen, style, text);
}

// How many bytes of the text make a line: up to the last space that fits, or all that fits.
static size_t line_length(const char *text, unsigned columns_max) {
    size_t length = 0, space = 0, left = strlen(text);
    for (unsigned columns = 0; columns < columns_max && length < left; columns++) {
        uint32_t ignored;
        size_t taken = utf8_character(text + length, left - length, &ignored);
        space = text[length] == ' ' ? length : space;
        length += taken == 0 ? 1 : taken;
    }
    return length == left || text[length] == ' ' || space == 0 ? length : space;
}

static void add_cut(struct top_screen *screen, enum top_style style, const char *text) {
    const char *more = screen->is_utf8 ? "…" : "...";
    unsigned more_columns = screen->is_utf8 ? 1 : 3;
    if (screen->columns <= more_columns) {
        return;
    }
    size_t length = line_length(text, screen->columns - more_columns);
    top_screen_add(screen, style, "%.*s%s", (int)length, text, more);
}

void top_screen_add_wrapped(struct top_screen *screen, enum top_style style, unsigned lines_max,
                            const char *text) {
    for (unsigned line = 1; *text != '\0' && line <= lines_max; line++) {
        size_t length = line_length(text, screen->columns);
        if (line == lines_max && length < strlen(text)) {
            add_cut(screen, style, text);
            return;
        }
        top_screen_add(screen, style, "%.*s", (int)length, text);
        text += length;
        text += strspn(text, " ");
    }
}

void top_screen_fill(struct top_screen *screen, unsigned rows) {
    while (screen->count < rows && screen->count < screen->rows) {
        add(screen, TOP_PLAIN, "");
    }
}

// Changing ------------------------------------------------------------------------------------------------

static const struct top_line *line_of(const struct top_screen *screen, unsigned row) {
    static const struct top_line none = {.style = TOP_PLAIN, .text = ""};
    return row < screen->count ? &screen->lines[row] : &none;
}

static bool is_same(const struct top_line *one, const struct top_line *other) {
    return one->style == other->style && strcmp(one->text, other->text) == 0;
}

static const char *begin_style(const struct top_screen *screen, enum top_style style) {
    switch (style) {
    case TOP_BOLD:
        return "\033[1m";
    case TOP_ALERT:
        return screen->has_colours ? "\033[1;31m" : "\033[1m";
    case TOP_BAR:
        return "\033[7m";
    case TOP_PLAIN:
        break;
    }
    return "";
}

char *top_screen_change(const struct top_screen *before, const struct top_screen *now, size_t *length) {
    size_t room = (size_t)now->rows * (sizeof now->lines->text + STEERING_BYTES) + STEERING_BYTES;
    char *bytes = malloc(room);
    bool is_new = before == NULL || before->columns != now->columns || before->rows != now->rows;
    *length = 0;
    if (bytes == NULL) {
        return NULL;
    }
    if (is_new) {
        *length = (size_t)snprintf(bytes, room, CLEAR_ALL);
    }
    for (unsigned row = 0; row < now->rows; row++) {
        const struct top_line *line = line_of(now, row);
        if (is_new ? line->text[0] != '\0' : !is_same(line, line_of(before, row))) {
            *length += (size_t)snprintf(bytes + *length, room - *length, "\033[%u;1H" CLEAR_LINE "%s%s" PLAIN,
                                        row + 1, begin_style(now, line->style), line->text);
        }
    }
    return bytes;
}
