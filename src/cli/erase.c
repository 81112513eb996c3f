// `quiniela erase`: removes the personal data of one draw, and names what it does not touch.
#include "cli/cli.h"

#include "bet/errors.h"
#include "cli/command.h"
#include "cli/config_options.h"
#include "cli/help_texts.h"
#include "cli/shown_name.h"
#include "cli/status_reading.h"
#include "cli/store_options.h"
#include "store/erase.h"
#include "store/version.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

struct erase_options {
    struct config_options config;
    struct store_options store;
    bool yes;
};

static const struct setting erasing[] = {
    SETTING_SWITCH_IN(struct erase_options, yes, "YES", HELP_ERASE_YES, .flag_only = true),
    {.key = NULL},
};

static const struct setting_group groups[] = {
    STORE_GROUP_IN(struct erase_options, store),
    CONFIG_GROUP_IN(struct erase_options, config),
    {"Erasing", erasing, 0},
    {.settings = NULL},
};

const struct settings_command erase_command = {
    .name = "erase",
    .summary = HELP_ERASE_SUMMARY,
    .details = HELP_ERASE_DETAILS,
    .groups = groups,
    CONFIG_OF_SERVER,
};

static bool count(const struct erase_options *options, struct status *status, struct error *error) {
    if (!store_options_open_draw(&options->store, &status->store, &status->draw, error)) {
        return false;
    }
    bool done = status_count(status, error);
    store_close(&status->store);
    return done && store_may_be_erased(status->draw_name, &status->draw, error);
}

static void print_counts(const char *what, const struct status *status) {
    printf("draw %s: %s: %" PRIu64 " bets of %" PRIu64 " agencies, %" PRIu64
           " voided bets, the documents of %" PRIu64 " winners\n",
           shown_name(status->draw_name).text, what, status->totals.bets, status->totals.agencies,
           status->draw.voided, status->totals.winners);
}

static void print_if_there(const char *file, const char *ending) {
    char name[PATH_MAX + 16];
    snprintf(name, sizeof name, "%s%s", file, ending);
    if (access(name, F_OK) == 0) {
        printf("not touched: %s\n", name);
    }
}

// What a restore has replaced, or was about to put there when it was killed, and the last backup: those of
// them that are known.
static void print_copies(const char *file, const char *address) {
    static const char *const endings[] = {".before-restore", ".before-restore-wal", ".before-restore-journal",
                                          ".restored", ".restored.quiniela-unfinished"};
    struct backup_note note;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        print_if_there(file, endings[i]);
    }
    if (backup_note_read(address, &note)) {
        printf("not touched: %s, the last backup, of %s\n", note.path, note.at);
    }
}

// What an upgrade has kept has the same data; of the rest only who made it knows where it is.
static bool print_untouched(const struct erase_options *options, struct error *error) {
    char file[PATH_MAX];
    if (!store_file(options->store.address, file, error)) {
        return false;
    }
    for (int version = 1; file[0] != '\0' && version < STORE_VERSION; version++) {
        char ending[16];
        snprintf(ending, sizeof ending, ".v%d", version);
        print_if_there(file, ending);
    }
    if (file[0] != '\0') {
        print_if_there(file, ".upgrade");
        print_if_there(file, ".upgrade-journal");
        print_copies(file, options->store.address);
    } else {
        printf("not touched: tables that an upgrade has kept (chunks_v2, winners_v2), the database's "
               "write-ahead log\n");
    }
    printf(
        "not touched: backups, exports, the agencies' own files, the server's log (LOG_FILE or its standard "
        "output), which has the documents of bets that were sent one by one\n");
    return true;
}

static bool erase(const struct erase_options *options, struct error *error) {
    struct status status = {.draw_name = options->store.draw};
    bool done = count(options, &status, error);
    if (done && !options->yes) {
        print_counts("would be erased", &status);
        done = error_set(error, ERROR_BAD_SETTING,
                         "what is erased does not come back, and no server opens the draw again: add --yes");
    } else if (done) {
        done = store_erase_draw(options->store.address, options->store.draw, error);
        if (done) {
            print_counts("erased", &status);
            done = print_untouched(options, error);
        }
    }
    status_free(&status);
    return done && command_flush_output(error);
}

int cli_erase(const struct command_line *line) {
    struct erase_options options;
    struct settings *settings;
    struct error error;
    int status;
    if (!command_begin(&erase_command, line, &options, &settings, &status)) {
        return status;
    }
    bool done =
        settings_is_set(settings, &options.store.draw) &&
                !settings_is_from_file(settings, &options.store.draw)
            ? erase(&options, &error)
            : error_set(&error, ERROR_BAD_SETTING, "which one? Say --draw NAME (quiniela draws lists them)");
    settings_free(settings);
    return done ? EXIT_DONE : command_fail(&erase_command, &error);
}
