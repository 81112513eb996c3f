// `quiniela report`: what a night was, as a page to keep.
#include "report/report.h"

#include "base/path.h"
#include "base/zone.h"
#include "bet/errors.h"
#include "cli/backup_note.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/config_options.h"
#include "cli/file_list.h"
#include "cli/help_report_texts.h"
#include "cli/output_file.h"
#include "cli/output_target.h"
#include "cli/store_options.h"
#include "store/address.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

struct report_options {
    struct config_options config;
    struct store_options store;
    const char *output, *log, *audit_log;
    bool force, so_far;
    int64_t silence_ms;
    unsigned language; // enum language
};

static const struct setting table[] = {
    SETTING_TEXT_IN(struct report_options, output, "OUTPUT", NULL, HELP_REPORT_OUTPUT, .letter = 'o',
                    .flag_only = true),
    SETTING_SWITCH_IN(struct report_options, force, "FORCE", HELP_REPORT_FORCE, .flag_only = true),
    SETTING_SWITCH_IN(struct report_options, so_far, "SO_FAR", HELP_REPORT_SO_FAR, .flag_only = true),
    SETTING_CHOICE_IN(struct report_options, language, "LANGUAGE", NULL, "en es", HELP_REPORT_LANGUAGE,
                      .flag_only = true),
    SETTING_DURATION_IN(struct report_options, silence_ms, "SILENCE", "5m", HELP_REPORT_SILENCE,
                        .flag_only = true),
    SETTING_TEXT_IN(struct report_options, log, "LOG_FILE", NULL, HELP_REPORT_LOG, .other_flag = "log"),
    SETTING_TEXT_IN(struct report_options, audit_log, "AUDIT_LOG", NULL, HELP_REPORT_AUDIT_LOG),
    {.key = NULL},
};

static const struct setting_group groups[] = {
    STORE_GROUP_IN(struct report_options, store),
    CONFIG_GROUP_IN(struct report_options, config),
    {"The report", table, 0},
    {.settings = NULL},
};

const struct settings_command report_command = {
    .name = "report",
    .summary = HELP_REPORT_SUMMARY,
    .details = HELP_REPORT_DETAILS,
    .groups = groups,
    CONFIG_OF_SERVER,
};

// What it is made of, while it is made.
struct making {
    const struct report_options *options;
    struct report report;
    struct night_log log;
    struct orders orders;
    struct file_list logs, audit_logs;
    char place[STORE_ADDRESS_BYTES];
};

// Before ----------------------------------------------------------------------------------------------------

static bool is_standard(const char *path) {
    return path == NULL || strcmp(path, "-") == 0;
}

// A log with another name of the output's is not written over.
static bool check_apart(const struct making *making, const struct file_list *files, struct error *error) {
    const char *output = making->options->output;
    struct stat status, other;
    for (size_t i = 0; i < files->count; i++) {
        if (stat(output, &status) == 0 && stat(files->paths[i], &other) == 0 &&
            path_is_same(&status, &other)) {
            return error_set(error, ERROR_BAD_SETTING, "--output: %.150s is a log that is to be read",
                             output);
        }
    }
    return true;
}

// What is read twice would be told twice.
static bool check_twice(const struct file_list *files, const char *flag, struct error *error) {
    struct stat status, other;
    for (size_t i = 0; i < files->count; i++) {
        for (size_t j = 0; j < i && stat(files->paths[i], &status) == 0; j++) {
            if (stat(files->paths[j], &other) == 0 && path_is_same(&status, &other)) {
                return error_set(error, ERROR_BAD_SETTING, "%s: %.150s and %.150s are the same file", flag,
                                 files->paths[j], files->paths[i]);
            }
        }
    }
    return true;
}

static bool check_output(const struct making *making, struct error *error) {
    const struct report_options *options = making->options;
    struct stat status;
    if (!output_target_apart(options->output, options->store.address, error)) {
        return false;
    }
    if (is_standard(options->output)) {
        return true;
    }
    if (!check_apart(making, &making->logs, error) || !check_apart(making, &making->audit_logs, error)) {
        return false;
    }
    return options->force || lstat(options->output, &status) != 0 ||
           error_set(error, ERROR_BAD_SETTING,
                     "--output: %.150s is there already: name another file, or replace it with --force",
                     options->output);
}

static bool check_draw(const struct report_options *options, const struct stored_draw *draw,
                       struct error *error) {
    return draw->state == DRAW_DRAWN || options->so_far ||
           error_set(
               error, ERROR_STORE_FAILED,
               "draw \"%s\" is %s: its report is made after the draw; with --so-far there is one of what "
               "is known now",
               options->store.draw, draw_state_name(draw->state));
}

static bool check_silence(const struct report_options *options, struct error *error) {
    return (options->silence_ms >= 2000 && options->silence_ms % 1000 == 0) ||
           error_set(error, ERROR_BAD_SETTING,
                     "--silence: must be 2s or more, in whole seconds, as the times of a log are");
}

// Reading ---------------------------------------------------------------------------------------------------

static bool read_store(struct making *making, struct error *error) {
    const struct report_options *options = making->options;
    struct store *store;
    struct stored_draw draw;
    if (!store_options_open_draw(&options->store, &store, &draw, error)) {
        return false;
    }
    bool found = true;
    bool done = store_snapshot(store, error) && store_get_draw(store, &draw, &found, error) &&
                check_draw(options, &draw, error) && facts_read(&making->report.facts, store, &draw, error);
    stored_draw_forget(&draw);
    store_close(&store);
    return done;
}

