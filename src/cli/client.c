// `quiniela client`: an agency. Reads what it is told with, and lets the uploader do the work.
#include "cli/cli.h"

#include "agency/link.h"
#include "agency/uploader.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/settings.h"
#include "base/signals.h"
#include "bet/bet.h"
#include "cli/settings_table.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The keys of the one bet that the environment may hold, in the order of a bet's fields.
static const char *const bet_keys[BET_FIELDS] = {"NOMBRE", "APELLIDO", "DOCUMENTO", "NACIMIENTO", "NUMERO"};

static void log_config(const struct settings *settings) {
    char loop[256] = "";
    size_t length = 0;
    if (settings_text(settings, "CLI_LOOP_AMOUNT") != NULL) {
        length += (size_t)snprintf(loop, sizeof loop, " | loop_amount: %s",
                                   settings_text(settings, "CLI_LOOP_AMOUNT"));
    }
    if (settings_text(settings, "CLI_LOOP_PERIOD") != NULL && length < sizeof loop) {
        snprintf(loop + length, sizeof loop - length, " | loop_period: %s",
                 settings_text(settings, "CLI_LOOP_PERIOD"));
    }
    log_event(
        LOG_LEVEL_INFO, "config", LOG_SUCCESS,
        "client_id: %s | server_address: %s%s | log_level: %s | data_dir: %s | chunk_size: %s | window: %s",
        settings_text(settings, "CLI_ID"), settings_text(settings, "CLI_SERVER_ADDRESS"), loop,
        settings_text(settings, "CLI_LOG_LEVEL"), settings_text(settings, "CLI_DATA_DIR"),
        settings_text(settings, "CHUNK_SIZE"), settings_text(settings, "CLI_WINDOW"));
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
                             bet_keys[i], value);
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
    return chunk_add(*single, text, length, error);
}

static bool read_options(const struct settings *settings, struct uploader_options *options,
                         struct chunk **single, struct error *error) {
    if (settings_text(settings, "CLI_ID") == NULL) {
        return error_set(error, ERROR_BAD_SETTING, "CLI_ID: is missing: which agency is this? (--id N)");
    }
    const char *consult = settings_text(settings, "CLI_SERVER_CONSULT_ADDRESS");
    *options = (struct uploader_options){
        .agency = (uint32_t)settings_number(settings, "CLI_ID"),
        .has_consult = consult != NULL,
        .chunk_size = (uint32_t)settings_number(settings, "CHUNK_SIZE"),
        .window = (uint32_t)settings_number(settings, "CLI_WINDOW"),
        .print_winners = settings_switch(settings, "CLI_WINNERS"),
        .seed = clock_steady_ms() * 1000003 + (uint64_t)getpid(),
    };
    return address_parse(settings_text(settings, "CLI_SERVER_ADDRESS"), &options->bets, error) &&
           (consult == NULL || address_parse(consult, &options->consult, error)) &&
           read_single_bet(settings, single, error);
}

static bool open_file(const struct settings *settings, struct uploader_options *options,
                      struct error *error) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/agency-%" PRIu32 ".csv", settings_text(settings, "CLI_DATA_DIR"),
             options->agency);
    return reader_open(path, &options->reader, error);
}

static int run(const struct settings *settings, struct uploader_options *options,
               const struct chunk *single) {
    struct error error;
    options->single = single;
    if (single == NULL && !open_file(settings, options, &error)) {
        log_event(LOG_LEVEL_ERROR, "read_bets", LOG_FAIL, "error: %s | message: %s", error_name(error.code),
                  error.text);
        return EXIT_FAILED;
    }
    bool done = uploader_run(options, &error);
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

int cli_client(int argc, char **argv) {
    struct settings *settings;
    struct uploader_options options = {0};
    struct chunk *single = NULL;
    struct error error;
    signals_hold();
    enum settings_outcome outcome = settings_load(&client_command, argc, argv, &settings, &error);
    if (outcome == SETTINGS_DONE) {
        return EXIT_DONE;
    }
    if (outcome == SETTINGS_WRONG || !read_options(settings, &options, &single, &error)) {
        fprintf(stderr, "quiniela client: %s\n", error.text);
        chunk_free(single);
        settings_free(settings);
        return EXIT_WRONG_USE;
    }
    enum log_level level = LOG_LEVEL_INFO;
    if (log_level_parse(settings_text(settings, "CLI_LOG_LEVEL"), &level)) {
        log_set_level(level);
    }
    log_config(settings);
    settings_warn(settings);
    int status = run(settings, &options, single);
    chunk_free(single);
    settings_free(settings);
    if (link_count() > 0) { // a name is still being looked up, and the library would wait for it
        fflush(NULL);
        _exit(status);
    }
    return status;
}
