// The program's log (base/log.h) and progress bar (cli/progress.h) in the simulated world: the lines go
// into the trace, and what a client says about its winners goes to the oracle.
#include "base/log.h"
#include "cli/progress.h"
#include "clients.h"
#include "digest.h"
#include "world.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void log_set_level(enum log_level level) {
    (void)level;
}

bool log_level_parse(const char *name, enum log_level *level) {
    (void)name, (void)level;
    return false;
}

bool log_enabled(enum log_level level) {
    (void)level;
    return true;
}

void log_hold(void) {
}

void log_release(void) {
}

void log_wait_for_room(void) {
}

static void trace(const char *action, enum log_result result, const char *fields, va_list values) {
    static const char *const results[] = {"success", "fail", "in_progress"};
    bool tells_winners = result == LOG_SUCCESS && strcmp(action, "consulta_ganadores") == 0;
    if (!tells_winners && !world_is_traced() && !digest_is_wanted()) {
        return;
    }
    char text[1024] = "";
    if (fields != NULL) {
        vsnprintf(text, sizeof text, fields, values);
    }
    world_trace("log: action: %s | result: %s | %s", action, results[result], text);
    uint64_t winners;
    if (tells_winners && sscanf(text, "cant_ganadores: %" SCNu64, &winners) == 1) {
        clients_told(winners);
    }
    digest_line(action, (int)result, text);
}

void log_event(enum log_level level, const char *action, enum log_result result, const char *fields, ...) {
    (void)level;
    va_list values;
    va_start(values, fields);
    trace(action, result, fields, values);
    va_end(values);
}

void log_fields(enum log_level level, const char *action, enum log_result result,
                const struct log_field *fields, size_t count) {
    log_event(level, action, result, "%s", count > 0 && fields[0].text != NULL ? fields[0].text : "");
}

bool log_event_limited(const struct log_source *source, enum log_level level, const char *action,
                       enum log_result result, const char *fields, ...) {
    (void)source, (void)level;
    va_list values;
    va_start(values, fields);
    trace(action, result, fields, values);
    va_end(values);
    return true;
}

void progress_enter(enum progress_state state) {
    (void)state;
}

void progress_show(uint64_t done, uint64_t total, uint64_t bets) {
    (void)done, (void)total, (void)bets;
}

void progress_end(void) {
}
