#include "manual/mdoc.h"

#include "base/utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    COLUMNS = 78,
    WORD_BYTES_MAX = 2048, // a longer word is written in pieces
    BREAK_BYTES = 30,      // a word that is longer may be broken within
};

// A paragraph on its way out, word by word.
struct paragraph {
    FILE *stream;
    int column;
    bool is_strong, is_emphasised, is_code;
    bool is_argument;          // one argument of a macro, which is never broken
    bool is_begun;             // a piece of the word is written already
    char word[WORD_BYTES_MAX]; // escaped
    int length;
    int plain; // bytes of it that were added since it may last be broken
    char last; // its last letter, not escaped
};

// A word that does not fit one line of the source goes on in the next; it stays one word.
static void write_word(struct paragraph *to) {
    const char *word = to->word;
    for (const char *cut; !to->is_argument && strlen(word) > COLUMNS && (cut = strstr(word, "\\:")) != NULL;
         word = cut + 2) {
        fprintf(to->stream, "%.*s\\:\\\n", (int)(cut - word), word);
        to->column = 0;
    }
    to->column += fprintf(to->stream, "%s", word);
}

static void end_line(struct paragraph *to) {
    if (to->column > 0 && !to->is_argument) {
        fputc('\n', to->stream);
        to->column = 0;
    }
}

// Writes what there is of the word.
static void write_piece(struct paragraph *to) {
    if (!to->is_begun && to->column > 0 && to->column + 1 + to->length > COLUMNS) {
        end_line(to);
    }
    if (!to->is_begun && to->column > 0) {
        to->column += fprintf(to->stream, " "); // also where an argument's line would have ended
    }
    write_word(to);
    to->length = 0;
    to->word[0] = '\0';
    to->is_begun = true;
}

static void put(struct paragraph *to, const char *text) {
    int length = (int)strlen(text);
    if (to->length + length >= WORD_BYTES_MAX) {
        write_piece(to);
    }
    memcpy(to->word + to->length, text, (size_t)length + 1);
    to->length += length;
}

static bool begins_word(const struct paragraph *to) {
    return to->length == 0 && !to->is_begun;
}

// How one byte is written so that it means itself; NULL: as it is.
static const char *escaped(char byte, bool is_code, bool is_argument) {
    switch (byte) {
    case '"':
        return is_argument ? "\\(dq" : NULL;
    case '\\':
        return "\\e";
    case '`':
        return "\\(ga";
    case '^':
        return "\\(ha";
    case '~':
        return "\\(ti";
    case '-':
        return is_code ? "\\-" : NULL;
    case '\'':
        return is_code ? "\\(aq" : NULL;
    default:
        return NULL;
    }
}

// Puts the character at the beginning of `text`, and returns its length.
static size_t put_character(struct paragraph *to, const char *text, size_t left, bool is_code) {
    uint32_t character = 0;
    size_t length = utf8_character(text, left, &character);
    char shown[16] = {text[0]};
    if (length > 1) {
        snprintf(shown, sizeof shown, "\\[u%04X]", character);
    }
    const char *special = length > 1 ? NULL : escaped(text[0], is_code, to->is_argument);
    if (begins_word(to) && special == NULL && (text[0] == '.' || text[0] == '\'')) {
        put(to, "\\&"); // a line that begins with it would be a request
    }
    put(to, special != NULL ? special : shown);
    to->last = text[0];
    to->plain++;
    if (to->plain > BREAK_BYTES && is_code && strchr(",;&", text[0]) != NULL) {
        put(to, "\\:");
        to->plain = 0;
    }
    return length > 0 ? length : 1;
}

// The word is whole. A sentence's last one ends its line.
static void end_word(struct paragraph *to, bool ends_sentence) {
    if (begins_word(to)) {
        return;
    }
    write_piece(to);
    to->is_begun = false;
    to->plain = 0;
    if (ends_sentence) {
        end_line(to);
    }
}

