#include "base/log_text.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct line {
    char *bytes;
    size_t length, room;
};

// One conversion of a format, such as "%-5.2f".
struct conversion {
    char text[48];  // for printf; a '*' is replaced by its number
    char size;      // the length modifier: 'H' for hh, 'L' for ll, '\0' for none
    char type;      // d, s, …
    bool is_padded; // has flags or a width
    int precision;  // -1: none
};

struct values {
    va_list list;
};

// The length of the control character at the beginning of the text; 0: there is none.
static size_t control_bytes(const unsigned char *text, size_t length) {
    if (text[0] < ' ' || text[0] == 0x7f) {
        return 1;
    }
    if (text[0] < 0xc2 || length < 2) {
        return 0;
    }
    if ((text[0] == 0xc2 && text[1] >= 0x80 && text[1] < 0xa0) || (text[0] == 0xd8 && text[1] == 0x9c)) {
        return 2;
    }
    if (text[0] != 0xe2 || length < 3) {
        return 0;
    }
    bool blanked = text[1] == 0x80
                       ? text[2] == 0x8e || text[2] == 0x8f || (text[2] >= 0xa8 && text[2] <= 0xae)
                       : text[1] == 0x81 && text[2] >= 0xa6 && text[2] <= 0xa9;
    return blanked ? 3 : 0;
}

void log_text_blank(char *text, size_t length) {
    for (size_t i = 0; i < length;) {
        size_t control = control_bytes((const unsigned char *)text + i, length - i);
        memset(text + i, '?', control);
        i += control > 0 ? control : 1;
    }
}

static bool is_blank_at(const char *text, size_t length, size_t place) {
    return place >= length || text[place] == ' ';
}

static void make_harmless(char *value, size_t length) {
    log_text_blank(value, length);
    for (char *bar = value; (bar = memchr(bar, '|', (size_t)(value + length - bar))) != NULL; bar++) {
        size_t place = (size_t)(bar - value);
        if (is_blank_at(value, length, place - 1) && is_blank_at(value, length, place + 1)) {
            *bar = '?';
        }
    }
}

static void add(struct line *line, const char *bytes, size_t length) {
    size_t room = line->room - 1 - line->length;
    size_t taken = length < room ? length : room;
    memcpy(line->bytes + line->length, bytes, taken);
    line->length += taken;
}

// Takes a width or a precision: the digits, or the next value in place of a '*'.
static const char *take_number(const char *at, struct conversion *conversion, char **to,
                               struct values *values, int *number) {
    *number = 0;
    if (*at == '*') {
        *number = va_arg(values->list, int);
        at++;
    } else {
        for (; *at >= '0' && *at <= '9'; at++) {
            *number = *number * 10 + (*at - '0');
        }
    }
    *to += snprintf(*to, (size_t)(conversion->text + sizeof conversion->text - *to), "%d", *number);
    return at;
}

// Takes the conversion that begins at `at`, a '%'. Returns the text after it.
static const char *take_conversion(const char *at, struct conversion *conversion, struct values *values) {
    char *to = conversion->text;
    int width;
    *to++ = *at++;
    size_t flags = strspn(at, "-+ #0");
    assert(flags <= 5);
    to = mempcpy(to, at, flags);
    at += flags;
    conversion->is_padded = flags > 0 || *at == '*' || (*at >= '1' && *at <= '9');
    if (*at == '*' || (*at >= '1' && *at <= '9')) {
        at = take_number(at, conversion, &to, values, &width);
    }
    conversion->precision = -1;
    if (*at == '.') {
        char *dot = to;
        *to++ = *at++;
        at = take_number(at, conversion, &to, values, &conversion->precision);
        to = conversion->precision < 0 ? dot : to; // as if there were no precision
    }
    size_t modifiers = strspn(at, "hlzjt");
    assert(modifiers <= 2);
    to = mempcpy(to, at, modifiers);
    conversion->size = modifiers == 0 ? '\0' : modifiers == 1 ? *at : (char)(*at - 'a' + 'A');
    at += modifiers;
    conversion->type = *at;
    *to++ = *at;
    *to = '\0';
    return at + 1;
}

static void add_string(struct line *line, const struct conversion *conversion, const char *text) {
    size_t begin = line->length;
    text = text == NULL ? "(null)" : text;
    if (conversion->is_padded) {
        int wanted = snprintf(line->bytes + begin, line->room - begin, conversion->text, text);
        size_t room = line->room - 1 - begin;
        line->length += wanted > 0 ? ((size_t)wanted < room ? (size_t)wanted : room) : 0;
    } else {
        add(line, text,
            conversion->precision < 0 ? strlen(text) : strnlen(text, (size_t)conversion->precision));
    }
    make_harmless(line->bytes + begin, line->length - begin);
}

static_assert(sizeof(long) == sizeof(long long) && sizeof(size_t) == sizeof(long long) &&
                  sizeof(intmax_t) == sizeof(long long) && sizeof(ptrdiff_t) == sizeof(long long),
              "all that is more than an int is passed alike");

static int print_integer(char *text, size_t room, const struct conversion *conversion,
                         struct values *values) {
    bool is_long = strchr("lLzjt", conversion->size) != NULL && conversion->size != '\0';
    if (is_long) {
        long long number = va_arg(values->list, long long);
        return snprintf(text, room, conversion->text, number);
    }
    int number = va_arg(values->list, int);
    return snprintf(text, room, conversion->text, number);
}

static void add_value(struct line *line, const struct conversion *conversion, struct values *values) {
    char text[512] = "";
    int length = 0;
    switch (conversion->type) {
    case '%':
        add(line, "%", 1);
        return;
    case 's':
        add_string(line, conversion, va_arg(values->list, const char *));
        return;
    case 'a':
    case 'e':
    case 'f':
    case 'g':
        length = snprintf(text, sizeof text, conversion->text, va_arg(values->list, double));
        break;
    default:
        assert(strchr("cdiouxX", conversion->type) != NULL);
        length = print_integer(text, sizeof text, conversion, values);
    }
    length = length < (int)sizeof text ? length : (int)sizeof text - 1;
    make_harmless(text, length > 0 ? (size_t)length : 0);
    add(line, text, length > 0 ? (size_t)length : 0);
}

size_t log_text_add(char *bytes, size_t length, size_t room, const char *format, va_list list) {
    struct line line = {bytes, length, room};
    struct values values;
    va_copy(values.list, list);
    while (*format != '\0') {
        size_t plain = strcspn(format, "%");
        add(&line, format, plain);
        format += plain;
        if (*format == '%') {
            struct conversion conversion;
            format = take_conversion(format, &conversion, &values);
            add_value(&line, &conversion, &values);
        }
    }
    va_end(values.list);
    line.bytes[line.length] = '\0';
    return line.length;
}
