// What `quiniela config` has found wrong: collected, and printed last.
#ifndef QUINIELA_CLI_CONFIG_REPORT_H
#define QUINIELA_CLI_CONFIG_REPORT_H

#include "base/settings.h"

#include <stdbool.h>
#include <stddef.h>

enum { CONFIG_PROBLEMS_MAX = 64 };

struct config_report {
    const struct settings *settings;
    char problems[CONFIG_PROBLEMS_MAX][ERROR_TEXT_BYTES + 256]; // any more are only counted
    size_t count;
    struct config_unused {
        const char *key, *because; // a setting that has no effect, and why; NULL: there is none
    } unused;
};

// Notes a problem with the setting that fills `field`; NULL when `reason` names its setting already.
void config_report_add(struct config_report *report, const void *field, const char *reason);

// Notes it unless `good`. Returns `good`.
bool config_report_check(struct config_report *report, const void *field, bool good,
                         const struct error *error);

// Whether a file can be appended to, or made, with the rights of this process; it is neither opened nor made.
// `path`, or NULL for none, is what the setting that fills `field` says.
void config_report_check_appended(struct config_report *report, const void *field, const char *path);

// Notes a value that could not be read (a `problem` of struct command_line; the context is the report).
void config_report_problem(void *context, const struct error *error);

// Prints every value of the settings, and where it was set.
void config_report_print_values(const struct config_report *report);

// Prints the problems. Returns the exit code.
int config_report_end(const struct config_report *report);

// The same where the settings could not be read to their end, which has been told, with this exit code.
int config_report_end_early(const struct config_report *report, int status);

#endif
