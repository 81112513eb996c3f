#include "base/log.h"

#include "base/clock.h"
#include "base/log_direct.h"
#include "base/log_file.h"
#include "base/log_json.h"
#include "base/log_limit.h"
#include "base/log_queue.h"
#include "base/log_text.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { HELD_BYTES_MAX = 64 * 1024, FLUSH_MS = 500 };

static const char *const level_names[] = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"};
static const char *const padded_level_names[] = {"DEBUG   ", "INFO    ", "WARNING ", "ERROR   ", "CRITICAL"};
static const char *const result_names[] = {"success", "fail", "in_progress"};

static _Atomic enum log_level lowest_level = LOG_LEVEL_INFO;
static enum log_format chosen_format = LOG_FORMAT_TEXT;

// Where lines go. A file that is opened again takes the place of the one before under the same descriptor.
static int output = STDOUT_FILENO;
static char file[PATH_MAX]; // "": none

// The process's only log. Without a queue, the thread that logs writes.
static struct log_queue *_Atomic queue;
static atomic_bool is_over; // the queue's thread could not end, and still owns the standard output
static void (*_Atomic beside)(bool begins);
static pthread_mutex_t limit_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct log_limit limit;

// The lines that the calling thread holds back, and whether it waits for room in the queue.
static _Thread_local char held[HELD_BYTES_MAX];
static _Thread_local size_t held_length;
static _Thread_local unsigned held_lines;
static _Thread_local bool holding, waits;

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

void log_set_format(enum log_format format) {
    chosen_format = format;
}

bool log_enabled(enum log_level level) {
    return level >= atomic_load_explicit(&lowest_level, memory_order_relaxed);
}

// Lines -----------------------------------------------------------------------------------------------------

static void add(char *line, size_t *length, const char *format, ...) PRINTF_LIKE(3, 4);

static void add(char *line, size_t *length, const char *format, ...) {
    va_list values;
    va_start(values, format);
    *length = log_text_add(line, *length, LOG_LINE_BYTES_MAX, format, values);
    va_end(values);
}

static size_t begin_line(char line[LOG_LINE_BYTES_MAX], enum log_level level, const char *action,
                         enum log_result result) {
    size_t length = 0;
    if (chosen_format == LOG_FORMAT_TEXT) {
        length = clock_local_text(line);
        add(line, &length, " %s ", padded_level_names[level]);
    }
    add(line, &length, "action: %s | result: %s", action, result_names[result]);
    return length;
}

// Ends the line with a newline, in place of the NUL. Returns its length.
static size_t end_line(char line[LOG_LINE_BYTES_MAX], size_t length, enum log_level level) {
    if (chosen_format == LOG_FORMAT_JSON) {
        length = log_json_write(line, length, level_names[level]);
    }
    line[length++] = '\n';
    return length;
}

static size_t write_line(char line[LOG_LINE_BYTES_MAX], enum log_level level, const char *action,
                         enum log_result result, const char *fields, va_list values) {
    size_t length = begin_line(line, level, action, result);
    if (fields != NULL) {
        add(line, &length, " | ");
        length = log_text_add(line, length, LOG_LINE_BYTES_MAX, fields, values);
    }
    return end_line(line, length, level);
}

static size_t tell_lost(uint64_t lines, int failure, char line[LOG_LINE_BYTES_MAX]) {
    size_t length = begin_line(line, LOG_LEVEL_WARNING, "log", LOG_FAIL);
    add(line, &length, " | error: %s | lines_lost: %" PRIu64,
        failure == 0 ? "nobody reads it" : strerror(failure), lines);
    return end_line(line, length, LOG_LEVEL_WARNING);
}

// Where they go ---------------------------------------------------------------------------------------------

static void tell_beside(bool begins) {
    void (*around)(bool begins) = atomic_load(&beside);
    if (around != NULL) {
        around(begins);
    }
}

void log_set_beside(void (*around)(bool begins)) {
    atomic_store(&beside, around);
}

static void leave(const char *bytes, size_t length, unsigned lines) {
    struct log_queue *to = atomic_load_explicit(&queue, memory_order_acquire);
    if (to != NULL) {
        log_queue_add(to, bytes, length, lines, waits);
    } else if (!atomic_load(&is_over)) {
        tell_beside(true);
        log_direct_write(output, bytes, length, tell_lost);
        tell_beside(false);
    }
}

static void leave_or_hold(const char *line, size_t length) {
    if (!holding) {
        leave(line, length, 1);
        return;
    }
    if (held_length + length > sizeof held) {
        leave(held, held_length, held_lines);
        held_length = held_lines = 0;
    }
    memcpy(held + held_length, line, length);
    held_length += length;
    held_lines++;
}

void log_event(enum log_level level, const char *action, enum log_result result, const char *fields, ...) {
    if (!log_enabled(level)) {
        return;
    }
    char line[LOG_LINE_BYTES_MAX];
    va_list values;
    va_start(values, fields);
    size_t length = write_line(line, level, action, result, fields, values);
    va_end(values);
    leave_or_hold(line, length);
}

