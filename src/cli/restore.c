// `quiniela restore`: puts a backup in the place of a store, and says who has to send again.
#include "cli/cli.h"

#include "bet/errors.h"
#include "cli/checked_copy.h"
#include "cli/command.h"
#include "cli/config_options.h"
#include "cli/help_texts.h"
#include "cli/restore_survey.h"
#include "store/restore.h"
#include "store/store.h"

#include <stdio.h>
#include <unistd.h>

struct restore_options {
    struct config_options config;
    const char *address; // STORE
    bool yes;
    const char *backup;
};

static const struct setting table[] = {
    SETTING_TEXT_IN(struct restore_options, address, "STORE", "quiniela.db", HELP_STORE),
    SETTING_SWITCH_IN(struct restore_options, yes, "YES", HELP_RESTORE_YES, .flag_only = true),
    {.key = NULL},
};

static const struct setting_group groups[] = {
    {NULL, table, 0},
    CONFIG_GROUP_IN(struct restore_options, config),
    {.settings = NULL},
};

const struct settings_command restore_command = {
    .name = "restore",
    .arguments = "BACKUP",
    .summary = HELP_RESTORE_SUMMARY,
    .details = HELP_RESTORE_DETAILS,
    .groups = groups,
    .arguments_max = 1,
    CONFIG_OF_SERVER,
};

// The survey comes first, as it says what the answer to --yes depends on.
static bool make(void *context, const char *made, struct error *error) {
    const struct restore_options *options = context;
    struct store_backed_up done;
    if (!restore_survey(options->backup, options->address, access(options->address, F_OK) == 0, error)) {
        return false;
    }
    if (!options->yes) {
        return error_set(error, ERROR_BAD_SETTING,
                         "nothing has been changed; to put the backup there, add --yes");
    }
    return checked_copy(options->backup, made, &done, error);
}

static bool restore(struct restore_options *options, struct error *error) {
    struct store_restored restored;
    if (options->backup == NULL) {
        return error_set(error, ERROR_BAD_SETTING, "the backup is missing: quiniela restore BACKUP");
    }
    if (!store_restore(options->address, make, options, &restored, error)) {
        return false;
    }
    if (restored.was_cut_short) {
        printf("%s: an earlier restore was cut short; it is done now, and no other begun\n",
               options->address);
    } else {
        printf("%s: restored from %s\n", options->address, options->backup);
    }
    if (restored.kept[0] != '\0') {
        printf("what was there is kept: %s\n", restored.kept);
    }
    return command_flush_output(error);
}

int cli_restore(const struct command_line *line) {
    struct restore_options options;
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&restore_command, line, &options, &settings, &status)) {
        return status;
    }
    command_keep_private();
    options.backup = settings_operand(settings, 0);
    bool done = restore(&options, &error);
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&restore_command, &error);
}
