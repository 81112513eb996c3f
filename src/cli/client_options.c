#include "cli/client_options.h"

#include "agency/limits.h"
#include "base/translate.h"
#include "cli/help_client_texts.h"
#include "cli/help_texts.h"

#include <inttypes.h>
#include <stdio.h>

static const struct setting general[] = {
    SETTING_CONFIG_IN(struct client_options, config, "CONFIG", HELP_CLIENT_CONFIG),
    SETTING_CHOICE_IN(struct client_options, service, "SERVICE", "lottery", SERVICE_WORDS, HELP_SERVICE,
                      .flag_only = true),
    SETTING_NUMBER_IN(struct client_options, agency, "CLI_ID", NULL, 1, AGENCIES_MAX, HELP_CLI_ID,
                      .file_key = "id"),
    {.key = NULL},
};

static const struct setting central[] = {
    SETTING_TEXT_IN(struct client_options, server_address, "CLI_SERVER_ADDRESS", "127.0.0.1:12345",
                    HELP_CLI_SERVER_ADDRESS, .file_key = "server.address"),
    SETTING_TEXT_IN(struct client_options, consult_address, "CLI_SERVER_CONSULT_ADDRESS", NULL,
                    HELP_CLI_SERVER_CONSULT_ADDRESS, .file_key = "server.consult_address"),
    SETTING_DURATION_IN(struct client_options, answer_timeout_ms, "CLI_ANSWER_TIMEOUT", "30s",
                        HELP_CLI_ANSWER_TIMEOUT, .file_key = "answer.timeout"),
    {.key = NULL},
};

static const struct setting bets[] = {
    SETTING_TEXT_IN(struct client_options, data_dir, "CLI_DATA_DIR", "data", HELP_CLI_DATA_DIR,
                    .file_key = "data.dir"),
    SETTING_SWITCH_IN(struct client_options, strict, "CLI_STRICT", HELP_CLI_STRICT, .file_key = "strict"),
    SETTING_SWITCH_IN(struct client_options, check, "CLI_CHECK", HELP_CLI_CHECK, .flag_only = true),
    SETTING_NUMBER_IN(struct client_options, chunk_size, "CHUNK_SIZE", "1000", 1, CHUNK_BETS_MAX,
                      HELP_CLI_CHUNK_SIZE, .file_key = "batch.maxAmount", .alias = "CLI_BATCH_MAXAMOUNT"),
    SETTING_NUMBER_IN(struct client_options, window, "CLI_WINDOW", "4", 1, WINDOW_MAX, HELP_CLI_WINDOW,
                      .file_key = "window"),
    SETTING_SWITCH_IN(struct client_options, poll, "CLI_POLL", HELP_CLI_POLL, .file_key = "poll"),
    SETTING_SWITCH_IN(struct client_options, winners, "CLI_WINNERS", HELP_CLI_WINNERS, .flag_only = true),
    SETTING_TEXT_IN(struct client_options, winners_file, "CLI_WINNERS_FILE", NULL, HELP_CLI_WINNERS_FILE,
                    .file_key = "winners.file"),
    {.key = NULL},
};

static const struct setting promises[] = {
    SETTING_TEXT_IN(struct client_options, central_key, "CENTRAL_KEY", NULL, HELP_CENTRAL_KEY,
                    .file_key = "central.key"),
    SETTING_TEXT_IN(struct client_options, receipts, "RECEIPTS", NULL, HELP_RECEIPTS, .file_key = "receipts"),
    {.key = NULL},
};

static const struct setting single_bet[] = {
    SETTING_TEXT_IN(struct client_options, bet[0], "NOMBRE", NULL, HELP_NOMBRE, .free_text = true),
    SETTING_TEXT_IN(struct client_options, bet[1], "APELLIDO", NULL, HELP_APELLIDO, .free_text = true),
    SETTING_TEXT_IN(struct client_options, bet[2], "DOCUMENTO", NULL, HELP_DOCUMENTO, .free_text = true),
    SETTING_TEXT_IN(struct client_options, bet[3], "NACIMIENTO", NULL, HELP_NACIMIENTO, .free_text = true),
    SETTING_TEXT_IN(struct client_options, bet[4], "NUMERO", NULL, HELP_NUMERO, .free_text = true),
    {.key = NULL},
};

static const struct setting echo[] = {
    SETTING_NUMBER_IN(struct client_options, loop_amount, "CLI_LOOP_AMOUNT", NULL, 0, INT64_MAX,
                      HELP_CLI_LOOP_AMOUNT, .file_key = "loop.amount"),
    SETTING_DURATION_IN(struct client_options, loop_lapse_ms, "CLI_LOOP_LAPSE", NULL, HELP_CLI_LOOP_LAPSE,
                        .file_key = "loop.lapse"),
    SETTING_DURATION_IN(struct client_options, loop_period_ms, "CLI_LOOP_PERIOD", NULL, HELP_CLI_LOOP_PERIOD,
                        .file_key = "loop.period"),
    {.key = NULL},
};

static const struct setting privileges[] = {
    SETTING_CHOICE_IN(struct client_options, sandbox, "CLI_SANDBOX", "on", SANDBOX_WORDS, HELP_CLI_SANDBOX,
                      .file_key = "sandbox"),
    {.key = NULL},
};

static const struct setting output[] = {
    SETTING_SWITCH_IN(struct client_options, json, "JSON", HELP_JSON_DOCTOR, .flag_only = true),
    {.key = NULL},
};

// clang-format off
#define CLIENT_GROUPS                                                                                        \
    {N_("General"), general, 0},                                                                                 \
    {N_("The central"), central, 0},                                                                             \
    {N_("Sending"), bets, 0},                                                                                    \
    {N_("What the central signs"), promises, 0},                                                                 \
    {N_("A single bet"), single_bet, 0},                                                                         \
    {N_("The echo"), echo, 0},                                                                                   \
    TLS_CLIENT_GROUP_IN(struct client_options, tls),                                                         \
    LOG_CLIENT_GROUP_IN(struct client_options, log),                                                         \
    {N_("Privileges"), privileges, 0}
// clang-format on

static const struct setting_group groups[] = {CLIENT_GROUPS, {.settings = NULL}};
static const struct setting_group doctor_groups[] = {
    CLIENT_GROUPS, {N_("Output"), output, 0}, {.settings = NULL}};

const struct settings_command client_command = {
    .name = "client",
    .summary = HELP_CLIENT_SUMMARY,
    .details = HELP_CLIENT_DETAILS,
    .groups = groups,
    .format = SETTINGS_YAML,
};

const struct settings_command doctor_command = {
    .name = "doctor",
    .summary = HELP_DOCTOR_SUMMARY,
    .details = HELP_DOCTOR_DETAILS,
    .groups = doctor_groups,
    .format = SETTINGS_YAML,
};

bool client_options_addresses(const struct client_options *options, const char *const *list,
                              struct addresses *addresses, struct error *error) {
    struct error reason;
    return addresses_parse(*list, addresses, &reason) ||
           error_set(error, ERROR_BAD_SETTING, "%s: %s", settings_place(options->settings, list),
                     reason.text);
}

void client_options_bets_path(const struct client_options *options, char path[PATH_MAX]) {
    snprintf(path, PATH_MAX, "%s/agency-%" PRIu32 ".csv", options->data_dir, options->agency);
}
