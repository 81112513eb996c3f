// `quiniela client`: an agency of the lottery, or a client of the echo. Turns its options into those of
// agency/, which does the work.
#include "cli/cli.h"

#include "agency/file_check.h"
#include "agency/limits.h"
#include "agency/listener.h"
#include "base/catalog.h"
#include "base/log.h"
#include "base/random.h"
#include "base/signals.h"
#include "bet/bet.h"
#include "bet/limits.h"
#include "cli/client_checks.h"
#include "cli/client_log.h"
#include "cli/client_options.h"
#include "cli/client_privileges.h"
#include "cli/client_promises.h"
#include "cli/client_run.h"
#include "cli/command.h"
#include "cli/single_bet.h"
#include "cli/winners_file.h"
#include "link/echo_loop.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static void log_config(const struct client_options *options) {
    const struct settings *settings = options->settings;
    const struct log_field fields[] = {
        {"client_id", settings_written(settings, &options->agency)},
        {"server_address", options->server_address},
        {"loop_amount", settings_written(settings, &options->loop_amount)},
        {"loop_period", settings_written(settings, &options->loop_period_ms)},
        {"log_level", settings_written(settings, &options->log.level)},
        {"data_dir", options->data_dir},
        {"chunk_size", settings_written(settings, &options->chunk_size)},
        {"window", settings_written(settings, &options->window)},
    };
    log_fields(LOG_LEVEL_INFO, "config", LOG_SUCCESS, fields, sizeof fields / sizeof *fields);
}

// The options of agency/ ------------------------------------------------------------------------------------

// What had been written under that name before, an earlier list, stays until this one is whole.
static bool keep_winners(void *context, const char *documents, size_t length, struct error *error) {
    const char *path = context;
    if (!winners_file_write(path, documents, length, error)) {
        return false;
    }
    log_event(LOG_LEVEL_INFO, "write_winners", LOG_SUCCESS, "file: %s", path);
    return true;
}

static bool read_dialogue(const struct client_options *options, struct dialogue_options *dialogue,
                          struct chunk **single, struct error *error) {
    *dialogue = (struct dialogue_options){
        .agency = options->agency,
        .has_consult = options->consult_address != NULL,
        .chunk_size = options->chunk_size,
        .window = options->window,
        .poll = options->poll,
        .keep_winners = options->winners_file == NULL ? NULL : keep_winners,
        .keep_context = (void *)options->winners_file,
        .answer_timeout_ms = options->answer_timeout_ms < ANSWER_TIMEOUT_MS_MAX
                                 ? (uint32_t)options->answer_timeout_ms
                                 : ANSWER_TIMEOUT_MS_MAX,
        .seed = random_seed(),
    };
    return client_options_addresses(options, &options->server_address, &dialogue->bets, error) &&
           (!dialogue->has_consult ||
            client_options_addresses(options, &options->consult_address, &dialogue->consult, error)) &&
           single_bet_read(options, single, error);
}

static bool open_file(const struct client_options *options, struct dialogue_options *dialogue,
                      struct error *error) {
    char path[PATH_MAX];
    client_options_bets_path(options, path);
    if (!reader_open(path, &dialogue->reader, error)) {
        return false;
    }
    if (options->strict) {
        reader_set_strict(dialogue->reader);
    }
    return true;
}

// The last line of a failure says why, with file and line where it has to do with them.
static int end_failed(const char *action, uint64_t bad_lines, const struct error *error) {
    char bad[24];
    snprintf(bad, sizeof bad, "%" PRIu64, bad_lines);
    const struct log_field fields[] = {
        {"error", error_name(error->code)},
        {"bad_lines", bad_lines > 0 ? bad : NULL},
        {"message", error->text},
    };
    log_fields(LOG_LEVEL_ERROR, action, LOG_FAIL, fields, sizeof fields / sizeof *fields);
    return EXIT_FAILED;
}

static int run_agency(struct dialogue_options *options, struct tls_context *tls,
                      const struct listener *listener) {
    struct agency_setup setup = {.dialogue = *options, .listener = *listener};
    struct client_end end;
    bool has_file = options->reader != NULL;
    setup.tls = tls == NULL ? NULL : tls_context_hold(tls);
    if (has_file && !reader_can_check(options->reader)) {
        log_event(LOG_LEVEL_INFO, "check_bets", LOG_IN_PROGRESS,
                  "file: %s | message: it cannot be read twice, so each line is checked as it is sent",
                  reader_path(options->reader));
    }
    bool done = client_run(&setup, &end);
    *options = setup.dialogue;
    tls_context_release(setup.tls);
    if (has_file) {
        log_event(LOG_LEVEL_INFO, "close_resource", LOG_SUCCESS, "resource: file");
    }
    if (!done) {
        return end_failed("end_client_loop", end.bad_lines, &end.error);
    }
    log_event(LOG_LEVEL_INFO, "end_client_loop", LOG_SUCCESS, NULL);
    return EXIT_DONE;
}

// The one bet that was given by settings was checked when it was read.
static int run_check(struct dialogue_options *options) {
    struct error error;
    struct file_findings findings = {.lines = options->single != NULL};
    const char *path = options->reader == NULL ? NULL : reader_path(options->reader);
    if (options->reader != NULL && !file_check(options->reader, options->agency, &findings, &error)) {
        return end_failed("check_bets", findings.is_other ? 0 : findings.bad, &error);
    }
    char bets[24];
    snprintf(bets, sizeof bets, "%" PRIu64, findings.lines);
    const struct log_field fields[] = {{"file", path}, {"bets", bets}};
    log_fields(LOG_LEVEL_INFO, "check_bets", LOG_SUCCESS, fields, sizeof fields / sizeof *fields);
    return EXIT_DONE;
}

