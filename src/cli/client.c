// `quiniela client`: an agency of the lottery, or a client of the echo. Reads what it is told with; the work
// is done in agency/.
#include "cli/cli.h"

#include "agency/echo_loop.h"
#include "agency/limits.h"
#include "agency/uploader.h"
#include "base/log.h"
#include "base/random.h"
#include "base/settings.h"
#include "base/signals.h"
#include "bet/bet.h"
#include "bet/limits.h"
#include "cli/client_privileges.h"
#include "cli/command.h"
#include "cli/conflicts.h"
#include "cli/settings_table.h"
#include "cli/tls_settings.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The keys of the one bet that the environment may hold, in the order of a bet's fields.
static const char *const bet_keys[BET_FIELDS] = {"NOMBRE", "APELLIDO", "DOCUMENTO", "NACIMIENTO", "NUMERO"};

static void log_config(const struct settings *settings) {
    const struct log_field fields[] = {
        {"client_id", settings_text(settings, "CLI_ID")},
        {"server_address", settings_text(settings, "CLI_SERVER_ADDRESS")},
        {"loop_amount", settings_text(settings, "CLI_LOOP_AMOUNT")},
        {"loop_period", settings_text(settings, "CLI_LOOP_PERIOD")},
        {"log_level", settings_text(settings, "CLI_LOG_LEVEL")},
        {"data_dir", settings_text(settings, "CLI_DATA_DIR")},
        {"chunk_size", settings_text(settings, "CHUNK_SIZE")},
        {"window", settings_text(settings, "CLI_WINDOW")},
    };
    log_fields(LOG_LEVEL_INFO, "config", LOG_SUCCESS, fields, sizeof fields / sizeof *fields);
}

// Names the variable that the bad field came from. Always returns false.
static bool refuse_bet(const struct settings *settings, const struct error *reason, struct error *error) {
    for (int i = 0; i < BET_FIELDS; i++) {
        if (reason->field != NULL && strcmp(reason->field, bet_field_name((enum bet_field)i)) == 0) {
            return error_set(error, ERROR_BAD_SETTING, "%s: %s", settings_place(settings, bet_keys[i]),
                             reason->text);
        }
    }
    return error_set(error, ERROR_BAD_SETTING, "%s", reason->text);
}

// The bet of the environment into *single, which the caller frees; NULL when there is none.
static bool read_single_bet(const struct settings *settings, struct chunk **single, struct error *error) {
    char text[BET_TEXT_BYTES_MAX + 1] = "";
    size_t length = 0;
    int set = 0;
    const char *missing = NULL;
    *single = NULL;
    for (int i = 0; i < BET_FIELDS; i++) {
        const char *value = settings_text(settings, bet_keys[i]);
        if (value == NULL) {
            missing = missing == NULL ? bet_keys[i] : missing;
            continue;
        }
        set++;
        if (strchr(value, ',') != NULL || length + strlen(value) + 1 >= sizeof text) {
            return error_set(error, ERROR_BAD_SETTING, "%s: \"%.100s\" has a comma, or is too long",
                             settings_place(settings, bet_keys[i]), value);
        }
        length += (size_t)sprintf(text + length, "%s%s", i == 0 ? "" : ",", value);
    }
    if (set == 0) {
        return true;
    }
    if (missing != NULL) {
        return error_set(error, ERROR_BAD_SETTING,
                         "%s: is missing: a bet needs NOMBRE, APELLIDO, DOCUMENTO, "
                         "NACIMIENTO and NUMERO",
                         missing);
    }
    *single = chunk_new(1, length);
    if (*single == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a bet");
    }
    struct error reason;
    return chunk_add(*single, text, length, &reason) || refuse_bet(settings, &reason, error);
}

static bool read_addresses(const struct settings *settings, const char *key, struct addresses *addresses,
                           struct error *error) {
    struct error reason;
    return addresses_parse(settings_text(settings, key), addresses, &reason) ||
           error_set(error, ERROR_BAD_SETTING, "%s: %s", settings_place(settings, key), reason.text);
}

static bool read_options(const struct settings *settings, struct dialogue_options *options,
                         struct chunk **single, struct error *error) {
    bool has_consult = settings_text(settings, "CLI_SERVER_CONSULT_ADDRESS") != NULL;
    int64_t answer_timeout_ms = settings_duration_ms(settings, "CLI_ANSWER_TIMEOUT");
    *options = (struct dialogue_options){
        .agency = (uint32_t)settings_number(settings, "CLI_ID"),
        .has_consult = has_consult,
        .chunk_size = (uint32_t)settings_number(settings, "CHUNK_SIZE"),
        .window = (uint32_t)settings_number(settings, "CLI_WINDOW"),
        .poll = settings_switch(settings, "CLI_POLL"),
        .print_winners = settings_switch(settings, "CLI_WINNERS"),
        .answer_timeout_ms =
            answer_timeout_ms < ANSWER_TIMEOUT_MS_MAX ? (uint32_t)answer_timeout_ms : ANSWER_TIMEOUT_MS_MAX,
        .seed = random_seed(),
    };
    return read_addresses(settings, "CLI_SERVER_ADDRESS", &options->bets, error) &&
           (!has_consult ||
            read_addresses(settings, "CLI_SERVER_CONSULT_ADDRESS", &options->consult, error)) &&
           read_single_bet(settings, single, error);
}

