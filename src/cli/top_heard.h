// When the servers on this machine have last heard of the agencies that have not come to their end.
#ifndef QUINIELA_CLI_TOP_HEARD_H
#define QUINIELA_CLI_TOP_HEARD_H

#include "cli/control_call.h"
#include "cli/top_facts.h"

// Sets `silent_s` of those agencies where a server knows it, the first 32,000 of them or so. Where no server
// answers nothing is set.
void top_heard_ask(const struct control_call_options *options, struct top_facts *facts);

#endif
