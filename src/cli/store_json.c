#include "cli/store_json.h"

#include "bet/limits.h"
#include "wire/json_text.h"

#include <stdio.h>
#include <string.h>

void store_json_text(const char *name, const char *text) {
    char json[6 * DRAW_NAME_BYTES_MAX + 2]; // every byte escaped, and two quotes
    size_t length = (size_t)(json_text_write(json, text, strnlen(text, DRAW_NAME_BYTES_MAX)) - json);
    printf("\"%s\":%.*s", name, (int)length, json);
}

void store_json_time(const char *name, const char *time) {
    if (time[0] == '\0') {
        printf("\"%s\":null", name);
    } else {
        store_json_text(name, time);
    }
}
