#include "wire/control_line.h"

#include <stdio.h>
#include <string.h>

const struct error_code ERROR_BAD_ORDER[1] = {{"bad_order", false}};

// Characters ----------------------------------------------------------------------------------------------

static bool is_letter(char character) {
    return character >= 'a' && character <= 'z';
}

static bool is_of_name(char character) {
    return is_letter(character) || (character >= '0' && character <= '9') || character == '-';
}

static bool is_visible(char character) {
    return character > ' ' && character < 0x7f;
}

static int hex_digit(char character) {
    static const char digits[] = "0123456789abcdef", capitals[] = "0123456789ABCDEF";
    const char *at = character == '\0' ? NULL : strchr(digits, character);
    if (at != NULL) {
        return (int)(at - digits);
    }
    at = character == '\0' ? NULL : strchr(capitals, character);
    return at == NULL ? -1 : (int)(at - capitals);
}

// Reading -------------------------------------------------------------------------------------------------

// Takes a word or a key off *at. False when there is none, or it is too long.
static bool take_name(char **at) {
    const char *start = *at;
    if (!is_letter(*start)) {
        return false;
    }
    while (is_of_name(**at)) {
        ++*at;
    }
    return *at - start <= CONTROL_NAME_BYTES_MAX;
}

// Takes a value off *at, and ends what it stands for, which is never longer, with a NUL in its place. *ended:
// the byte that ended it.
static bool take_value(const char *key, char **at, char *ended, struct error *error) {
    char *out = *at;
    while (is_visible(**at)) {
        if (**at != '%') {
            *out++ = *(*at)++;
            continue;
        }
        int high = hex_digit((*at)[1]), low = high < 0 ? -1 : hex_digit((*at)[2]);
        if (low < 0 || high + low == 0) {
            return error_set(error, ERROR_BAD_ORDER,
                             "%s: '%%' must be followed by two hexadecimal digits, other than 00", key);
        }
        *out++ = (char)(high * 16 + low);
        *at += 3;
    }
    *ended = **at;
    *out = '\0';
    return true;
}

static bool take_pair(char **at, char *ended, struct control_line *line, struct error *error) {
    const char *key = *at;
    bool is_key = take_name(at);
    if (!is_key || **at != '=') {
        return error_set(error, ERROR_BAD_ORDER, "\"%.40s\": after the word only KEY=VALUE may follow", key);
    }
    *(*at)++ = '\0';
    const char *value = *at;
    if (!take_value(key, at, ended, error)) {
        return false;
    }
    if (control_line_value(line, key) != NULL) {
        return error_set(error, ERROR_BAD_ORDER, "%s: it is given twice", key);
    }
    if (line->pair_count == CONTROL_PAIRS_MAX) {
        return error_set(error, ERROR_BAD_ORDER, "%s: there are more than %d keys", key, CONTROL_PAIRS_MAX);
    }
    line->pairs[line->pair_count++] = (struct control_pair){key, value};
    return true;
}

size_t control_line_max(const char *bytes, size_t length) {
    static const char paper[] = CONTROL_PAPER " ";
    bool is_paper = length >= sizeof paper - 1 && memcmp(bytes, paper, sizeof paper - 1) == 0;
    return is_paper ? CONTROL_PAPER_BYTES_MAX : CONTROL_LINE_BYTES_MAX;
}

bool control_line_parse(const char *bytes, size_t length, struct control_line *line, struct error *error) {
    size_t max = control_line_max(bytes, length);
    if (length >= max) {
        return error_set(error, ERROR_BAD_ORDER, "the line has more than %zu bytes, with its end", max);
    }
    memcpy(line->text, bytes, length);
    line->text[length] = '\0';
    line->word = line->text;
    line->pair_count = 0;
    char *at = line->text, *end = line->text + length;
    if (!take_name(&at) || (*at != ' ' && at != end)) {
        return error_set(error, ERROR_BAD_ORDER, "\"%.40s\": a line begins with a word, such as \"status\"",
                         line->text);
    }
    char ended = *at;
    *at = '\0';
    while (ended == ' ') {
        at++;
        if (!take_pair(&at, &ended, line, error)) {
            return false;
        }
    }
    return at == end ||
           error_set(error, ERROR_BAD_ORDER, "a value has the byte 0x%02x, which must be written as %%%02x",
                     (unsigned char)ended, (unsigned char)ended);
}

const char *control_line_value(const struct control_line *line, const char *key) {
    for (size_t i = 0; i < line->pair_count; i++) {
        if (strcmp(line->pairs[i].key, key) == 0) {
            return line->pairs[i].value;
        }
    }
    return NULL;
}

// Writing -------------------------------------------------------------------------------------------------

struct out {
    char *bytes;
    size_t length, max; // max + 1: it does not fit
};

static void put(struct out *out, char character) {
    if (out->length < out->max) {
        out->bytes[out->length++] = character;
    } else {
        out->length = out->max + 1;
    }
}

static void put_name(struct out *out, const char *name) {
    for (; *name != '\0'; name++) {
        put(out, *name);
    }
}

static void put_value(struct out *out, const char *value) {
    static const char digits[] = "0123456789abcdef";
    for (; *value != '\0'; value++) {
        if (is_visible(*value) && *value != '%') {
            put(out, *value);
            continue;
        }
        put(out, '%');
        put(out, digits[(unsigned char)*value >> 4]);
        put(out, digits[(unsigned char)*value & 0xf]);
    }
}

static size_t write_line(struct out out, const char *word, const struct control_pair *pairs, size_t count) {
    put_name(&out, word);
    for (size_t i = 0; i < count; i++) {
        put(&out, ' ');
        put_name(&out, pairs[i].key);
        put(&out, '=');
        put_value(&out, pairs[i].value);
    }
    put(&out, '\n');
    return out.length > out.max ? 0 : out.length;
}

size_t control_line_write(char bytes[CONTROL_LINE_BYTES_MAX], const char *word,
                          const struct control_pair *pairs, size_t count) {
    return write_line((struct out){.bytes = bytes, .max = CONTROL_LINE_BYTES_MAX}, word, pairs, count);
}

size_t control_line_write_any(char bytes[CONTROL_PAPER_BYTES_MAX], const char *word,
                              const struct control_pair *pairs, size_t count) {
    bool is_paper = strcmp(word, CONTROL_PAPER) == 0;
    return write_line(
        (struct out){.bytes = bytes, .max = is_paper ? CONTROL_PAPER_BYTES_MAX : CONTROL_LINE_BYTES_MAX},
        word, pairs, count);
}
