#include "cli/config_options.h"

#include "cli/help_texts.h"

const struct setting config_settings[] = {
    SETTING_CONFIG_IN(struct config_options, path, "CONFIG", HELP_CONFIG_OF_SERVER),
    {.key = NULL},
};
