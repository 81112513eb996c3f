#include "base/error.h"

#include "base/log_text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static const struct {
    const char *name;
    bool retryable;
} codes[ERROR_CODES] = {
    [ERROR_NONE] = {"none", false},
    [ERROR_BAD_FRAME] = {"bad_frame", false},
    [ERROR_BAD_JSON] = {"bad_json", false},
    [ERROR_BAD_MESSAGE] = {"bad_message", false},
    [ERROR_UNKNOWN_TYPE] = {"unknown_type", false},
    [ERROR_NOT_AUTHORIZED] = {"not_authorized", false},
    [ERROR_UNKNOWN_AGENCY] = {"unknown_agency", false},
    [ERROR_BAD_BET] = {"bad_bet", false},
    [ERROR_GAP] = {"gap", true},
    [ERROR_CONFLICT] = {"conflict", false},
    [ERROR_AGENCY_FINISHED] = {"agency_finished", false},
    [ERROR_TOO_MANY_WINNERS] = {"too_many_winners", false},
    [ERROR_STORE_FAILED] = {"store_failed", true},
    [ERROR_STORE_STALE] = {"store_stale", true},
    [ERROR_STORE_REFUSED] = {"store_refused", false},
    [ERROR_STORE_AWAY] = {"store_away", true},
    [ERROR_SHUTTING_DOWN] = {"shutting_down", true},
    [ERROR_BAD_SETTING] = {"bad_setting", false},
    [ERROR_SYSTEM] = {"system", false},
    [ERROR_NETWORK] = {"network", true},
    [ERROR_NO_MEMORY] = {"no_memory", true},
};

static void set_text(struct error *error, enum error_code code, const char *format, va_list values) {
    error->code = code;
    error->bet = -1;
    error->field = NULL;
    vsnprintf(error->text, sizeof error->text, format, values);
    log_text_blank(error->text, strlen(error->text)); // it may quote what somebody else wrote, and is shown
}

bool error_set(struct error *error, enum error_code code, const char *format, ...) {
    va_list values;
    va_start(values, format);
    set_text(error, code, format, values);
    va_end(values);
    return false;
}

bool error_set_system(struct error *error, int error_number, const char *format, ...) {
    va_list values;
    va_start(values, format);
    set_text(error, ERROR_SYSTEM, format, values);
    va_end(values);
    size_t length = strlen(error->text);
    struct rlimit limit;
    if (error_number == EMFILE && getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        snprintf(
            error->text + length, sizeof error->text - length,
            ": too many open files: this process may have %llu descriptors; raise that limit (ulimit -n)",
            (unsigned long long)limit.rlim_cur);
        return false;
    }
    char text[128];
    // The GNU version of strerror_r: it returns the text, which need not be in the buffer.
    snprintf(error->text + length, sizeof error->text - length, ": %s",
             strerror_r(error_number, text, sizeof text));
    return false;
}

void error_clear(struct error *error) {
    error->code = ERROR_NONE;
    error->bet = -1;
    error->field = NULL;
    error->text[0] = '\0';
}

const char *error_name(enum error_code code) {
    return codes[code].name;
}

enum error_code error_code_named(const char *name) {
    for (int code = ERROR_NONE + 1; code < ERROR_CODES; code++) {
        if (strcmp(codes[code].name, name) == 0) {
            return (enum error_code)code;
        }
    }
    return ERROR_NONE;
}

bool error_retryable(enum error_code code) {
    return codes[code].retryable;
}
