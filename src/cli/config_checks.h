// What the settings of server and client name, checked without opening anything for writing.
#ifndef QUINIELA_CLI_CONFIG_CHECKS_H
#define QUINIELA_CLI_CONFIG_CHECKS_H

#include "cli/client_options.h"
#include "cli/config_report.h"
#include "cli/server_options.h"

// Add what is wrong to the report.
void config_checks_server(const struct server_options *options, struct config_report *report);
void config_checks_client(const struct client_options *options, struct config_report *report);

#endif
