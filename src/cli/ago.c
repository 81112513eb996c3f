#include "cli/ago.h"

#include <inttypes.h>
#include <stdio.h>

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

bool ago_parse(const char *utc, time_t *time) {
    struct tm parts = {.tm_isdst = 0};
    const char *end = strptime(utc, "%Y-%m-%dT%H:%M:%SZ", &parts);
    *time = end != NULL && *end == '\0' ? timegm(&parts) : -1;
    return *time != -1;
}

static void write_two(char text[AGO_BYTES], uint64_t large, const char *unit, uint64_t small,
                      const char *small_unit) {
    int length = snprintf(text, AGO_BYTES, "%" PRIu64 " %s", large, unit);
    if (small > 0) {
        snprintf(text + length, AGO_BYTES - (size_t)length, " %" PRIu64 " %s", small, small_unit);
    }
}

void ago_text(uint64_t seconds, char text[AGO_BYTES]) {
    if (seconds < MINUTE) {
        write_two(text, seconds, "s", 0, "");
    } else if (seconds < HOUR) {
        write_two(text, seconds / MINUTE, "min", 0, "");
    } else if (seconds < DAY) {
        write_two(text, seconds / HOUR, "h", seconds % HOUR / MINUTE, "min");
    } else {
        write_two(text, seconds / DAY, "d", seconds % DAY / HOUR, "h");
    }
}

void ago_moment_text(const char *utc, time_t now, char text[AGO_MOMENT_BYTES]) {
    char here[AGO_BYTES] = "", left[AGO_BYTES] = "";
    struct tm local;
    time_t moment;
    bool is_moment = ago_parse(utc, &moment);
    if (is_moment && localtime_r(&moment, &local) != NULL && local.tm_gmtoff != 0) {
        (void)strftime(here, sizeof here, " (%Y-%m-%d %H:%M:%S here)", &local);
    }
    if (is_moment && moment > now) {
        ago_text((uint64_t)(moment - now), left);
    }
    snprintf(text, AGO_MOMENT_BYTES, "%.40s%s%s%s", utc, here, left[0] == '\0' ? "" : ", in ", left);
}

uint64_t ago_seconds(const char *since, time_t now) {
    time_t time;
    return ago_parse(since, &time) && time < now ? (uint64_t)(now - time) : 0;
}
