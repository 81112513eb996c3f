// The values of settings: numbers, levels, durations and switches as people write them.
#include "base/setting_value.h"

#include "base/log.h"
#include "base/setting_text.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { REASON_BYTES_MAX = 160, SHOWN_CHARACTER_BYTES = 8, NANOSECONDS_PER_MILLISECOND = 1000000 };

#define DIGITS "0123456789"

static bool add_digit(int64_t *number, int digit) {
    return !__builtin_mul_overflow(*number, 10, number) && !__builtin_add_overflow(*number, digit, number);
}

static bool parse_number(const char *text, int64_t *number) {
    bool negative = *text == '-';
    const char *digits = text + negative;
    if (*digits == '\0' || digits[strspn(digits, DIGITS)] != '\0') {
        return false;
    }
    *number = 0;
    for (; *digits != '\0'; digits++) {
        if (!add_digit(number, negative ? '0' - *digits : *digits - '0')) {
            return false;
        }
    }
    return true;
}

// Moves past the unit that `*text` begins with. Returns its nanoseconds, or 0 when it is none.
static int64_t take_unit(const char **text) {
    static const struct {
        const char *name;
        int64_t nanoseconds;
    } units[] = {
        {"ms", 1000000}, // before "m", which it begins with
        {"us", 1000},
        {"\u00b5s", 1000}, // with the micro sign, and with the Greek letter
        {"\u03bcs", 1000},
        {"ns", 1},
        {"h", 3600 * INT64_C(1000000000)},
        {"m", 60 * INT64_C(1000000000)},
        {"s", 1000000000},
    };
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t length = strlen(units[i].name);
        if (strncmp(*text, units[i].name, length) == 0) {
            *text += length;
            return units[i].nanoseconds;
        }
    }
    return 0;
}

// Moves past one number with its unit and adds it to *total (nanoseconds).
static bool take_duration_part(const char **text, int64_t *total) {
    const char *whole = *text;
    const char *fraction = whole + strspn(whole, DIGITS);
    int64_t part = 0;
    for (; whole < fraction; whole++) {
        if (!add_digit(&part, *whole - '0')) {
            return false;
        }
    }
    bool has_digits = fraction > *text;
    fraction += *fraction == '.';
    const char *rest = fraction + strspn(fraction, DIGITS);
    has_digits = has_digits || rest > fraction;
    const char *unit_name = rest;
    int64_t unit = take_unit(&rest);
    if (unit == 0 || !has_digits || __builtin_mul_overflow(part, unit, &part)) {
        return false;
    }
    for (; fraction < unit_name; fraction++) {
        unit /= 10; // what is less than a nanosecond counts for nothing
        if (__builtin_add_overflow(part, (*fraction - '0') * unit, &part)) {
            return false;
        }
    }
    *text = rest;
    return !__builtin_add_overflow(*total, part, total);
}

static bool parse_duration(const char *text, int64_t *milliseconds) {
    int64_t total = 0;
    if (strcmp(text, "0") != 0) {
        do {
            if (!take_duration_part(&text, &total)) {
                return false;
            }
        } while (*text != '\0');
    }
    *milliseconds = total / NANOSECONDS_PER_MILLISECOND + (total % NANOSECONDS_PER_MILLISECOND != 0);
    return true;
}

// MB and the like are refused: nobody knows whether a power of 1000 is meant.
static bool parse_size(const char *text, int64_t *bytes) {
    static const char *const units[] = {"", "K", "M", "G"};
    char digits[24];
    size_t length = strspn(text, DIGITS);
    if (length == 0 || length >= sizeof digits) {
        return false;
    }
    memcpy(digits, text, length);
    digits[length] = '\0';
    const char *unit = text + length;
    size_t unit_length = strlen(unit);
    bool is_long = unit_length == 3 && strcmp(unit + 1, "iB") == 0;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        bool is_it = strcasecmp(unit, units[i]) == 0 || (i > 0 && is_long && unit[0] == units[i][0]);
        if (is_it) {
            return parse_number(digits, bytes) &&
                   !__builtin_mul_overflow(*bytes, (int64_t)1 << (10 * i), bytes);
        }
    }
    return false;
}

static bool parse_switch(const char *text, int64_t *number) {
    static const char *const names[] = {"false", "true", "no", "yes", "0", "1"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(text, names[i]) == 0) {
            *number = (int64_t)(i % 2);
            return true;
        }
    }
    return false;
}

static bool is_choice(const char *choices, const char *text) {
    size_t length = strlen(text);
    for (const char *word = choices; length > 0 && *word != '\0'; word += *word == ' ') {
        size_t word_length = strcspn(word, " ");
        if (word_length == length && memcmp(word, text, length) == 0) {
            return true;
        }
        word += word_length;
    }
    return false;
}

