#include "report/moments.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MINUTE_S = 60, HOUR_S = 60 * MINUTE_S, DAY_S = 24 * HOUR_S };

static struct tm fields_of(int64_t at) {
    struct tm fields = {.tm_mday = 1, .tm_year = 70};
    time_t time = (time_t)at;
    (void)localtime_r(&time, &fields); // times are all of years that it knows
    return fields;
}

int64_t moments_ahead(int64_t at) {
    return fields_of(at).tm_gmtoff;
}

void moments_zone(int64_t at, char text[MOMENTS_BYTES]) {
    int64_t ahead = moments_ahead(at), minutes = llabs(ahead) / MINUTE_S;
    if (ahead == 0) {
        strcpy(text, "UTC");
        return;
    }
    snprintf(text, MOMENTS_BYTES, "UTC%c%02d:%02d", ahead < 0 ? '-' : '+', (int)(minutes / 60),
             (int)(minutes % 60));
}

void moments_time(int64_t at, int64_t beside, char text[MOMENTS_BYTES]) {
    struct tm fields = fields_of(at), other = fields_of(beside);
    bool is_same_day = beside != 0 && fields.tm_year == other.tm_year && fields.tm_yday == other.tm_yday;
    size_t length = strftime(text, MOMENTS_BYTES, is_same_day ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &fields);
    if (beside != 0 && fields.tm_gmtoff != other.tm_gmtoff) {
        char zone[MOMENTS_BYTES];
        moments_zone(at, zone);
        snprintf(text + length, MOMENTS_BYTES - length, " (%.20s)", zone);
    }
}

void moments_day(int64_t at, char text[MOMENTS_BYTES]) {
    struct tm fields = fields_of(at);
    strftime(text, MOMENTS_BYTES, "%Y-%m-%d", &fields);
}

void moments_duration(int64_t seconds, char text[MOMENTS_BYTES]) {
    static const struct {
        int64_t in_s, part_s;
        const char *unit, *part;
    } units[] = {{DAY_S, HOUR_S, "d", "h"}, {HOUR_S, MINUTE_S, "h", "min"}, {MINUTE_S, 1, "min", "s"}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        int64_t parts = seconds % units[i].in_s / units[i].part_s;
        if (seconds >= units[i].in_s && parts > 0) {
            snprintf(text, MOMENTS_BYTES, "%" PRId64 " %s %" PRId64 " %s", seconds / units[i].in_s,
                     units[i].unit, parts, units[i].part);
            return;
        }
        if (seconds >= units[i].in_s) {
            snprintf(text, MOMENTS_BYTES, "%" PRId64 " %s", seconds / units[i].in_s, units[i].unit);
            return;
        }
    }
    snprintf(text, MOMENTS_BYTES, "%" PRId64 " s", seconds);
}
