#include "base/zone.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_file(const char *name) {
    const char *folder = getenv("TZDIR");
    char path[PATH_MAX];
    struct stat status;
    if (name[0] == '/') {
        return stat(name, &status) == 0 && S_ISREG(status.st_mode);
    }
    int length = snprintf(path, sizeof path, "%s/%s",
                          folder == NULL || folder[0] == '\0' ? "/usr/share/zoneinfo" : folder, name);
    return length < (int)sizeof path && stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

// A name of three letters or more, or anything in <>, and the hours behind UTC.
static bool is_rule(const char *text) {
    const char *end = text;
    if (text[0] == '<') {
        end = strchr(text, '>');
        end = end == NULL ? text : end + 1;
    } else {
        while (isalpha((unsigned char)*end)) {
            end++;
        }
    }
    bool has_name = end - text >= 3;
    end += *end == '-' || *end == '+';
    return has_name && isdigit((unsigned char)*end);
}

bool zone_is_known(const char *tz) {
    static const char *const means_utc[] = {"", "UTC", "GMT", "Etc/UTC", "Universal", "Zulu"};
    if (tz == NULL) {
        return true;
    }
    tz += tz[0] == ':';
    for (size_t i = 0; i < sizeof means_utc / sizeof *means_utc; i++) {
        if (strcmp(tz, means_utc[i]) == 0) {
            return true;
        }
    }
    return is_file(tz) || is_rule(tz);
}