static FILE *open_log(const char *path, struct error *error) {
    FILE *stream = fopen(path, "re");
    if (stream == NULL) {
        error_set_system(error, errno, "%.150s", path);
    }
    return stream;
}

static bool read_log(struct making *making, struct error *error) {
    const struct report *report = &making->report;
    struct error reason;
    if (!night_log_begin(&making->log, &report->facts, report->draw, report->now,
                         making->options->silence_ms / 1000, error)) {
        return false;
    }
    for (size_t i = 0; i < making->logs.count; i++) {
        FILE *stream = open_log(making->logs.paths[i], error);
        if (stream == NULL) {
            return false;
        }
        bool done = night_log_read(&making->log, stream, &reason);
        fclose(stream);
        if (!done) {
            return error_set(error, reason.code, "%.150s: %s", making->logs.paths[i], reason.text);
        }
    }
    making->report.log = &making->log;
    return night_log_settle(&making->log, error);
}

static bool read_audit_log(struct making *making, struct error *error) {
    if (!orders_begin(&making->orders, &making->report.facts, making->report.draw, error)) {
        return false;
    }
    for (size_t i = 0; i < making->audit_logs.count; i++) {
        const char *path = making->audit_logs.paths[i];
        FILE *stream = open_log(path, error);
        if (stream == NULL) {
            return false;
        }
        bool done = orders_read(&making->orders, path, stream, error);
        fclose(stream);
        if (!done) {
            return false;
        }
    }
    orders_settle(&making->orders);
    making->report.orders = &making->orders;
    return true;
}

static void read_backup(struct making *making) {
    const char *address = making->options->store.address;
    struct backup_note note;
    char file[PATH_MAX];
    struct error ignored;
    making->report.backup.is_in_file = store_file(address, file, &ignored) && file[0] != '\0';
    if (backup_note_read(address, &note)) {
        making->report.backup.at = facts_time(note.at);
        making->report.backup.bytes = note.bytes;
    }
}

static bool read_all(struct making *making, struct error *error) {
    read_backup(making);
    return read_store(making, error) && (making->logs.count == 0 || read_log(making, error)) &&
           (making->audit_logs.count == 0 || read_audit_log(making, error));
}

// Writing ---------------------------------------------------------------------------------------------------

// It is made in a file without a name: its end is known before the output begins.
static bool write_out(const struct making *making, FILE *made, struct error *error) {
    const char *path = making->options->output;
    struct output_file *file;
    struct hash hash;
    report_write(&making->report, made);
    if (fflush(made) != 0 || ferror(made)) {
        return error_set_system(error, errno, "a temporary file for the report cannot be written");
    }
    if (!(is_standard(path) ? output_file_open(path, &file, error)
                            : output_file_open_whole(path, &file, error))) {
        return false;
    }
    if (!output_file_copy(file, made, &hash, error)) {
        output_file_drop(&file);
        return false;
    }
    return output_file_finish(&file, error);
}

static bool make(struct making *making, struct error *error) {
    FILE *made = tmpfile();
    if (made == NULL) {
        return error_set_system(error, errno, "no temporary file for the report");
    }
    bool done = read_all(making, error) && write_out(making, made, error);
    fclose(made);
    return done;
}

static bool check_zone(struct error *error) {
    const char *zone = getenv("TZ");
    return zone_is_known(zone) ||
           error_set(error, ERROR_BAD_SETTING, "environment: TZ: \"%.80s\" " ZONE_UNKNOWN, zone);
}

static bool report(struct making *making, struct error *error) {
    const struct report_options *options = making->options;
    return check_zone(error) && check_silence(options, error) &&
           file_list_cut(&making->logs, options->log, "--log-file", error) &&
           file_list_cut(&making->audit_logs, options->audit_log, "--audit-log", error) &&
           check_twice(&making->logs, "--log-file", error) &&
           check_twice(&making->audit_logs, "--audit-log", error) && check_output(making, error) &&
           make(making, error);
}

static void end(struct making *making) {
    night_log_end(&making->log);
    orders_end(&making->orders);
    facts_end(&making->report.facts);
    file_list_free(&making->logs);
    file_list_free(&making->audit_logs);
    free(making);
}

// The locale of messages: the first of these that is set and not empty (POSIX.1-2017, XBD 8.2).
static const char *locale_of_messages(void) {
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0') {
            return value;
        }
    }
    return "";
}

// "es", "es_AR.UTF-8", and not "est", which is no Spanish.
static enum language language_of(const struct report_options *options, const struct settings *settings) {
    if (settings_is_set(settings, &options->language)) {
        return options->language == 0 ? ENGLISH : SPANISH;
    }
    const char *locale = locale_of_messages();
    bool is_spanish = strncmp(locale, "es", 2) == 0 && strchr("_.@", locale[2]) != NULL; // or its end
    return is_spanish ? SPANISH : ENGLISH;
}

static bool run(const struct report_options *options, const struct settings *settings, struct error *error) {
    struct making *making = calloc(1, sizeof *making);
    if (making == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a report");
    }
    making->options = options;
    making->report = (struct report){.draw = options->store.draw,
                                     .version = QUINIELA_VERSION,
                                     .place = making->place,
                                     .now = (int64_t)time(NULL),
                                     .language = language_of(options, settings)};
    store_show_address(options->store.address, making->place);
    tzset();
    bool done = report(making, error);
    end(making);
    return done;
}

int cli_report(const struct command_line *line) {
    struct report_options options;
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&report_command, line, &options, &settings, &status)) {
        return status;
    }
    bool done = run(&options, settings, &error);
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&report_command, &error);
}
