// `quiniela upgrade`: makes a store of the version that this program knows out of an older one.
#include "cli/cli.h"

#include "cli/command.h"
#include "cli/config_options.h"
#include "cli/conflicts.h"
#include "cli/help_texts.h"
#include "cli/upgrading.h"
#include "store/store.h"

#include <stdio.h>

struct upgrade_options {
    struct config_options config;
    const char *address; // STORE
};

static const struct setting table[] = {
    SETTING_TEXT_IN(struct upgrade_options, address, "STORE", "quiniela.db", HELP_STORE),
    {.key = NULL},
};

static const struct setting_group groups[] = {
    {NULL, table, 0},
    CONFIG_GROUP_IN(struct upgrade_options, config),
    {.settings = NULL},
};

const struct settings_command upgrade_command = {
    .name = "upgrade",
    .arguments = "[STORE]",
    .summary = HELP_UPGRADE_SUMMARY,
    .details = HELP_UPGRADE_DETAILS,
    .groups = groups,
    .arguments_max = 1,
    CONFIG_OF_SERVER,
};

static void print(void *context, enum upgrading_tone tone, const char *text) {
    (void)tone;
    printf("%s: %s\n", (const char *)context, text);
    fflush(stdout);
}

int cli_upgrade(const struct command_line *line) {
    struct upgrade_options options;
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&upgrade_command, line, &options, &settings, &status)) {
        return status;
    }
    command_keep_private();
    const char *operand = settings_operand(settings, 0);
    const char *address = operand != NULL ? operand : options.address;
    char shown[STORE_ADDRESS_BYTES];
    store_show_address(address, shown);
    const void *const store[] = {&options.address};
    bool done = (operand == NULL ||
                 conflicts_check_unused(settings, store, 1, "STORE is named without a flag, too", &error)) &&
                upgrading_run(address, true, print, shown, &error) && command_flush_output(&error);
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&upgrade_command, &error);
}