bool setting_value_parse(const struct setting *setting, const char *text, int64_t *number) {
    enum log_level level;
    switch (setting->type) {
    case SETTING_NUMBER:
        return parse_number(text, number) && *number >= setting->minimum && *number <= setting->maximum;
    case SETTING_LEVEL:
        return log_level_parse(text, &level);
    case SETTING_SIZE:
        return parse_size(text, number) && *number >= setting->minimum;
    case SETTING_DURATION:
        return parse_duration(text, number);
    case SETTING_SWITCH:
        return parse_switch(text, number);
    case SETTING_CHOICE:
        return is_choice(setting->choices, text);
    case SETTING_TEXT:
    case SETTING_CONFIG:
        return text[0] != '\0';
    }
    abort();
}

// What a value of this setting has to be, as it follows `"abc" is not `.
static void describe_type(const struct setting *setting, char what[REASON_BYTES_MAX]) {
    static const char *const names[] = {
        [SETTING_TEXT] = "a text of at least one character",
        [SETTING_LEVEL] = "a log level: DEBUG, INFO, WARNING, ERROR or CRITICAL",
        [SETTING_DURATION] = "a duration such as 5s, 100ms or 1h30m",
        [SETTING_SWITCH] = "yes or no (true or false, 1 or 0)",
        [SETTING_CONFIG] = "the path of a file",
    };
    if (setting->type == SETTING_CHOICE) {
        snprintf(what, REASON_BYTES_MAX, "one of: %s", setting->choices);
    } else if (setting->type == SETTING_SIZE) {
        snprintf(what, REASON_BYTES_MAX, "a size such as 256M, 1G or a number of bytes, %lld bytes or more",
                 (long long)setting->minimum);
    } else if (setting->type != SETTING_NUMBER) {
        snprintf(what, REASON_BYTES_MAX, "%s", names[setting->type]);
    } else if (setting->maximum == INT64_MAX) {
        snprintf(what, REASON_BYTES_MAX, "a whole number from %lld up", (long long)setting->minimum);
    } else {
        snprintf(what, REASON_BYTES_MAX, "a whole number from %lld to %lld", (long long)setting->minimum,
                 (long long)setting->maximum);
    }
}

// The letter that stands behind a backslash for the character, or 0.
static char escape_of(uint32_t character) {
    switch (character) {
    case '\r':
        return 'r';
    case '\n':
        return 'n';
    case '\t':
        return 't';
    case '"':
    case '\\':
        return (char)character;
    default:
        return 0;
    }
}

// Writes how the character that `text` begins with is shown. Returns its length in the text.
static size_t show_character(const char *text, char shown[SHOWN_CHARACTER_BYTES]) {
    uint32_t character = 0;
    size_t length = utf8_character(text, strlen(text), &character);
    if (length == 0) { // no UTF-8
        snprintf(shown, SHOWN_CHARACTER_BYTES, "\\x%02x", (unsigned char)*text);
        return 1;
    }
    if (escape_of(character) != 0) {
        snprintf(shown, SHOWN_CHARACTER_BYTES, "\\%c", escape_of(character));
    } else if (setting_text_is_hidden(character)) {
        snprintf(shown, SHOWN_CHARACTER_BYTES, character < 0x80 ? "\\x%02x" : "\\u%04x", (unsigned)character);
    } else {
        snprintf(shown, SHOWN_CHARACTER_BYTES, "%.*s", (int)length, text);
    }
    return length;
}

void setting_value_show(const char *text, char shown[SETTING_SHOWN_BYTES]) {
    static const char dots[] = "...";
    size_t used = 0, cut = 0; // where the dots go when not all of it fits
    while (*text != '\0') {
        char character[SHOWN_CHARACTER_BYTES];
        text += show_character(text, character);
        size_t length = strlen(character);
        if (used + length >= SETTING_SHOWN_BYTES) {
            strcpy(shown + cut, dots);
            return;
        }
        memcpy(shown + used, character, length);
        used += length;
        cut = used + sizeof dots <= SETTING_SHOWN_BYTES ? used : cut;
    }
    shown[used] = '\0';
}

bool setting_value_refuse(const struct setting *setting, const char *place, const char *text,
                          struct error *error) {
    char what[REASON_BYTES_MAX], shown[SETTING_SHOWN_BYTES];
    describe_type(setting, what);
    setting_value_show(text, shown);
    return error_set(error, ERROR_BAD_SETTING, "%s: \"%s\" is not %s", place, shown, what);
}
