#include "cli/log_options.h"

#include "cli/help_texts.h"

#define FORMAT_WORDS "text json" // in the order of enum log_format

const struct setting log_server_settings[] = {
    SETTING_LEVEL_IN(struct log_options, level, "LOGGING_LEVEL", "INFO", HELP_LOG_LEVEL,
                     .other_flag = "log-level"),
    SETTING_CHOICE_IN(struct log_options, format, "LOG_FORMAT", "text", FORMAT_WORDS, HELP_LOG_FORMAT),
    {.key = NULL},
};

const struct setting log_client_settings[] = {
    SETTING_LEVEL_IN(struct log_options, level, "CLI_LOG_LEVEL", "INFO", HELP_LOG_LEVEL,
                     .file_key = "log.level", .other_flag = "logging-level"),
    SETTING_CHOICE_IN(struct log_options, format, "CLI_LOG_FORMAT", "text", FORMAT_WORDS, HELP_LOG_FORMAT,
                      .file_key = "log.format", .alias = "LOG_FORMAT"),
    {.key = NULL},
};

void log_options_apply(const struct log_options *options) {
    log_set_level(options->level);
    log_set_format(options->format);
}