// Whether a sentence ends before `at`: a full stop that is no ellipsis, perhaps with what closes something.
static bool sentence_ends(const char *text, size_t at) {
    while (at > 0 && strchr(")\"`*'", text[at - 1]) != NULL) {
        at--;
    }
    return at > 1 && strchr(".?!", text[at - 1]) != NULL && text[at - 2] != '.' && text[at - 2] != ' ';
}

// A mark that switches a font: how long it is, or 0 where none stands.
static size_t mark(const struct paragraph *to, const char *text, size_t left) {
    bool is_star = !to->is_code && text[0] == '*';
    if (text[0] == '`') {
        return 1;
    }
    if (is_star && left >= 2 && text[1] == '*') {
        return 2;
    }
    bool begins = is_star && (begins_word(to) || to->last == '(') && left >= 2 && text[1] != ' ';
    return begins || (is_star && to->is_emphasised) ? 1 : 0;
}

static char font(const struct paragraph *to) {
    return to->is_code || to->is_strong ? 'B' : to->is_emphasised ? 'I' : 'R';
}

static void switch_font(struct paragraph *to, const char *text, size_t length) {
    char before = font(to), after[] = "\\fR";
    bool *switched = length == 2 ? &to->is_strong : text[0] == '`' ? &to->is_code : &to->is_emphasised;
    *switched = !*switched;
    after[2] = font(to);
    if (after[2] != before) {
        put(to, after);
    }
}

// Puts the whole text; `ending` ends its last word.
static void put_text(struct paragraph *to, const char *text, size_t length, const char *ending) {
    for (size_t at = 0; at < length;) {
        size_t marked = mark(to, text + at, length - at);
        if (marked > 0) {
            switch_font(to, text + at, marked);
            at += marked;
        } else if (text[at] == ' ' || text[at] == '\n') {
            end_word(to, !to->is_code && sentence_ends(text, at));
            at++;
        } else {
            bool is_flag = text[at] == '-' && (begins_word(to) || to->last == '-');
            at += put_character(to, text + at, length - at, to->is_code || is_flag);
        }
    }
    put(to, ending);
    end_word(to, false);
}

static void print_part(FILE *stream, const char *text, size_t length, const char *ending) {
    struct paragraph to = {.stream = stream};
    put_text(&to, text, length, ending);
    end_line(&to);
}

void mdoc_part(FILE *stream, const char *text, size_t length) {
    print_part(stream, text, length, "");
}

void mdoc_marked_argument(FILE *stream, const char *text, size_t length) {
    struct paragraph to = {.stream = stream, .is_argument = true};
    fputs("\"\\&", stream);
    put_text(&to, text, length, "");
    fputc('"', stream);
}

// Prints all paragraphs but the last, and returns that.
static const char *print_but_last(FILE *stream, const char *text) {
    for (const char *end; (end = strstr(text, "\n\n")) != NULL; text = end + 2) {
        mdoc_part(stream, text, (size_t)(end - text));
        fputs(".Pp\n", stream);
    }
    return text;
}

void mdoc_paragraph(FILE *stream, const char *text) {
    text = print_but_last(stream, text);
    mdoc_part(stream, text, strlen(text));
}

void mdoc_sentence(FILE *stream, const char *text) {
    text = print_but_last(stream, text);
    size_t length = strlen(text);
    print_part(stream, text, length, length > 0 && text[length - 1] == '.' ? "" : ".");
}

void mdoc_literal(FILE *stream, const char *line, size_t length) {
    struct paragraph to = {.stream = stream};
    for (size_t at = 0; at < length;) {
        at += put_character(&to, line + at, length - at, true);
    }
    end_word(&to, false);
    fputc('\n', stream);
}

void mdoc_argument(FILE *stream, const char *text) {
    struct paragraph to = {.stream = stream, .is_argument = true};
    bool is_short = strlen(text) <= 2; // a short word might be the name of a macro, or a punctuation mark
    const char *quote = strpbrk(text, " \t") != NULL ? "\"" : "";
    fprintf(stream, "%s%s", quote, is_short ? "\\&" : "");
    for (size_t left = strlen(text); left > 0;) {
        size_t taken = put_character(&to, text, left, true);
        text += taken;
        left -= taken;
    }
    end_word(&to, false);
    fputs(quote, stream);
}
