#include "cli/log_options.h"

#include "cli/help_texts.h"

const struct setting log_server_settings[] = {
    SETTING_LEVEL_IN(struct log_options, level, "LOGGING_LEVEL", "INFO", HELP_LOG_LEVEL),
    {.key = NULL},
};

const struct setting log_client_settings[] = {
    SETTING_LEVEL_IN(struct log_options, level, "CLI_LOG_LEVEL", "INFO", HELP_LOG_LEVEL,
                     .file_key = "log.level"),
    {.key = NULL},
};
