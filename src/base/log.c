#include "base/log.h"

#include "base/clock.h"
#include "base/limits.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { HELD_BYTES_MAX = 64 * 1024 };

static const char *const level_names[] = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"};
static const char *const result_names[] = {"success", "fail", "in_progress"};

static _Atomic enum log_level lowest_level = LOG_LEVEL_INFO;

// The lines that the calling thread holds back.
static _Thread_local char held[HELD_BYTES_MAX];
static _Thread_local size_t held_length;
static _Thread_local bool holding;

bool log_level_parse(const char *name, enum log_level *level) {
    static const struct {
        const char *name;
        enum log_level level;
    } names[] = {
        {"TRACE", LOG_LEVEL_DEBUG},       {"DEBUG", LOG_LEVEL_DEBUG},    {"INFO", LOG_LEVEL_INFO},
        {"WARNING", LOG_LEVEL_WARNING},   {"WARN", LOG_LEVEL_WARNING},   {"ERROR", LOG_LEVEL_ERROR},
        {"CRITICAL", LOG_LEVEL_CRITICAL}, {"FATAL", LOG_LEVEL_CRITICAL},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(name, names[i].name) == 0) {
            *level = names[i].level;
            return true;
        }
    }
    return false;
}

void log_set_level(enum log_level level) {
    atomic_store_explicit(&lowest_level, level, memory_order_relaxed);
}

bool log_enabled(enum log_level level) {
    return level >= atomic_load_explicit(&lowest_level, memory_order_relaxed);
}

static void write_whole(const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, length);
        if (written < 0 && (errno == EINTR || errno == EAGAIN)) {
            if (errno == EAGAIN) {
                poll(&(struct pollfd){.fd = STDOUT_FILENO, .events = POLLOUT}, 1, -1);
            }
            continue;
        }
        if (written <= 0) {
            return; // nobody reads the log: that must not stop the lottery
        }
        bytes += written;
        length -= (size_t)written;
    }
}

// Appends formatted text to line[*length …], leaving room for the newline.
static void append(char *line, size_t *length, const char *format, va_list values) {
    size_t room = LOG_LINE_BYTES_MAX - 1 - *length;
    int wanted = vsnprintf(line + *length, room, format, values);
    if (wanted > 0) {
        *length += (size_t)wanted < room ? (size_t)wanted : room - 1;
    }
}

static void appendf(char *line, size_t *length, const char *format, ...) PRINTF_LIKE(3, 4);

static void appendf(char *line, size_t *length, const char *format, ...) {
    va_list values;
    va_start(values, format);
    append(line, length, format, values);
    va_end(values);
}

// Control characters, also those beyond ASCII (U+0080 to U+009F, two bytes each): a value must not end its
// line, nor steer a terminal.
static void blank_controls(char *line, size_t length) {
    for (size_t i = 0; i < length; i++) {
        const unsigned char *bytes = (const unsigned char *)line + i;
        if (bytes[0] < ' ' || bytes[0] == 0x7f) {
            line[i] = '?';
        } else if (bytes[0] == 0xc2 && i + 1 < length && bytes[1] >= 0x80 && bytes[1] < 0xa0) {
            line[i] = line[i + 1] = '?';
        }
    }
}

void log_event(enum log_level level, const char *action, enum log_result result, const char *fields, ...) {
    if (!log_enabled(level)) {
        return;
    }
    char line[LOG_LINE_BYTES_MAX];
    size_t length = clock_local_text(line);
    appendf(line, &length, " %-8s action: %s | result: %s", level_names[level], action, result_names[result]);
    if (fields != NULL) {
        appendf(line, &length, " | ");
        va_list values;
        va_start(values, fields);
        append(line, &length, fields, values);
        va_end(values);
    }
    blank_controls(line, length);
    line[length++] = '\n';
    if (!holding) {
        write_whole(line, length);
        return;
    }
    if (held_length + length > sizeof held) {
        write_whole(held, held_length);
        held_length = 0;
    }
    memcpy(held + held_length, line, length);
    held_length += length;
}

void log_hold(void) {
    holding = true;
}

void log_release(void) {
    holding = false;
    write_whole(held, held_length);
    held_length = 0;
}
