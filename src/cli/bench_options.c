#include "cli/bench_options.h"

#include "agency/limits.h"
#include "bench/driver.h"
#include "bet/limits.h"
#include "cli/conflicts.h"
#include "cli/help_texts.h"
#include "net/limits.h"

enum { POLL_MAX = 10 * 1000 * 1000, HOUR_MS = 3600 * 1000 };

// Only --server-address and --server-consult-address can also be set in the environment, under the client's
// names.
static const struct setting central[] = {
    SETTING_TEXT_IN(struct bench_options, server_address, "CLI_SERVER_ADDRESS", "127.0.0.1:12345",
                    HELP_BENCH_SERVER_ADDRESS),
    SETTING_TEXT_IN(struct bench_options, consult_address, "CLI_SERVER_CONSULT_ADDRESS", NULL,
                    HELP_BENCH_CONSULT_ADDRESS),
    SETTING_TEXT_IN(struct bench_options, certificates, "CERTIFICATES", NULL, HELP_BENCH_CERTIFICATES,
                    .flag = "tls", .flag_only = true),
    SETTING_SWITCH_IN(struct bench_options, self, "SELF", HELP_BENCH_SELF, .flag_only = true),
    {.key = NULL},
};

static const struct setting own_central[] = {
    SETTING_TEXT_IN(struct bench_options, dir, "DIR", ".", HELP_BENCH_DIR, .flag_only = true),
    SETTING_TEXT_IN(struct bench_options, store, "BENCH_STORE", NULL, HELP_BENCH_STORE, .flag = "store",
                    .flag_only = true),
    SETTING_TEXT_IN(struct bench_options, program, "PROGRAM", NULL, HELP_BENCH_PROGRAM, .flag_only = true),
    SETTING_NUMBER_IN(struct bench_options, loops, "LOOPS", NULL, 1, LOOPS_MAX, HELP_BENCH_LOOPS),
    SETTING_LEVEL_IN(struct bench_options, log_level, "LOG_LEVEL", "INFO", HELP_BENCH_LOG_LEVEL,
                     .flag_only = true),
    SETTING_SWITCH_IN(struct bench_options, keep, "KEEP", HELP_BENCH_KEEP, .flag_only = true),
    {.key = NULL},
};

static const struct setting load[] = {
    SETTING_NUMBER_IN(struct bench_options, agencies, "AGENCIES", "5", 1, DRIVER_AGENCIES_MAX,
                      HELP_BENCH_AGENCIES, .flag_only = true),
    SETTING_NUMBER_IN(struct bench_options, bets, "BETS", "2000000", 0, INT64_C(100000000000),
                      HELP_BENCH_BETS, .flag_only = true),
    SETTING_NUMBER_IN(struct bench_options, chunk_size, "CHUNK_SIZE", "1000", 1, CHUNK_BETS_MAX,
                      HELP_BENCH_CHUNK_SIZE, .flag_only = true),
    SETTING_NUMBER_IN(struct bench_options, window, "WINDOW", "4", 1, WINDOW_MAX, HELP_BENCH_WINDOW,
                      .flag_only = true),
    SETTING_NUMBER_IN(struct bench_options, rate, "RATE", "0", 0, INT64_C(1000000000), HELP_BENCH_RATE,
                      .flag_only = true),
    SETTING_NUMBER_IN(struct bench_options, threads, "THREADS", "1", 1, DRIVER_THREADS_MAX,
                      HELP_BENCH_THREADS, .flag_only = true),
    SETTING_TEXT_IN(struct bench_options, payload, "PAYLOAD", NULL, HELP_BENCH_PAYLOAD, .flag_only = true),
    SETTING_SWITCH_IN(struct bench_options, prepared, "PREPARED", HELP_BENCH_PREPARED, .flag_only = true),
    SETTING_SWITCH_IN(struct bench_options, classic, "CLASSIC", HELP_BENCH_CLASSIC, .flag_only = true),
    SETTING_SWITCH_IN(struct bench_options, receipts, "RECEIPTS", HELP_BENCH_RECEIPTS, .flag_only = true),
    {.key = NULL},
};