static bool open_file(const struct settings *settings, struct dialogue_options *options,
                      struct error *error) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/agency-%" PRIu32 ".csv", settings_text(settings, "CLI_DATA_DIR"),
             options->agency);
    if (!reader_open(path, &options->reader, error)) {
        return false;
    }
    if (settings_switch(settings, "CLI_STRICT")) {
        reader_set_strict(options->reader);
    }
    return true;
}

static int run_agency(struct dialogue_options *options, struct tls_context *tls) {
    struct error error;
    bool done = uploader_run(options, tls, &error);
    if (options->reader != NULL) {
        reader_close(&options->reader);
        log_event(LOG_LEVEL_INFO, "close_resource", LOG_SUCCESS, "resource: file");
    }
    if (!done) {
        log_event(LOG_LEVEL_ERROR, "end_client_loop", LOG_FAIL, "error: %s", error_name(error.code));
        return EXIT_FAILED;
    }
    log_event(LOG_LEVEL_INFO, "end_client_loop", LOG_SUCCESS, NULL);
    return EXIT_DONE;
}

// From here on signals are taken as they come in: the first thread is about to start.
static void begin_log(const struct settings *settings) {
    signals_hold();
    enum log_level level = LOG_LEVEL_INFO;
    if (log_level_parse(settings_text(settings, "CLI_LOG_LEVEL"), &level)) {
        log_set_level(level);
    }
    struct error error;
    if (!log_start(&error)) { // then without a thread
        log_event(LOG_LEVEL_WARNING, "log", LOG_FAIL, "error: %s | message: %s", error_name(error.code),
                  error.text);
    }
    log_wait_for_room();
    log_config(settings);
    settings_warn(settings);
}

// Opens what is to be opened, and gives up the rest before the first thread starts and the first byte of
// others comes in. *action says what failed.
static bool get_ready(const struct settings *settings, struct dialogue_options *options, const char **action,
                      struct error *error) {
    *action = "read_bets";
    if (options->single == NULL && !open_file(settings, options, error)) {
        return false;
    }
    *action = "confine";
    return client_privileges_give_up(settings, &options->bets,
                                     options->has_consult ? &options->consult : NULL, error);
}

static int fail(const char *action, const struct error *error) {
    log_event(LOG_LEVEL_ERROR, action, LOG_FAIL, "error: %s | message: %s", error_name(error->code),
              error->text);
    return EXIT_FAILED;
}

static int run_lottery(const struct settings *settings, struct tls_context *tls, struct error *error) {
    struct dialogue_options options;
    struct chunk *single = NULL;
    int status = EXIT_WRONG_USE;
    if (read_options(settings, &options, &single, error)) {
        const char *action;
        options.single = single;
        bool is_ready = get_ready(settings, &options, &action, error);
        begin_log(settings);
        status = is_ready ? run_agency(&options, tls) : fail(action, error);
        if (options.reader != NULL) { // it could not be confined
            reader_close(&options.reader);
        }
    }
    chunk_free(single);
    return status;
}

static int64_t duration_or(const struct settings *settings, const char *key, int64_t otherwise) {
    return settings_text(settings, key) == NULL ? otherwise : settings_duration_ms(settings, key);
}

static int run_echo(const struct settings *settings, struct tls_context *tls, struct error *error) {
    bool has_amount = settings_text(settings, "CLI_LOOP_AMOUNT") != NULL;
    struct echo_loop_options options = {
        .client_id = settings_text(settings, "CLI_ID"),
        .amount = has_amount ? settings_number(settings, "CLI_LOOP_AMOUNT") : -1,
        .lapse_ms = duration_or(settings, "CLI_LOOP_LAPSE", -1),
        .period_ms = duration_or(settings, "CLI_LOOP_PERIOD", 0),
        .tls = tls,
        .seed = random_seed(),
    };
    if (!has_amount && options.lapse_ms < 0) {
        error_set(error, ERROR_BAD_SETTING,
                  "CLI_LOOP_AMOUNT: is missing, and so is CLI_LOOP_LAPSE: the loop would never end");
        return EXIT_WRONG_USE;
    }
    if (!read_addresses(settings, "CLI_SERVER_ADDRESS", &options.addresses, error)) {
        return EXIT_WRONG_USE;
    }
    bool is_confined = client_privileges_give_up(settings, &options.addresses, NULL, error);
    begin_log(settings);
    if (!is_confined) {
        return fail("confine", error);
    }
    return echo_loop_run(&options, error) ? EXIT_DONE : EXIT_FAILED;
}

static int run_service(const struct settings *settings, struct error *error) {
    if (settings_text(settings, "CLI_ID") == NULL) {
        error_set(error, ERROR_BAD_SETTING, "CLI_ID: is missing: which agency is this? (--id N)");
        return EXIT_WRONG_USE;
    }
    bool echo = strcmp(settings_text(settings, "SERVICE"), "echo") == 0;
    struct tls_context *tls;
    if (!conflicts_check_client(settings, error) || !tls_settings_client(settings, &tls, error)) {
        return EXIT_WRONG_USE;
    }
    int status = echo ? run_echo(settings, tls, error) : run_lottery(settings, tls, error);
    tls_context_release(tls);
    return status;
}

int cli_client(int argc, char **argv) {
    struct settings *settings;
    struct error error;
    int status;
    signals_end_at_once();
    if (!command_begin(&client_command, argc, argv, &settings, &status)) {
        return status;
    }
    status = command_has_descriptors(&error) ? run_service(settings, &error)
                                             : command_fail(&client_command, &error);
    if (status == EXIT_WRONG_USE) {
        status = command_fail(&client_command, &error);
    }
    settings_free(settings);
    log_end();
    return status;
}
