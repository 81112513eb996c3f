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

// One conversion of a format, such as "%-5.2f". A '*' is replaced by its number.
struct conversion {
    const char *flags, *modifiers; // in the format
    int flags_length, modifiers_length;
    char size; // the length modifier: 'H' for hh, 'L' for ll, '\0' for none
    char type; // d, s, …
    bool has_width;
    int width;
    int precision; // -1: none
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
        if (text[i] >= ' ' && text[i] < 0x7f) {
            i++;
            continue;
        }
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
static const char *take_number(const char *at, struct values *values, int *number) {
    if (*at == '*') {
        *number = va_arg(values->list, int);
        return at + 1;
    }
    for (*number = 0; *at >= '0' && *at <= '9'; at++) {
        *number = *number * 10 + (*at - '0');
    }
    return at;
}

// Takes the conversion that begins at `at`, a '%'. Returns the text after it.
static const char *take_conversion(const char *at, struct conversion *conversion, struct values *values) {
    *conversion = (struct conversion){.flags = at + 1, .precision = -1};
    at++;
    while (*at == '-' || *at == '+' || *at == ' ' || *at == '#' || *at == '0') {
        at++;
    }
    conversion->flags_length = (int)(at - conversion->flags);
    if (*at == '*' || (*at >= '1' && *at <= '9')) {
        conversion->has_width = true;
        at = take_number(at, values, &conversion->width);
    }
    if (*at == '.') {
        at = take_number(at + 1, values, &conversion->precision);
    }
    conversion->modifiers = at;
    while (*at == 'h' || *at == 'l' || *at == 'z' || *at == 'j' || *at == 't') {
        conversion->size = conversion->size == '\0' ? *at : (char)(*at - 'a' + 'A');
        at++;
    }
    conversion->modifiers_length = (int)(at - conversion->modifiers);
    conversion->type = *at;
    return at + 1;
}

static bool is_padded(const struct conversion *conversion) {
    return conversion->flags_length > 0 || conversion->has_width;
}

enum { SPELLED_BYTES = 48 };

// The conversion for printf.
static void spell(const struct conversion *conversion, char text[SPELLED_BYTES]) {
    assert(conversion->flags_length <= 5 && conversion->modifiers_length <= 2);
    int length = snprintf(text, SPELLED_BYTES, "%%%.*s", conversion->flags_length, conversion->flags);
    if (conversion->has_width) {
        length += snprintf(text + length, (size_t)(SPELLED_BYTES - length), "%d", conversion->width);
    }
    if (conversion->precision >= 0) { // a negative one counts as none
        length += snprintf(text + length, (size_t)(SPELLED_BYTES - length), ".%d", conversion->precision);
    }
    snprintf(text + length, (size_t)(SPELLED_BYTES - length), "%.*s%c", conversion->modifiers_length,
             conversion->modifiers, conversion->type);
}

static void add_padded_string(struct line *line, const struct conversion *conversion, const char *text) {
    char spelled[SPELLED_BYTES];
    spell(conversion, spelled);
    size_t room = line->room - 1 - line->length;
    int wanted = snprintf(line->bytes + line->length, room + 1, spelled, text);
    line->length += wanted > 0 ? ((size_t)wanted < room ? (size_t)wanted : room) : 0;
}

static void add_string(struct line *line, const struct conversion *conversion, const char *text) {
    size_t begin = line->length;
    text = text == NULL ? "(null)" : text;
    if (is_padded(conversion)) {
        add_padded_string(line, conversion, text);
    } else {
        add(line, text,
            conversion->precision < 0 ? strlen(text) : strnlen(text, (size_t)conversion->precision));
    }
    make_harmless(line->bytes + begin, line->length - begin);
}

static_assert(sizeof(long) == sizeof(long long) && sizeof(size_t) == sizeof(long long) &&
                  sizeof(intmax_t) == sizeof(long long) && sizeof(ptrdiff_t) == sizeof(long long),
              "all that is more than an int is passed alike");

static bool is_long(const struct conversion *conversion) {
    return conversion->size != '\0' && strchr("lLzjt", conversion->size) != NULL;
}

static int print_integer(char *text, size_t room, const struct conversion *conversion,
                         struct values *values) {
    char spelled[SPELLED_BYTES];
    spell(conversion, spelled);
    if (is_long(conversion)) {
        long long number = va_arg(values->list, long long);
        return snprintf(text, room, spelled, number);
    }
    int number = va_arg(values->list, int);
    return snprintf(text, room, spelled, number);
}

static int print_real(char *text, size_t room, const struct conversion *conversion, struct values *values) {
    char spelled[SPELLED_BYTES];
    spell(conversion, spelled);
    double number = va_arg(values->list, double);
    return snprintf(text, room, spelled, number);
}

static void add_printed(struct line *line, const struct conversion *conversion, struct values *values) {
    char text[512];
    bool is_real = strchr("aefg", conversion->type) != NULL;
    assert(is_real || strchr("cdiouxX", conversion->type) != NULL);
    int length = (is_real ? print_real : print_integer)(text, sizeof text, conversion, values);
    length = length < (int)sizeof text ? length : (int)sizeof text - 1;
    make_harmless(text, length > 0 ? (size_t)length : 0);
    add(line, text, length > 0 ? (size_t)length : 0);
}

// Whether it is a number as it comes, as nearly all are. Those are written here: printf takes several times
// as long, and every stored chunk has its lines.
static bool is_plain_number(const struct conversion *conversion) {
    return !is_padded(conversion) && conversion->precision < 0 &&
           (conversion->size == '\0' || is_long(conversion)) &&
           (conversion->type == 'd' || conversion->type == 'i' || conversion->type == 'u');
}

static void add_plain_number(struct line *line, const struct conversion *conversion, struct values *values) {
    char digits[24], *first = digits + sizeof digits;
    bool is_signed = conversion->type != 'u';
    long long number = is_long(conversion) ? va_arg(values->list, long long) : va_arg(values->list, int);
    unsigned long long left =
        is_long(conversion) || is_signed ? (unsigned long long)number : (unsigned)number;
    bool is_negative = is_signed && number < 0;
    left = is_negative ? 0 - left : left;
    do {
        *--first = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (is_negative) {
        *--first = '-';
    }
    add(line, first, (size_t)(digits + sizeof digits - first));
}

static void add_value(struct line *line, const struct conversion *conversion, struct values *values) {
    if (conversion->type == '%') {
        add(line, "%", 1);
    } else if (conversion->type == 's') {
        add_string(line, conversion, va_arg(values->list, const char *));
    } else if (is_plain_number(conversion)) {
        add_plain_number(line, conversion, values);
    } else {
        add_printed(line, conversion, values);
    }
}

size_t log_text_add(char *bytes, size_t length, size_t room, const char *format, va_list list) {
    struct line line = {bytes, length, room};
    struct values values;
    va_copy(values.list, list);
    while (*format != '\0') {
        size_t plain = (size_t)(strchrnul(format, '%') - format);
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
