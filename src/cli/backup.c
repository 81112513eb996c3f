// `quiniela backup`: copies a store while a server works on it, checks the copy, and notes it beside the
// store.
#include "cli/cli.h"

#include "base/clock.h"
#include "base/path.h"
#include "cli/backup_note.h"
#include "cli/checked_copy.h"
#include "cli/command.h"
#include "cli/config_options.h"
#include "cli/help_texts.h"
#include "cli/store_options.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct backup_options {
    struct config_options config;
    struct store_options store;
    const char *to; // a file, or a folder
};

static const struct setting output[] = {
    SETTING_TEXT_IN(struct backup_options, to, "TO", NULL, HELP_BACKUP_TO, .flag_only = true),
    {.key = NULL},
};

static const struct setting_group groups[] = {
    STORE_GROUP_IN(struct backup_options, store),
    CONFIG_GROUP_IN(struct backup_options, config),
    {"Output", output, 0},
    {.settings = NULL},
};

const struct settings_command backup_command = {
    .name = "backup",
    .summary = HELP_BACKUP_SUMMARY,
    .details = HELP_BACKUP_DETAILS,
    .groups = groups,
    CONFIG_OF_SERVER,
};

// In a folder: draw and time, in characters that every file system takes.
static void name_by_time(const char *folder, const char *draw, const char *at, char path[PATH_MAX]) {
    char name[PATH_MAX];
    size_t length = (size_t)snprintf(name, sizeof name, "%s-%s.db", draw, at);
    for (size_t i = 0; i < length && i < sizeof name; i++) {
        bool is_plain = isalnum((unsigned char)name[i]) || name[i] == '-' || (name[i] == '.' && i > 0);
        name[i] = is_plain || (unsigned char)name[i] >= 0x80 ? name[i] : '_';
    }
    snprintf(path, PATH_MAX, "%.*s/%.*s", PATH_MAX / 2, folder, PATH_MAX / 2 - 2, name);
}

static bool find_place(const struct backup_options *options, struct backup_note *note, struct error *error) {
    char path[PATH_MAX];
    struct stat status;
    if (options->to == NULL) {
        return error_set(error, ERROR_BAD_SETTING, "--to is missing: the backup's file, or a folder for it");
    }
    if (strcmp(options->to, "-") == 0) {
        return error_set(error, ERROR_BAD_SETTING,
                         "--to: a backup is a file, which is checked before it gets its name: it does not go "
                         "to standard output");
    }
    if (stat(options->to, &status) == 0 && S_ISDIR(status.st_mode)) {
        name_by_time(options->to, options->store.draw, note->at, path);
        return path_resolve(path, note->path, error);
    }
    return path_resolve(options->to, note->path, error);
}

// The backup is good even where it cannot be noted.
static void note_it(const struct backup_options *options, const struct backup_note *note) {
    struct error error;
    if (!backup_note_write(options->store.address, note, &error)) {
        fprintf(stderr, "quiniela backup: the backup is made, but `status` will not know of it: %s\n",
                error.text);
    }
}

static bool back_up(const struct backup_options *options, struct error *error) {
    struct backup_note note;
    struct store_backed_up done;
    clock_utc_text(note.at);
    if (!find_place(options, &note, error) ||
        !checked_copy(options->store.address, note.path, &done, error)) {
        return false;
    }
    note.bytes = done.bytes;
    note_it(options, &note);
    printf("%s: backed up: %" PRIu64 " bytes | as of %s | the log grew by %" PRIu64 " bytes meanwhile\n",
           note.path, note.bytes, note.at, done.log_grew);
    return command_flush_output(error);
}

int cli_backup(const struct command_line *line) {
    struct backup_options options;
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&backup_command, line, &options, &settings, &status)) {
        return status;
    }
    command_keep_private();
    bool done = back_up(&options, &error);
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&backup_command, &error);
}
