// `quiniela doctor`: why an agency does not work. Turns the client's options into those of doctor/, which
// does the work.
#include "cli/cli.h"

#include "base/catalog.h"
#include "base/log.h"
#include "cli/client_files.h"
#include "cli/client_options.h"
#include "cli/client_privileges.h"
#include "cli/client_promises.h"
#include "cli/command.h"
#include "cli/conflicts.h"
#include "cli/single_bet.h"
#include "doctor/doctor.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

struct parts {
    struct addresses bets, consult;
    bool has_consult;
    struct tls_options tls;
    char path[PATH_MAX];
    struct promises_options promises;
    char receipts[PATH_MAX]; // "": no key of the central
};

static bool check_options(const struct client_options *options, struct error *error) {
    if (!settings_is_set(options->settings, &options->agency)) {
        return error_set(error, ERROR_BAD_SETTING, "CLI_ID: is missing: which agency is this? (--id N)");
    }
    return options->service == SERVICE_LOTTERY ||
           error_set(error, ERROR_BAD_SETTING, "%s: there is nothing to look at for an echo",
                     settings_place(options->settings, &options->service));
}

static bool read_promises(const struct client_options *options, struct parts *parts, struct error *error) {
    bool is_tls = options->tls.certificate != NULL;
    client_promises_path(options, parts->receipts);
    return parts->receipts[0] == '\0' ||
           client_promises_read(options, parts->receipts, is_tls, &parts->promises, error);
}

// *is_single: one bet is given by settings, and there is no file.
static bool read_parts(const struct client_options *options, struct parts *parts, bool *is_single,
                       struct error *error) {
    struct chunk *single = NULL;
    parts->has_consult = options->consult_address != NULL;
    parts->tls = (struct tls_options){.certificate = options->tls.certificate,
                                      .key = options->tls.key,
                                      .authority = options->tls.authority,
                                      .revocations = options->tls.revocations};
    client_options_bets_path(options, parts->path);
    bool good = check_options(options, error) &&
                client_options_addresses(options, &options->server_address, &parts->bets, error) &&
                (!parts->has_consult ||
                 client_options_addresses(options, &options->consult_address, &parts->consult, error)) &&
                tls_options_complete(&options->tls, options->settings, error) &&
                single_bet_read(options, &single, error) && client_promises_check(options, error) &&
                client_files_check_apart(options, single == NULL ? parts->path : NULL, error) &&
                read_promises(options, parts, error);
    *is_single = single != NULL;
    chunk_free(single);
    return good;
}

static void report_settings(const struct client_options *options, struct findings *findings) {
    bool has_consult = options->consult_address != NULL;
    findings_add(findings, FINDING_OK, "settings", NULL,
                 "agency %" PRIu32 ", %s, bets to %s, consultations to %s", options->agency,
                 options->tls.certificate != NULL ? _("TLS") : _("plain text"), options->server_address,
                 has_consult ? options->consult_address : _("the same"));
}

static int run(const struct client_options *options, struct error *error) {
    static struct parts parts; // two lists of addresses are large
    struct findings findings;
    bool is_single;
    if (!read_parts(options, &parts, &is_single, error)) {
        return EXIT_WRONG_USE;
    }
    const struct addresses *consult = parts.has_consult ? &parts.consult : NULL;
    if (!client_privileges_give_up(options, &parts.bets, consult, error)) {
        return EXIT_FAILED;
    }
    const struct doctor_options doctor = {
        .agency = options->agency,
        .bets = &parts.bets,
        .consult = consult,
        .tls = options->tls.certificate != NULL ? &parts.tls : NULL,
        .identity_prefix = tls_agency_prefix,
        .path = is_single ? NULL : parts.path,
        .promises = parts.receipts[0] == '\0' ? NULL : &parts.promises,
        .strict = options->strict,
        .wait_ms = options->answer_timeout_ms,
    };
    findings_begin(&findings, options->json);
    report_settings(options, &findings);
    bool done = doctor_examine(&doctor, &findings, error);
    bool is_wrong = findings.has_wrong;
    if (!findings_end(&findings) && done) {
        done = error_set(error, ERROR_NO_MEMORY, "no memory for the answer");
    }
    return !done || !command_flush_output(error) ? -1 : is_wrong ? EXIT_FAILED : EXIT_DONE;
}

int cli_doctor(const struct command_line *line) {
    struct client_options options;
    struct error error;
    int status;
    catalog_begin();
    if (!command_begin(&doctor_command, line, &options, &options.settings, &status)) {
        return status;
    }
    if (options.json) { // which programs read
        catalog_end();
    }
    log_set_level(LOG_LEVEL_CRITICAL); // what the parts of the client would log is reported here
    error_clear(&error);
    status = run(&options, &error);
    if (error.code != ERROR_NONE) {
        status = command_fail(&doctor_command, &error);
    }
    settings_free(options.settings);
    return status;
}
