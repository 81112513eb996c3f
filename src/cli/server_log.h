// What the server logs about its own start.
#ifndef QUINIELA_CLI_SERVER_LOG_H
#define QUINIELA_CLI_SERVER_LOG_H

#include "cli/server_options.h"
#include "net/net.h"

// Has the log be as the options say, and logs the settings and the keys of the file that are unknown. Errors
// are those of log_options_apply.
bool server_log_begin(const struct server_options *options, struct error *error) MUST_CHECK;

// Logs where the server listens: its address and ports, as they were bound.
void server_log_listening(const struct server_options *options, const struct net *net);

// Logs why the server does not start. Whoever has started it is told, too, where the log goes to a file.
void server_log_no_start(const struct server_options *options, const struct error *error);

// Logs a warning when the stored draw waits for no agency at all.
void server_log_no_agencies(uint32_t agencies);

// Logs a warning when a setting gives the number, so that it is known before the bets.
void server_log_known_number(const struct server_options *options);

#endif
