#include "report/log_line.h"

#include "base/moment.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TIME_BYTES = 19, NUMBER_DIGITS_MAX = 18 }; // "2026-11-26 21:00:00"

static const char *const keys[LOG_LINE_KEYS] = {
    [LOG_LINE_ACTION] = "action",     [LOG_LINE_RESULT] = "result",
    [LOG_LINE_AGENCY] = "agencia",    [LOG_LINE_COUNT] = "cantidad",
    [LOG_LINE_DRAW] = "draw",         [LOG_LINE_ERROR] = "error",
    [LOG_LINE_LEFT_OUT] = "left_out", [LOG_LINE_OF] = "of",
    [LOG_LINE_LOST] = "lines_lost",   [LOG_LINE_IP] = "ip",
    [LOG_LINE_PORT] = "port",         [LOG_LINE_STATE] = "state",
    [LOG_LINE_TIMES] = "count",
};

// Text ----------------------------------------------------------------------------------------------------

// "YYYY-MM-DD HH:MM" in this machine's zone.
static bool read_minute(struct log_reader *reader, const char *text) {
    char moment[LOG_MINUTE_BYTES];
    time_t time;
    if (memcmp(reader->minute, text, LOG_MINUTE_BYTES - 1) == 0) {
        return true;
    }
    memcpy(moment, text, LOG_MINUTE_BYTES - 1);
    moment[10] = 'T';
    moment[LOG_MINUTE_BYTES - 1] = '\0';
    if (text[10] != ' ' || !moment_read(moment, &time)) {
        return false;
    }
    memcpy(reader->minute, text, LOG_MINUTE_BYTES - 1);
    reader->minute_at = (int64_t)time;
    return true;
}

static bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

// "YYYY-MM-DD HH:MM:SS".
static bool read_time(struct log_reader *reader, const char *text, size_t length, int64_t *at) {
    if (length < TIME_BYTES || text[16] != ':' || !is_digit(text[17]) || text[17] > '5' ||
        !is_digit(text[18]) || !read_minute(reader, text)) {
        return false;
    }
    *at = reader->minute_at + 10 * (int64_t)(text[17] - '0') + (text[18] - '0');
    return true;
}

// `field` is "key: value". The first of a key counts.
static void take_field(struct log_line *line, struct slice field) {
    for (int key = 0; key < LOG_LINE_KEYS; key++) {
        size_t length = strlen(keys[key]);
        if (line->values[key].text == NULL && field.length >= length + 2 &&
            memcmp(field.text, keys[key], length) == 0 && memcmp(field.text + length, ": ", 2) == 0) {
            line->values[key] = (struct slice){field.text + length + 2, field.length - length - 2};
        }
    }
}

static bool read_text(struct log_reader *reader, const char *text, size_t length, struct log_line *line) {
    static const char separator[] = " | ", first[] = "action: ";
    const char *end = text + length;
    const char *field = memmem(text, length, first, sizeof first - 1);
    if (!read_time(reader, text, length, &line->at) || field == NULL) {
        return false;
    }
    while (field < end) {
        const char *next = memmem(field, (size_t)(end - field), separator, sizeof separator - 1);
        take_field(line, (struct slice){field, (size_t)((next == NULL ? end : next) - field)});
        field = next == NULL ? end : next + sizeof separator - 1;
    }
    return true;
}

// JSON ----------------------------------------------------------------------------------------------------

// "YYYY-MM-DDTHH:MM:SS.mmmZ"
static bool read_utc(const struct json_value *value, int64_t *at) {
    char moment[TIME_BYTES + 2];
    time_t time;
    if (value->kind != JSON_STRING || value->text_length <= TIME_BYTES ||
        value->text[value->text_length - 1] != 'Z') {
        return false;
    }
    memcpy(moment, value->text, TIME_BYTES);
    memcpy(moment + TIME_BYTES, "Z", 2);
    bool is_time = moment_read(moment, &time);
    *at = is_time ? (int64_t)time : 0;
    return is_time;
}

static bool read_json(struct json_parser *parser, const char *text, size_t length, struct log_line *line) {
    const char *names[LOG_LINE_KEYS + 1] = {[LOG_LINE_KEYS] = "time"};
    struct json_value values[LOG_LINE_KEYS + 1];
    struct error ignored;
    memcpy(names, keys, sizeof keys);
    if (!json_parse_object(parser, (const uint8_t *)text, length, names, LOG_LINE_KEYS + 1, values,
                           &ignored) ||
        !read_utc(&values[LOG_LINE_KEYS], &line->at)) {
        return false;
    }
    for (int key = 0; key < LOG_LINE_KEYS; key++) {
        if (values[key].kind == JSON_STRING) {
            line->values[key] = (struct slice){values[key].text, values[key].text_length};
        }
    }
    return line->values[LOG_LINE_ACTION].text != NULL;
}

bool log_line_read(struct log_reader *reader, const char *text, size_t length, struct log_line *line) {
    *line = (struct log_line){.is_json = length > 0 && text[0] == '{'};
    return length > 0 && (line->is_json ? read_json(reader->parser, text, length, line)
                                        : read_text(reader, text, length, line));
}

bool log_line_number(const struct log_line *line, enum log_line_key key, uint64_t *number) {
    const struct slice value = line->values[key];
    *number = 0;
    if (value.text == NULL || value.length == 0 || value.length > NUMBER_DIGITS_MAX) {
        return false;
    }
    for (size_t i = 0; i < value.length; i++) {
        if (!is_digit(value.text[i])) {
            return false;
        }
        *number = *number * 10 + (uint64_t)(value.text[i] - '0');
    }
    return true;
}
