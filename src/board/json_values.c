#include "board/json_values.h"

#include "base/moment.h"

#include <stdio.h>

void json_put_time(struct json_writer *writer, const char *key, time_t time) {
    char text[MOMENT_BYTES];
    if (time == 0) {
        json_put_null(writer, key);
        return;
    }
    moment_write(time, text);
    json_put_text(writer, key, text);
}

// JSON's numbers are written here alone with a fraction, so the writer knows none.
void json_put_rate(struct json_writer *writer, const char *key, double rate) {
    char text[64];
    if (key == NULL) {
        snprintf(text, sizeof text, ",%.1f", rate);
    } else {
        snprintf(text, sizeof text, ",\"%s\":%.1f", key, rate);
    }
    json_put_raw(writer, text);
}

void json_put_number_if(struct json_writer *writer, const char *key, bool is_known, uint64_t number) {
    if (is_known) {
        json_put_number(writer, key, number);
    } else {
        json_put_null(writer, key);
    }
}