// From here on signals stay pending until they are read: the first thread is about to start. Not of a check,
// which they end.
static void begin_log(const struct client_options *options) {
    if (!options->check) {
        signals_hold();
    }
    struct error error;
    if (!log_start(&error)) { // then without a thread
        log_event(LOG_LEVEL_WARNING, "log", LOG_FAIL, "error: %s | message: %s", error_name(error.code),
                  error.text);
    }
    log_wait_for_room();
    log_config(options);
    settings_warn(options->settings);
}

// Opens what is needed, then gives up all other access, before the first thread starts and the first byte
// arrives. *action says what failed.
static bool get_ready(const struct client_options *options, struct dialogue_options *dialogue,
                      const char *receipts, bool is_tls, const char **action, struct error *error) {
    *action = "read_bets";
    if (dialogue->single == NULL && !open_file(options, dialogue, error)) {
        return false;
    }
    *action = "write_winners";
    if (!winners_file_try(options->winners_file, error)) {
        return false;
    }
    *action = "keep_receipts";
    if (!options->check && !client_promises_open(options, receipts, is_tls, &dialogue->promises, error)) {
        return false;
    }
    *action = "confine";
    return client_privileges_give_up(options, &dialogue->bets,
                                     dialogue->has_consult ? &dialogue->consult : NULL, error);
}

static int fail(const char *action, const struct error *error) {
    log_event(LOG_LEVEL_ERROR, action, LOG_FAIL, "error: %s | message: %s", error_name(error->code),
              error->text);
    return EXIT_FAILED;
}

static int run_lottery(const struct client_options *options, struct tls_context *tls, struct error *error) {
    struct dialogue_options dialogue;
    struct chunk *single = NULL;
    char receipts[PATH_MAX];
    int status = EXIT_WRONG_USE;
    command_keep_private(); // the winners' documents
    if (read_dialogue(options, &dialogue, &single, error)) {
        const char *action;
        catalog_end(); // from here on errors are lines of the log
        struct client_log log = {single, options->winners};
        const struct listener listener = {client_log_event, &log};
        const struct listener *before = listener_use(&listener);
        dialogue.single = single;
        client_promises_path(options, receipts);
        bool is_ready = get_ready(options, &dialogue, receipts, tls != NULL, &action, error);
        begin_log(options);
        status = !is_ready        ? fail(action, error)
                 : options->check ? run_check(&dialogue)
                                  : run_agency(&dialogue, tls, &listener);
        if (dialogue.reader != NULL) { // it was only checked, or the sandbox failed
            reader_close(&dialogue.reader);
        }
        promises_close(&dialogue.promises);
        listener_use(before);
        single = (struct chunk *)dialogue.single; // NULL if an agency had it
    }
    chunk_free(single);
    return status;
}

static int run_echo(const struct client_options *options, struct tls_context *tls, struct error *error) {
    bool has_amount = settings_is_set(options->settings, &options->loop_amount);
    bool has_lapse = settings_is_set(options->settings, &options->loop_lapse_ms);
    struct echo_loop_options echo = {
        .client_id = settings_written(options->settings, &options->agency),
        .amount = has_amount ? options->loop_amount : -1,
        .lapse_ms = has_lapse ? options->loop_lapse_ms : -1,
        .period_ms = options->loop_period_ms,
        .tls = tls,
        .seed = random_seed(),
    };
    if (!client_options_addresses(options, &options->server_address, &echo.addresses, error)) {
        return EXIT_WRONG_USE;
    }
    catalog_end(); // from here on errors are lines of the log
    bool is_confined = client_privileges_give_up(options, &echo.addresses, NULL, error);
    begin_log(options);
    if (!is_confined) {
        return fail("confine", error);
    }
    return echo_loop_run(&echo, error) ? EXIT_DONE : fail("loop_finished", error);
}

// The command -----------------------------------------------------------------------------------------------

static int run_service(const struct client_options *options, struct error *error) {
    struct tls_context *tls = NULL;
    if (!client_checks_use(options, error) || !client_checks_files(options, error) ||
        !client_checks_loop(options, error) ||
        !log_options_apply(&options->log, options->settings, NULL, error)) {
        return EXIT_WRONG_USE;
    }
    if (options->check) {
        signals_end_as_usual();
        return run_lottery(options, NULL, error);
    }
    if (!tls_options_read(&options->tls, options->settings, TLS_CLIENT, &tls, error)) {
        return EXIT_WRONG_USE;
    }
    int status =
        options->service == SERVICE_ECHO ? run_echo(options, tls, error) : run_lottery(options, tls, error);
    tls_context_release(tls);
    return status;
}

int cli_client(const struct command_line *line) {
    struct client_options options;
    struct error error;
    int status;
    signals_end_at_once();
    catalog_begin();
    if (!command_begin(&client_command, line, &options, &options.settings, &status)) {
        return status;
    }
    status = command_has_descriptors(&error) ? run_service(&options, &error)
                                             : command_fail(&client_command, &error);
    if (status == EXIT_WRONG_USE) {
        status = command_fail(&client_command, &error);
    }
    settings_free(options.settings);
    log_end();
    return status;
}
