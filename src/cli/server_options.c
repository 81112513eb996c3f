#include "cli/server_options.h"

#include "bet/limits.h"
#include "cli/help_texts.h"
#include "net/limits.h"

static const struct setting general[] = {
    SETTING_CONFIG_IN(struct server_options, config, "CONFIG", HELP_SERVER_CONFIG),
    SETTING_CHOICE_IN(struct server_options, service, "SERVICE", "lottery", SERVICE_WORDS, HELP_SERVICE,
                      .flag_only = true),
    {.key = NULL},
};

static const struct setting listening[] = {
    SETTING_TEXT_IN(struct server_options, ip, "SERVER_IP", NULL, HELP_SERVER_IP),
    SETTING_NUMBER_IN(struct server_options, port, "SERVER_PORT", "12345", 0, UINT16_MAX, HELP_SERVER_PORT),
    SETTING_NUMBER_IN(struct server_options, consult_port, "CONSULT_SERVER_PORT", "12346", 0, UINT16_MAX,
                      HELP_CONSULT_SERVER_PORT),
    SETTING_NUMBER_IN(struct server_options, listen_backlog, "SERVER_LISTEN_BACKLOG", "5", 0, UINT16_MAX,
                      HELP_SERVER_LISTEN_BACKLOG),
    SETTING_NUMBER_IN(struct server_options, loops, "LOOPS", NULL, 1, LOOPS_MAX, HELP_LOOPS),
    {.key = NULL},
};

static const struct setting draw[] = {
    SETTING_NUMBER_IN(struct server_options, agencies, "AGENCIES", NULL, 0, AGENCIES_MAX, HELP_AGENCIES),
    SETTING_NUMBER_IN(struct server_options, winning_number, "WINNING_NUMBER", "7574", 0, BET_NUMBER_MAX,
                      HELP_WINNING_NUMBER),
    SETTING_CHOICE_IN(struct server_options, number_mode, "NUMBER", "fixed", NUMBER_WORDS, HELP_NUMBER),
    SETTING_TEXT_IN(struct server_options, close_at, "CLOSE_AT", NULL, HELP_CLOSE_AT),
    SETTING_SWITCH_IN(struct server_options, change, "CHANGE", HELP_CHANGE),
    SETTING_SWITCH_IN(struct server_options, once, "ONCE", HELP_ONCE),
    SETTING_SWITCH_IN(struct server_options, upgrade, "UPGRADE", HELP_UPGRADE),
    {.key = NULL},
};

static const struct setting plain_text[] = {
    SETTING_SWITCH_IN(struct server_options, insecure, "INSECURE", HELP_INSECURE),
    {.key = NULL},
};

static const struct setting limits[] = {
    SETTING_DURATION_IN(struct server_options, message_timeout_ms, "MESSAGE_TIMEOUT", "30s",
                        HELP_MESSAGE_TIMEOUT),
    SETTING_DURATION_IN(struct server_options, send_timeout_ms, "SEND_TIMEOUT", "1m", HELP_SEND_TIMEOUT),
    SETTING_DURATION_IN(struct server_options, idle_timeout_ms, "IDLE_TIMEOUT", "12h", HELP_IDLE_TIMEOUT),
    SETTING_DURATION_IN(struct server_options, handshake_timeout_ms, "HANDSHAKE_TIMEOUT", "10s",
                        HELP_HANDSHAKE_TIMEOUT),
    SETTING_NUMBER_IN(struct server_options, connections_max, "CONNECTIONS_MAX", "0", 0, UINT32_MAX,
                      HELP_CONNECTIONS_MAX),
    SETTING_SIZE_IN(struct server_options, memory_max, "MEMORY_MAX", "256M", (int64_t)2 * MEMORY_LOOP_MIN,
                    HELP_MEMORY_MAX),
    SETTING_NUMBER_IN(struct server_options, refusals_max, "REFUSALS_MAX", "1000", 0, UINT32_MAX,
                      HELP_REFUSALS_MAX),
    {.key = NULL},
};

static const struct setting audit_log[] = {
    SETTING_TEXT_IN(struct server_options, audit_log, "AUDIT_LOG", NULL, HELP_AUDIT_LOG),
    {.key = NULL},
};

static const struct setting privileges[] = {
    SETTING_TEXT_IN(struct server_options, run_as, "RUN_AS", NULL, HELP_RUN_AS, .flag = "user"),
    SETTING_CHOICE_IN(struct server_options, sandbox, "SANDBOX", "on", SANDBOX_WORDS, HELP_SANDBOX),
    {.key = NULL},
};

static const struct setting_group groups[] = {
    {"General", general, 0},
    {"Listening", listening, 0},
    {"The draw", draw, 0},
    STORE_GROUP_IN(struct server_options, store),
    SIGN_GROUP_IN(struct server_options, sign),
    TLS_SERVER_GROUP_IN(struct server_options, tls),
    {"TLS", plain_text, 0},
    {"Limits", limits, 0},
    LOG_SERVER_GROUP_IN(struct server_options, log),
    {"Log", audit_log, 0},
    CONTROL_GROUP_IN(struct server_options, control),
    HTTP_GROUP_IN(struct server_options, http),
    {"Privileges", privileges, 0},
    {.settings = NULL},
};

const struct settings_command server_command = {
    .name = "server",
    .summary = HELP_SERVER_SUMMARY,
    .details = HELP_SERVER_DETAILS,
    .groups = groups,
    .format = SETTINGS_INI,
};

uint32_t server_options_agencies(const struct server_options *options) {
    return settings_is_set(options->settings, &options->agencies) ? options->agencies
                                                                  : options->listen_backlog;
}

bool server_options_gives_number(const struct server_options *options) {
    return settings_is_set(options->settings, &options->winning_number);
}
