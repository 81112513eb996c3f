#include "base/moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void moment_write(time_t time, char utc[MOMENT_BYTES]) {
    struct tm fields;
    if (gmtime_r(&time, &fields) == NULL || strftime(utc, MOMENT_BYTES, "%Y-%m-%dT%H:%M:%SZ", &fields) == 0) {
        utc[0] = '\0';
    }
}

static bool refuse(const char *text, const char *why, struct error *error) {
    return error_set(error, ERROR_BAD_SETTING, "\"%.40s\": %s", text, why);
}

// Two digits, up to `most`.
static bool take_pair(const char **at, int most, int *value) {
    const char *digits = *at;
    if (digits[0] < '0' || digits[0] > '9' || digits[1] < '0' || digits[1] > '9') {
        return false;
    }
    *value = 10 * (digits[0] - '0') + digits[1] - '0';
    *at += 2;
    return *value <= most;
}

static bool take_sign(const char **at, char sign) {
    bool is_there = **at == sign;
    *at += is_there;
    return is_there;
}

static bool take_time(const char **at, struct tm *fields) {
    return take_pair(at, 23, &fields->tm_hour) && take_sign(at, ':') && take_pair(at, 59, &fields->tm_min) &&
           (!take_sign(at, ':') || take_pair(at, 59, &fields->tm_sec));
}

static bool take_date(const char **at, struct tm *fields) {
    int century, year, month;
    bool has_date = take_pair(at, 99, &century) && take_pair(at, 99, &year) && take_sign(at, '-') &&
                    take_pair(at, 12, &month) && take_sign(at, '-') && take_pair(at, 31, &fields->tm_mday) &&
                    take_sign(at, 'T');
    if (has_date) {
        fields->tm_year = 100 * century + year - 1900;
        fields->tm_mon = month - 1;
    }
    return has_date;
}

// "Z", "+HH:MM" or "-HH:MM", as seconds to add to get UTC.
static bool take_distance(const char **at, long *seconds) {
    int hours, minutes;
    *seconds = 0;
    if (take_sign(at, 'Z')) {
        return true;
    }
    int sign = take_sign(at, '+') ? -1 : take_sign(at, '-') ? 1 : 0;
    if (sign == 0 || !take_pair(at, 23, &hours) || !take_sign(at, ':') || !take_pair(at, 59, &minutes)) {
        return false;
    }
    *seconds = sign * (3600L * hours + 60L * minutes);
    return true;
}

// The zone's clocks may skip the time, and there is no 31st of April.
static bool make_with(struct tm fields, int is_summer, time_t (*from)(struct tm *fields), time_t *moment) {
    struct tm made = fields;
    made.tm_isdst = is_summer;
    *moment = from(&made);
    return made.tm_mday == fields.tm_mday && made.tm_mon == fields.tm_mon && made.tm_hour == fields.tm_hour &&
           made.tm_min == fields.tm_min;
}

// Where the clocks go back, a time comes twice: it is the first one after `now`.
static bool make(struct tm fields, time_t (*from)(struct tm *fields), time_t now, time_t *moment) {
    time_t one, other;
    bool has_one = make_with(fields, 1, from, &one), has_other = make_with(fields, 0, from, &other);
    if (has_one && has_other) {
        time_t first = one < other ? one : other, second = one < other ? other : one;
        *moment = first > now ? first : second;
    } else {
        *moment = has_one ? one : other;
    }
    return has_one || has_other;
}

static bool parse_full(const char *text, time_t now, time_t *moment, struct error *error) {
    struct tm fields = {0};
    const char *at = text;
    long distance = 0;
    if (!take_date(&at, &fields) || !take_time(&at, &fields)) {
        return refuse(text, "it is neither HH:MM nor YYYY-MM-DDTHH:MM, with or without seconds and zone",
                      error);
    }
    bool is_local = *at == '\0';
    if (!is_local && (!take_distance(&at, &distance) || *at != '\0')) {
        return refuse(text, "what follows the time is no zone: Z, +HH:MM or -HH:MM", error);
    }
    if (!make(fields, is_local ? mktime : timegm, now, moment)) {
        return refuse(text, "there is no such time", error);
    }
    *moment += distance;
    return true;
}

bool moment_read(const char *text, time_t *moment) {
    struct error ignored;
    return parse_full(text, 0, moment, &ignored);
}

// That many days of the calendar on. Noon is on each of them, whatever the clocks do.
static bool go_to_day(struct tm *date, int days) {
    date->tm_mday += days;
    date->tm_hour = 12;
    date->tm_min = date->tm_sec = 0;
    date->tm_isdst = -1;
    return mktime(date) != (time_t)-1;
}

enum { JUST_BEGUN_S = 60 };

// The one that has just begun, or the next: yesterday (around midnight), today, or tomorrow; a day on which
// the clocks skip it has none.
static bool parse_short(const struct tm *time, time_t now, time_t *moment) {
    time_t since = now - JUST_BEGUN_S;
    struct tm today;
    if (localtime_r(&now, &today) == NULL) {
        return false;
    }
    for (int days = -1; days <= 2; days++) {
        struct tm fields = today;
        if (!go_to_day(&fields, days)) {
            return false;
        }
        fields.tm_hour = time->tm_hour;
        fields.tm_min = time->tm_min;
        fields.tm_sec = time->tm_sec;
        if (make(fields, mktime, since, moment) && *moment > since) {
            return true;
        }
    }
    return false;
}

// Times are compared as texts, so none may be longer than the others.
static bool has_four_digits(time_t moment) {
    struct tm fields;
    return gmtime_r(&moment, &fields) != NULL && fields.tm_year >= 0 && fields.tm_year + 1900 <= 9999;
}

bool moment_parse(const char *text, time_t now, char utc[MOMENT_BYTES], struct error *error) {
    struct tm time = {0};
    const char *at = text;
    time_t moment = 0;
    bool is_short = take_time(&at, &time) && *at == '\0';
    if (is_short ? !parse_short(&time, now, &moment) && !refuse(text, "there is no such time", error)
                 : !parse_full(text, now, &moment, error)) {
        return false;
    }
    if (!has_four_digits(moment)) {
        return refuse(text, "it is beyond the year 9999", error);
    }
    moment_write(moment, utc);
    if (moment <= now && is_short) {
        return refuse(text, "that minute has just begun: for the next one write its date, too", error);
    }
    if (moment <= now) {
        return error_set(error, ERROR_BAD_SETTING, "\"%.40s\": that is %s, and has passed", text, utc);
    }
    return utc[0] != '\0' || refuse(text, "there is no such time", error);
}
