// The server's options. Its table of settings (server_options.c) fills them in.
#ifndef QUINIELA_CLI_SERVER_OPTIONS_H
#define QUINIELA_CLI_SERVER_OPTIONS_H

#include "cli/choices.h"
#include "cli/control_options.h"
#include "cli/http_options.h"
#include "cli/log_options.h"
#include "cli/sign_options.h"
#include "cli/store_options.h"
#include "cli/tls_options.h"
#include "store/rows.h"

struct server_options {
    struct settings *settings; // where each value was set

    const char *config; // path, or NULL
    enum service service;

    // Listening.
    const char *ip; // NULL: every address
    uint16_t port, consult_port;
    uint16_t listen_backlog;
    int loops; // 0 when not set: see loops.h

    // The draw.
    uint32_t agencies;            // not set: see server_options_agencies
    uint16_t winning_number;      // nobody's unless number_mode is NUMBER_FIXED
    enum number_mode number_mode; // how a new draw gets its number
    const char *close_at;         // when the draw is closed, whoever has not finished; or NULL
    bool change, once, upgrade;

    struct store_options store;
    struct sign_options sign;
    struct tls_files tls;
    bool insecure;

    // Limits; 0 is none.
    uint64_t message_timeout_ms, send_timeout_ms, idle_timeout_ms, handshake_timeout_ms;
    uint32_t connections_max, refusals_max;
    size_t memory_max; // bytes

    struct log_options log;
    const char *audit_log; // path, or NULL
    struct control_settings control;
    struct http_settings http; // the board

    // Privileges.
    const char *run_as; // user, or NULL
    enum sandbox sandbox;
};

extern const struct settings_command server_command;

// How many agencies a new draw is for: AGENCIES, or SERVER_LISTEN_BACKLOG when that is not set.
uint32_t server_options_agencies(const struct server_options *options);

// Whether WINNING_NUMBER is set, and not only its default.
bool server_options_gives_number(const struct server_options *options);

#endif