void log_fields(enum log_level level, const char *action, enum log_result result,
                const struct log_field *fields, size_t count) {
    if (!log_enabled(level)) {
        return;
    }
    char line[LOG_LINE_BYTES_MAX];
    size_t length = begin_line(line, level, action, result);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].text != NULL) {
            add(line, &length, " | %s: %s", fields[i].name, fields[i].text);
        }
    }
    leave_or_hold(line, end_line(line, length, level));
}

void log_hold(void) {
    holding = true;
}

void log_release(void) {
    holding = false;
    if (held_length > 0) {
        leave(held, held_length, held_lines);
        held_length = held_lines = 0;
    }
}

// The file --------------------------------------------------------------------------------------------------

bool log_set_file(const char *path, struct error *error) {
    if (!path_resolve(path, file, error)) {
        file[0] = '\0';
        return false;
    }
    int opened = log_file_open(file, error);
    if (opened < 0) {
        file[0] = '\0';
        return false;
    }
    output = opened;
    return true;
}

bool log_reopen(struct error *error) {
    if (file[0] == '\0') {
        return true;
    }
    int opened = log_file_open(file, error);
    bool done = opened >= 0 &&
                (dup3(opened, output, O_CLOEXEC) >= 0 || error_set_system(error, errno, "%.150s", file));
    if (opened >= 0) {
        close(opened);
    }
    if (done) {
        log_event(LOG_LEVEL_INFO, "log", LOG_SUCCESS, "file: %s | message: opened again", file);
    } else {
        log_event(LOG_LEVEL_WARNING, "log", LOG_FAIL,
                  "error: %s | message: %s; the file that was open stays in use", error_name(error->code),
                  error->text);
    }
    return done;
}

// The limit -------------------------------------------------------------------------------------------------

static bool is_allowed(const struct log_source *source, const struct log_reason *reason,
                       enum log_level level) {
    struct log_queue *to = atomic_load_explicit(&queue, memory_order_acquire);
    pthread_mutex_lock(&limit_mutex);
    bool allowed = log_limit_allows(&limit, reason, source->number, (int)level, clock_steady_ms(),
                                    !source->is_said_again);
    pthread_mutex_unlock(&limit_mutex);
    if (!allowed && !source->is_said_again && to != NULL) {
        log_queue_want_tick(to);
    }
    return allowed;
}

bool log_event_limited(const struct log_source *source, enum log_level level, const char *action,
                       enum log_result result, const char *fields, ...) {
    if (!log_enabled(level)) {
        return true;
    }
    struct log_reason reason = {action, source->error == NULL ? "" : source->error};
    if (!is_allowed(source, &reason, level)) {
        return false;
    }
    char line[LOG_LINE_BYTES_MAX];
    va_list values;
    va_start(values, fields);
    size_t length = write_line(line, level, action, result, fields, values);
    va_end(values);
    pthread_mutex_lock(&limit_mutex);
    log_limit_charge(&limit, length);
    pthread_mutex_unlock(&limit_mutex);
    leave_or_hold(line, length);
    return true;
}

static bool take_left_out(struct log_left_out *left_out) {
    pthread_mutex_lock(&limit_mutex);
    bool some = log_limit_take(&limit, left_out);
    pthread_mutex_unlock(&limit_mutex);
    return some;
}

// Runs on the queue's thread, once a second while lines were left out; and at the end.
static void tell_left_out(void) {
    struct log_left_out left_out;
    while (take_left_out(&left_out)) {
        const char *error = left_out.reason.error;
        log_event((enum log_level)left_out.level, "log", LOG_SUCCESS, "left_out: %" PRIu64 " | of: %s%s%s",
                  left_out.count, left_out.reason.action, error[0] == '\0' ? "" : " ", error);
    }
}

// The thread ------------------------------------------------------------------------------------------------

bool log_start(struct error *error) {
    const struct log_queue_options options = {.descriptor = output,
                                              .bytes = LOG_QUEUE_BYTES,
                                              .wait_ms = LOG_QUEUE_WAIT_MS,
                                              .tell_lost = tell_lost,
                                              .tick = tell_left_out,
                                              .around = tell_beside};
    struct log_queue *started;
    if (!log_queue_start(&options, &started, error)) {
        return false;
    }
    atomic_store_explicit(&queue, started, memory_order_release);
    return true;
}

void log_wait_for_room(void) {
    waits = true;
}

void log_hurry(void) {
    struct log_queue *to = atomic_load(&queue);
    if (to != NULL) {
        log_queue_hurry(to);
    }
}

void log_end(void) {
    struct log_queue *ending = atomic_load(&queue);
    if (ending == NULL) {
        return;
    }
    tell_left_out();
    bool written = log_queue_end(&ending, FLUSH_MS);
    atomic_store(&is_over, !written);
    atomic_store(&queue, NULL);
}
