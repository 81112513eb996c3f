#include "base/error.h"

#include "base/log_text.h"
#include "base/translate.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

const struct error_code ERROR_BAD_SETTING[1] = {{"bad_setting", false}};
const struct error_code ERROR_SYSTEM[1] = {{"system", false}};
const struct error_code ERROR_NETWORK[1] = {{"network", true}};
const struct error_code ERROR_NO_MEMORY[1] = {{"no_memory", true}};

static const struct error_code *const general[] = {ERROR_BAD_SETTING, ERROR_SYSTEM, ERROR_NETWORK,
                                                   ERROR_NO_MEMORY, NULL};

// A text that its room has cut ends with a whole letter.
static void end_whole(char *text) {
    text[utf8_whole(text, strlen(text))] = '\0';
}

static void set_text(struct error *error, const struct error_code *code, const char *format, va_list values) {
    error->code = code;
    error->bet = -1;
    error->field = NULL;
    error->cause = NULL;
    vsnprintf(error->text, sizeof error->text, translate(format), values);
    end_whole(error->text);
    log_text_blank(error->text, strlen(error->text)); // it may quote text from outside, and will be shown
}

bool error_set(struct error *error, const struct error_code *code, const char *format, ...) {
    va_list values;
    va_start(values, format);
    set_text(error, code, format, values);
    va_end(values);
    return false;
}

static const char *cause_of(int error_number) {
    switch (error_number) {
    case ENOSPC:
    case EDQUOT:
        return CAUSE_DISK_FULL;
    case EIO:
        return CAUSE_DISK_FAILS;
    case EACCES:
    case EPERM:
    case EROFS:
        return CAUSE_FORBIDDEN;
    case ENOENT:
    case ENOTDIR:
        return CAUSE_NOT_THERE;
    case ENOMEM:
        return CAUSE_NO_MEMORY;
    default:
        return NULL;
    }
}

bool error_set_system(struct error *error, int error_number, const char *format, ...) {
    va_list values;
    va_start(values, format);
    set_text(error, ERROR_SYSTEM, format, values);
    va_end(values);
    error->cause = cause_of(error_number);
    size_t length = strlen(error->text);
    struct rlimit limit;
    if (error_number == EMFILE && getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        snprintf(
            error->text + length, sizeof error->text - length,
            _(": too many open files: this process may have %llu descriptors; raise that limit (ulimit -n)"),
            (unsigned long long)limit.rlim_cur);
        end_whole(error->text);
        return false;
    }
    char text[128];
    // The GNU version of strerror_r: it returns the text, which need not be in the buffer.
    snprintf(error->text + length, sizeof error->text - length, ": %s",
             translate(strerror_r(error_number, text, sizeof text)));
    end_whole(error->text);
    return false;
}

bool error_because(struct error *error, const char *cause) {
    error->cause = cause;
    return false;
}

const char *error_cause(const struct error *error) {
    return error->cause != NULL             ? error->cause
           : error->code == ERROR_NO_MEMORY ? CAUSE_NO_MEMORY
                                            : "the server's log says why";
}

void error_clear(struct error *error) {
    error->code = ERROR_NONE;
    error->bet = -1;
    error->field = NULL;
    error->cause = NULL;
    error->text[0] = '\0';
}

const char *error_name(const struct error_code *code) {
    return code == ERROR_NONE ? "none" : code->name;
}

const struct error_code *error_code_named(const char *name) {
    const struct error_code *const *code = general;
    while (*code != NULL && strcmp((*code)->name, name) != 0) {
        code++;
    }
    return *code; // NULL is ERROR_NONE
}

bool error_retryable(const struct error_code *code) {
    return code != ERROR_NONE && code->retryable;
}
