#include "manual/markdown.h"

#include "manual/markdown_table.h"
#include "manual/markdown_text.h"
#include "manual/mdoc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum list { NO_LIST, BULLETS, NUMBERS };

struct conversion {
    FILE *stream;
    int line;       // the number of the current one
    int block_line; // of that in which the last code block with fences begins
    enum list list;
    bool in_block, in_table; // a code block with fences; a table
    bool is_indented;        // a code block without
    bool was_blank;          // the line before
    bool any;                // something stands since the last heading
    struct markdown_table table;
    char *text; // lines of a paragraph, or of an item, that are not printed yet
    size_t length, room;
};

// Paragraphs ------------------------------------------------------------------------------------------------

static bool add_text(struct conversion *to, const char *line, size_t length) {
    if (to->text == NULL || to->length + length + 2 > to->room) {
        size_t room = 2 * (to->length + length + 2);
        char *text = realloc(to->text, room);
        if (text == NULL) {
            return false;
        }
        to->text = text;
        to->room = room;
    }
    if (to->length > 0) {
        to->text[to->length++] = ' ';
    }
    memcpy(to->text + to->length, line, length);
    to->length += length;
    to->text[to->length] = '\0';
    return true;
}

static bool end_text(struct conversion *to) {
    if (to->length == 0) {
        return true;
    }
    to->length = 0;
    to->any = true;
    return markdown_text_print(to->stream, NULL, to->text);
}

static void begin_paragraph(struct conversion *to) {
    if (to->any) {
        fputs(".Pp\n", to->stream);
    }
}

static void end_list(struct conversion *to) {
    if (to->list != NO_LIST) {
        fputs(".El\n", to->stream);
        to->list = NO_LIST;
    }
}

static void end_table(struct conversion *to) {
    if (to->in_table) {
        fputs(".El\n", to->stream);
        to->in_table = false;
    }
}

static void end_indented(struct conversion *to) {
    if (to->is_indented) {
        fputs(".Ed\n", to->stream);
        to->is_indented = false;
    }
}

static bool end_all(struct conversion *to) {
    bool good = end_text(to);
    end_indented(to);
    end_list(to);
    end_table(to);
    return good;
}

// Kinds of lines --------------------------------------------------------------------------------------------

static bool heading(struct conversion *to, const char *line, size_t length) {
    size_t level = strspn(line, "#");
    bool good = end_all(to);
    if (level > 1) {
        good = good && add_text(to, line + level + 1, length - level - 1) &&
               markdown_text_print(to->stream, "Ss", to->text);
        to->length = 0;
        to->any = false;
    }
    return good;
}

// How long the mark of an item is: "- ", "1. "; 0: the line begins none.
static size_t item_mark(const char *line, enum list *list) {
    size_t digits = strspn(line, "0123456789");
    *list = digits > 0 ? NUMBERS : BULLETS;
    if (digits > 0) {
        return strncmp(line + digits, ". ", 2) == 0 ? digits + 2 : 0;
    }
    return strncmp(line, "- ", 2) == 0 ? 2 : 0;
}

static bool item(struct conversion *to, const char *line, size_t length, size_t mark, enum list list) {
    bool good = end_text(to);
    if (to->list != list) {
        end_all(to);
        fprintf(to->stream, ".Bl %s\n", list == NUMBERS ? "-enum" : "-bullet");
        to->list = list;
    }
    fputs(".It\n", to->stream);
    return good && add_text(to, line + mark, length - mark);
}

static bool row(struct conversion *to, const char *line, size_t length) {
    bool good = end_text(to);
    if (!to->in_table) {
        end_list(to);
        to->in_table = true;
        fputs(".Bl -tag -width Ds\n", to->stream);
        return good && markdown_table_begin(&to->table, line, length);
    }
    to->any = true;
    return good && markdown_table_row(&to->table, to->stream, line, length);
}

static bool fence(struct conversion *to) {
    bool good = end_text(to);
    end_table(to);
    fputs(to->in_block ? ".Ed\n" : ".Bd -literal -offset indent\n", to->stream);
    to->in_block = !to->in_block;
    to->block_line = to->line;
    to->any = true;
    return good;
}

static bool indented(struct conversion *to, const char *line, size_t length) {
    bool good = end_text(to);
    if (!to->is_indented) {
        fputs(".Bd -literal -offset indent\n", to->stream);
        to->is_indented = to->any = true;
    }
    mdoc_literal(to->stream, line + 4, length - 4);
    return good;
}

static bool plain(struct conversion *to, const char *line, size_t length) {
    size_t blanks = strspn(line, " ");
    if (to->was_blank && (to->list == NO_LIST || blanks == 0)) {
        end_list(to);
        begin_paragraph(to);
    }
    return add_text(to, line + blanks, length - blanks);
}

static bool take_in_block(struct conversion *to, const char *line, size_t length) {
    if (strncmp(line, "```", 3) == 0) {
        return fence(to);
    }
    mdoc_literal(to->stream, line, length);
    return true;
}

static bool is_comment(const char *line, size_t length) {
    return strncmp(line, "<!--", 4) == 0 && length >= 7 && strncmp(line + length - 3, "-->", 3) == 0;
}

static bool take_visible(struct conversion *to, const char *line, size_t length) {
    enum list list;
    size_t mark = item_mark(line, &list);
    if (line[0] == '#') {
        return heading(to, line, length);
    }
    if (strncmp(line, "```", 3) == 0) {
        return fence(to);
    }
    if (line[0] == '|') {
        return row(to, line, length);
    }
    if (mark > 0 && (to->list != NO_LIST || to->was_blank)) {
        return item(to, line, length, mark, list);
    }
    if (strncmp(line, "    ", 4) == 0 && (to->is_indented || (to->was_blank && to->list == NO_LIST))) {
        return indented(to, line, length);
    }
    return plain(to, line, length);
}

static bool blank(struct conversion *to) {
    bool good = end_text(to);
    end_table(to);
    to->was_blank = true;
    return good;
}

static bool take(struct conversion *to, const char *line, size_t length) {
    if (to->in_block) {
        return take_in_block(to, line, length);
    }
    if (strncmp(line, "    ", 4) != 0) {
        end_indented(to);
    }
    if (length == 0) {
        return blank(to);
    }
    if (is_comment(line, length)) {
        return true;
    }
    bool good = take_visible(to, line, length);
    to->was_blank = false;
    return good;
}

bool markdown_print(FILE *stream, const char *page, struct error *error) {
    struct conversion to = {.stream = stream, .was_blank = true};
    bool good = true;
    while (good && *page != '\0') {
        size_t length = strcspn(page, "\n");
        to.line++;
        good = take(&to, page, length);
        page += length + (page[length] == '\n');
    }
    good = good && end_all(&to);
    free(to.text);
    if (!good) {
        return error_set(
            error, ERROR_BAD_SETTING,
            "line %d of the page: a row has more cells than its table has headings, a heading is "
            "longer than %d bytes or beyond the %dth, or there is no memory",
            to.line, TABLE_HEADING_BYTES - 1, TABLE_COLUMNS_MAX);
    }
    return !to.in_block ||
           error_set(error, ERROR_BAD_SETTING,
                     "line %d of the page: the block that begins here has no end (```)", to.block_line);
}
