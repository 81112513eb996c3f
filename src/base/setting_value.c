#include "base/setting_value.h"

#include "base/log.h"
#include "base/setting_show.h"
#include "base/translate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { REASON_BYTES_MAX = 160, NANOSECONDS_PER_MILLISECOND = 1000000 };

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

// Moves past the unit at the beginning of `*text`. Returns its nanoseconds, or 0 when there is no unit.
static int64_t take_unit(const char **text) {
    static const struct {
        const char *name;
        int64_t nanoseconds;
    } units[] = {
        {"ms", 1000000}, // before "m", its prefix
        {"us", 1000},
        {"\u00b5s", 1000}, // with the micro sign; the next one with the Greek letter
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

// Moves past one number with its unit, and adds it to *total (nanoseconds).
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
        unit /= 10; // fractions of a nanosecond are dropped
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

// MB and similar units are refused: they could mean a power of 1000.
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
        bool matches = strcasecmp(unit, units[i]) == 0 || (i > 0 && is_long && unit[0] == units[i][0]);
        if (matches) {
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

// *index becomes the position of the word among the choices, from 0.
static bool parse_choice(const char *choices, const char *text, int64_t *index) {
    size_t length = strlen(text);
    *index = 0;
    for (const char *word = choices; length > 0 && *word != '\0'; word += *word == ' ') {
        size_t word_length = strcspn(word, " ");
        if (word_length == length && memcmp(word, text, length) == 0) {
            return true;
        }
        ++*index;
        word += word_length;
    }
    return false;
}

static bool parse_level(const char *text, int64_t *number) {
    enum log_level level;
    if (!log_level_parse(text, &level)) {
        return false;
    }
    *number = level;
    return true;
}

bool setting_value_parse(const struct setting *setting, const char *text, int64_t *number) {
    switch (setting->type) {
    case SETTING_NUMBER:
        return parse_number(text, number) && *number >= setting->minimum && *number <= setting->maximum;
    case SETTING_LEVEL:
        return parse_level(text, number);
    case SETTING_SIZE:
        return parse_size(text, number) && *number >= setting->minimum;
    case SETTING_DURATION:
        return parse_duration(text, number);
    case SETTING_SWITCH:
        return parse_switch(text, number);
    case SETTING_CHOICE:
        return parse_choice(setting->choices, text, number);
    case SETTING_TEXT:
    case SETTING_TEXTS:
    case SETTING_CONFIG:
        return text[0] != '\0';
    }
    abort();
}

static void describe_size(int64_t minimum, char what[REASON_BYTES_MAX]) {
    static const char *const units[] = {" bytes", "K", "M", "G"};
    size_t unit = 0;
    while (unit < 3 && minimum > 0 && minimum % 1024 == 0) {
        minimum /= 1024;
        unit++;
    }
    snprintf(what, REASON_BYTES_MAX, _("a size of %lld%s or more, in bytes or as in 256M or 1G"),
             (long long)minimum, units[unit]);
}

// The values that this setting accepts: the text after `"abc" is not `.
static void describe_type(const struct setting *setting, char what[REASON_BYTES_MAX]) {
    static const char *const names[] = {
        [SETTING_TEXT] = N_("a text of at least one character"),
        [SETTING_TEXTS] = N_("a text of at least one character"),
        [SETTING_LEVEL] = N_("a log level: DEBUG, INFO, WARNING, ERROR or CRITICAL"),
        [SETTING_DURATION] = N_("a duration such as 5s, 100ms or 1h30m"),
        [SETTING_SWITCH] = N_("yes or no (true or false, 1 or 0)"),
        [SETTING_CONFIG] = N_("the path of a file"),
    };
    if (setting->type == SETTING_CHOICE) {
        snprintf(what, REASON_BYTES_MAX, _("one of: %s"), setting->choices);
    } else if (setting->type == SETTING_SIZE) {
        describe_size(setting->minimum, what);
    } else if (setting->type != SETTING_NUMBER) {
        snprintf(what, REASON_BYTES_MAX, "%s", translate(names[setting->type]));
    } else if (setting->maximum == INT64_MAX) {
        snprintf(what, REASON_BYTES_MAX, _("a whole number from %lld up"), (long long)setting->minimum);
    } else {
        snprintf(what, REASON_BYTES_MAX, _("a whole number from %lld to %lld"), (long long)setting->minimum,
                 (long long)setting->maximum);
    }
}

bool setting_value_refuse(const struct setting *setting, const char *place, const char *text,
                          struct error *error) {
    char what[REASON_BYTES_MAX], shown[SETTING_SHOWN_BYTES];
    describe_type(setting, what);
    setting_show(text, shown);
    return error_set(error, ERROR_BAD_SETTING, "%s: \"%s\" is not %s", place, shown, what);
}
