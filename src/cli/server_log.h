// What the server logs about its own start.
#ifndef QUINIELA_CLI_SERVER_LOG_H
#define QUINIELA_CLI_SERVER_LOG_H

#include "cli/server_options.h"
#include "net/net.h"

// Sets the level, and logs the settings and the keys of the file that are unknown.
void server_log_begin(const struct server_options *options);

void server_log_listening(const struct server_options *options, const struct net *net);

void server_log_no_start(const struct error *error);

#endif