static const struct setting draw[] = {
    SETTING_SWITCH_IN(struct bench_options, draw, "DRAW", HELP_BENCH_DRAW, .flag_only = true),
    SETTING_NUMBER_IN(struct bench_options, hold, "HOLD", "0", 0, POLL_MAX, HELP_BENCH_HOLD,
                      .flag_only = true),
    {.key = NULL},
};

static const struct setting polling[] = {
    SETTING_NUMBER_IN(struct bench_options, poll, "POLL", NULL, 1, POLL_MAX, HELP_BENCH_POLL,
                      .flag_only = true),
    SETTING_NUMBER_IN(struct bench_options, poll_base_ms, "POLL_BASE_MS", "1000", 1, HOUR_MS,
                      HELP_BENCH_POLL_BASE_MS, .flag_only = true),
    SETTING_NUMBER_IN(struct bench_options, poll_cap_ms, "POLL_CAP_MS", "30000", 1, HOUR_MS,
                      HELP_BENCH_POLL_CAP_MS, .flag_only = true),
    SETTING_NUMBER_IN(struct bench_options, poll_draw_ms, "POLL_DRAW_MS", "120000", 1, 24 * HOUR_MS,
                      HELP_BENCH_POLL_DRAW_MS, .flag_only = true),
    {.key = NULL},
};

static const struct setting output[] = {
    SETTING_SWITCH_IN(struct bench_options, json, "JSON", HELP_JSON, .flag_only = true),
    SETTING_SWITCH_IN(struct bench_options, csv, "CSV", HELP_BENCH_CSV, .flag_only = true),
    {.key = NULL},
};

static const struct setting_group groups[] = {
    {"The central", central, 0}, {"A central of its own", own_central, 0}, {"The load", load, 0},
    {"The draw", draw, 0},       {"Simulated polling", polling, 0},        {"Output", output, 0},
    {.settings = NULL},
};

const struct settings_command bench_command = {
    .name = "bench",
    .summary = HELP_BENCH_SUMMARY,
    .details = HELP_BENCH_DETAILS,
    .groups = groups,
};

static bool check_polling(const struct bench_options *options, struct error *error) {
    const void *const of_polling[] = {&options->poll_base_ms, &options->poll_cap_ms, &options->poll_draw_ms};
    const void *const of_load[] = {
        &options->server_address, &options->consult_address,
        &options->certificates,   &options->agencies,
        &options->bets,           &options->chunk_size,
        &options->window,         &options->rate,
        &options->threads,        &options->payload,
        &options->prepared,       &options->classic,
        &options->receipts,       &options->draw,
    };
    return options->poll != 0
               ? conflicts_check_unused(options->settings, of_load, sizeof of_load / sizeof of_load[0],
                                        "--poll simulates agencies that ask, and sends nothing", error)
               : conflicts_check_unused(options->settings, of_polling, 3, "it is of --poll", error);
}

// Some settings apply only to a central that the benchmark starts.
static bool check_self(const struct bench_options *options, struct error *error) {
    const void *const fields[] = {&options->store, &options->keep,    &options->log_level,
                                  &options->dir,   &options->program, &options->loops};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0] && !options->self; i++) {
        if (settings_is_from_flag(options->settings, fields[i])) {
            return error_set(error, ERROR_BAD_SETTING, "%s: is about a central of its own, and needs --self",
                             settings_place(options->settings, fields[i]));
        }
    }
    return true;
}

bool bench_options_check(const struct bench_options *options, struct error *error) {
    static const char own[] = "it measures either a central of its own, or that one",
                      simulated[] = "polling is simulated, without a central";
    const struct conflict conflicts[] = {
        {&options->self, &options->server_address, own},
        {&options->self, &options->consult_address, own},
        {&options->json, &options->csv, "only one of them can be printed"},
        {&options->poll, &options->self, simulated},
        {&options->poll, &options->hold, simulated},
    };
    bool draws = options->draw || options->hold > 0;
    if (!conflicts_check(options->settings, conflicts, sizeof conflicts / sizeof conflicts[0], error) ||
        !check_self(options, error) || !check_polling(options, error)) {
        return false;
    }
    return options->certificates == NULL || !draws ||
           error_set(error, ERROR_BAD_SETTING, "--tls: goes neither with --draw nor with --hold");
}
