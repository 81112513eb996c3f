#include "cli/client_checks.h"

#include "base/path.h"
#include "base/translate.h"
#include "cli/client_promises.h"
#include "cli/conflicts.h"
#include "cli/winners_file.h"

#include <sys/stat.h>

static bool check_echo(const struct client_options *options, struct error *error) {
    const struct conflict winners = {&options->winners, &options->service, N_("an echo has no winners")};
    const struct conflict file = {&options->winners_file, &options->service, N_("an echo has no winners")};
    const struct conflict check = {&options->check, &options->service, N_("an echo has no file")};
    return (!options->winners || conflicts_refuse(options->settings, &winners, error)) &&
           (options->winners_file == NULL || conflicts_refuse(options->settings, &file, error)) &&
           (!options->check || conflicts_refuse(options->settings, &check, error));
}

bool client_checks_loop(const struct client_options *options, struct error *error) {
    return options->service != SERVICE_ECHO || settings_is_set(options->settings, &options->loop_amount) ||
           settings_is_set(options->settings, &options->loop_lapse_ms) ||
           error_set(error, ERROR_BAD_SETTING,
                     "CLI_LOOP_AMOUNT: is missing, and so is CLI_LOOP_LAPSE: the loop would never end");
}

bool client_checks_use(const struct client_options *options, struct error *error) {
    if (!settings_is_set(options->settings, &options->agency)) {
        return error_set(error, ERROR_BAD_SETTING, "CLI_ID: is missing: which agency is this? (--id N)");
    }
    return options->service != SERVICE_ECHO || check_echo(options, error);
}

// The log is appended to, and the list of winners takes a file's place: neither must be the agency's file.
bool client_checks_files(const struct client_options *options, struct error *error) {
    char path[PATH_MAX];
    struct stat bets, log;
    client_options_bets_path(options, path);
    if (options->log.file != NULL && stat(path, &bets) == 0 && stat(options->log.file, &log) == 0 &&
        path_is_same(&bets, &log)) {
        return error_set(error, ERROR_BAD_SETTING, "%s: %s is the agency's file",
                         settings_place(options->settings, &options->log.file), options->log.file);
    }
    return winners_file_check(options, path, error) && client_promises_check(options, path, error);
}
