// The options of an agency's client. Its table of settings (client_options.c) fills them in.
#ifndef QUINIELA_CLI_CLIENT_OPTIONS_H
#define QUINIELA_CLI_CLIENT_OPTIONS_H

#include "agency/address.h"
#include "bet/limits.h"
#include "cli/choices.h"
#include "cli/log_options.h"
#include "cli/tls_options.h"

#include <limits.h>

struct client_options {
    struct settings *settings; // where each value was set

    const char *config; // path, or NULL
    enum service service;
    uint32_t agency; // 0 when not set

    // The central; lists of addresses.
    const char *server_address, *consult_address; // consult_address: NULL when it is the same connection
    uint64_t answer_timeout_ms;                   // 0: none

    // Sending.
    const char *data_dir;
    uint32_t chunk_size, window;
    bool strict, check, poll, winners;
    const char *winners_file; // path, or NULL
    bool json;                // of `quiniela doctor` alone

    // What the central signs: its key, and where receipts are kept; NULL when not set.
    const char *central_key, *receipts;

    // The echo's loop.
    int64_t loop_amount, loop_lapse_ms; // each counts only when set
    int64_t loop_period_ms;

    // One bet, field by field in a bet's order; NULL when not set.
    const char *bet[BET_FIELDS];

    struct tls_files tls;
    struct log_options log;
    enum sandbox sandbox;
};

// The doctor has the client's settings, and JSON.
extern const struct settings_command client_command, doctor_command;

// Reads the addresses of a list: `list` is a field of the options. ERROR_BAD_SETTING, naming the place and
// the address.
bool client_options_addresses(const struct client_options *options, const char *const *list,
                              struct addresses *addresses, struct error *error) MUST_CHECK;

// Writes the path of the agency's file of bets.
void client_options_bets_path(const struct client_options *options, char path[PATH_MAX]);

#endif
