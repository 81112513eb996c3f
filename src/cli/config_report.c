#include "cli/config_report.h"

#include "base/path.h"
#include "cli/command.h"
#include "store/address.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void config_report_add(struct config_report *report, const void *field, const char *reason) {
    if (report->count < CONFIG_PROBLEMS_MAX) {
        char *problem = report->problems[report->count];
        const char *place = field == NULL ? "" : settings_place(report->settings, field);
        snprintf(problem, sizeof report->problems[0], "%s%s%s", place, field == NULL ? "" : ": ", reason);
    }
    report->count++;
}

bool config_report_check(struct config_report *report, const void *field, bool good,
                         const struct error *error) {
    if (!good) {
        config_report_add(report, field, error->text);
    }
    return good;
}

void config_report_problem(void *context, const struct error *error) {
    config_report_add(context, NULL, error->text);
}

static void add_system(struct config_report *report, const void *field, const char *path) {
    struct error error;
    error_set_system(&error, errno, "%.150s", path);
    config_report_add(report, field, error.text);
}

void config_report_check_appended(struct config_report *report, const void *field, const char *path) {
    char resolved[PATH_MAX], folder[PATH_MAX];
    struct error error;
    struct stat status;
    if (path == NULL || !config_report_check(report, field, path_resolve(path, resolved, &error), &error)) {
        return;
    }
    path_folder(resolved, folder);
    if (stat(resolved, &status) == 0 && !S_ISREG(status.st_mode)) {
        error_set(&error, ERROR_BAD_SETTING, "%.150s: is not a regular file", resolved);
        config_report_add(report, field, error.text);
    } else if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0) {
        add_system(report, field, folder);
    } else if (faccessat(AT_FDCWD, resolved, W_OK, AT_EACCESS) != 0 && errno != ENOENT) {
        add_system(report, field, resolved);
    }
}

static void print_value(void *context, const char *key, const char *text, const char *place) {
    char shown[STORE_ADDRESS_BYTES];
    const struct config_unused *unused = context;
    if (place == NULL && unused->key != NULL && strcmp(key, unused->key) == 0) {
        text = NULL;
        place = unused->because;
    }
    if (text != NULL && strcmp(key, "STORE") == 0) { // it may have a password
        store_show_address(text, shown);
        text = shown;
    }
    printf("%-24s %-32s (%s)\n", key, text == NULL ? "-" : text, place == NULL ? "default" : place);
}

void config_report_print_values(const struct config_report *report) {
    struct config_unused unused = report->unused;
    settings_each(report->settings, print_value, &unused);
}

static int print_problems(const struct config_report *report) {
    fflush(stdout);
    for (size_t i = 0; i < report->count && i < CONFIG_PROBLEMS_MAX; i++) {
        fprintf(stderr, "quiniela config: %s\n", report->problems[i]);
    }
    fprintf(stderr, "quiniela config: problems: %zu\n", report->count);
    return EXIT_WRONG_USE;
}

int config_report_end(const struct config_report *report) {
    if (report->count == 0) {
        printf("\nok\n");
        return EXIT_DONE;
    }
    printf("\n");
    return print_problems(report);
}

int config_report_end_early(const struct config_report *report, int status) {
    return status == EXIT_DONE || report->count == 0 ? status : print_problems(report);
}
