#include "seal/instant.h"

#include "bet/bet.h"

#include <assert.h>
#include <stdio.h>
#include <time.h>

// The number in the digits; the caller has checked that they are some.
static int number_at(const char *text, size_t digits) {
    int number = 0;
    for (size_t i = 0; i < digits; i++) {
        number = 10 * number + (text[i] - '0');
    }
    return number;
}

static bool has_form(struct slice text) {
    static const char form[] = "0000-00-00T00:00:00Z";
    if (text.length != sizeof form - 1) {
        return false;
    }
    for (size_t i = 0; i < text.length; i++) {
        bool right = form[i] == '0' ? text.text[i] >= '0' && text.text[i] <= '9' : text.text[i] == form[i];
        if (!right) {
            return false;
        }
    }
    return true;
}

bool instant_parse(struct slice text, uint64_t *seconds) {
    if (!has_form(text)) {
        return false;
    }
    struct tm parts = {.tm_year = number_at(text.text, 4) - 1900,
                       .tm_mon = number_at(text.text + 5, 2) - 1,
                       .tm_mday = number_at(text.text + 8, 2),
                       .tm_hour = number_at(text.text + 11, 2),
                       .tm_min = number_at(text.text + 14, 2),
                       .tm_sec = number_at(text.text + 17, 2)};
    if (parts.tm_year < 70 || parts.tm_mon < 0 || parts.tm_mon > 11 || parts.tm_mday < 1 ||
        parts.tm_mday > bet_days_in_month(parts.tm_year + 1900, parts.tm_mon + 1) || parts.tm_hour > 23 ||
        parts.tm_min > 59 || parts.tm_sec > 59) {
        return false;
    }
    *seconds = (uint64_t)timegm(&parts);
    return true;
}

size_t instant_format(uint64_t seconds, char text[INSTANT_TEXT_BYTES]) {
    assert(seconds <= INSTANT_MAX);
    time_t time = (time_t)seconds;
    struct tm parts;
    gmtime_r(&time, &parts);
    return strftime(text, INSTANT_TEXT_BYTES, "%Y-%m-%dT%H:%M:%SZ", &parts);
}
