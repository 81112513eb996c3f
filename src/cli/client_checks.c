#include "cli/client_checks.h"

#include "base/translate.h"
#include "cli/client_files.h"
#include "cli/client_promises.h"
#include "cli/conflicts.h"
#include "cli/winners_file.h"

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

bool client_checks_files(const struct client_options *options, struct error *error) {
    char path[PATH_MAX];
    client_options_bets_path(options, path);
    return winners_file_check(options, error) && client_promises_check(options, error) &&
           client_files_check_apart(options, path, error);
}
