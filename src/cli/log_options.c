#include "cli/log_options.h"

#include "cli/help_texts.h"
#include "cli/output_target.h"
#include "confine/user.h"

#define FORMAT_WORDS "text json" // in the order of enum log_format

const struct setting log_server_settings[] = {
    SETTING_LEVEL_IN(struct log_options, level, "LOGGING_LEVEL", "INFO", HELP_LOG_LEVEL,
                     .other_flag = "log-level"),
    SETTING_CHOICE_IN(struct log_options, format, "LOG_FORMAT", "text", FORMAT_WORDS, HELP_LOG_FORMAT),
    SETTING_TEXT_IN(struct log_options, file, "LOG_FILE", NULL, HELP_SERVER_LOG_FILE),
    {.key = NULL},
};

const struct setting log_client_settings[] = {
    SETTING_LEVEL_IN(struct log_options, level, "CLI_LOG_LEVEL", "INFO", HELP_LOG_LEVEL,
                     .file_key = "log.level", .other_flag = "logging-level"),
    SETTING_CHOICE_IN(struct log_options, format, "CLI_LOG_FORMAT", "text", FORMAT_WORDS, HELP_LOG_FORMAT,
                      .file_key = "log.format", .alias = "LOG_FORMAT"),
    SETTING_TEXT_IN(struct log_options, file, "CLI_LOG_FILE", NULL, HELP_LOG_FILE, .file_key = "log.file",
                    .alias = "LOG_FILE"),
    {.key = NULL},
};

static bool open_file(const char *path, const char *user, struct error *error) {
    struct user_rights rights;
    if (!output_target_check(path, path, error) || !user_rights_take(user, &rights, error)) {
        return false;
    }
    bool opened = log_set_file(path, error);
    user_rights_return(&rights);
    return opened;
}

bool log_options_apply(const struct log_options *options, const struct settings *settings, const char *user,
                       struct error *error) {
    struct error reason;
    log_set_level(options->level);
    log_set_format(options->format);
    return options->file == NULL || open_file(options->file, user, &reason) ||
           error_set(error, reason.code, "%s: %s", settings_place(settings, &options->file), reason.text);
}
