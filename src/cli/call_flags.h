// The flags with which another command reaches the draw that this one was told of.
#ifndef QUINIELA_CLI_CALL_FLAGS_H
#define QUINIELA_CLI_CALL_FLAGS_H

#include "cli/control_call.h"

enum { CALL_FLAGS_BYTES = 2048 };

// Writes them, with a space before each, quoted as a shell wants it: --config, --store, --draw and --control,
// as far as they were given, by whatever way. Paths are absolute, and there is no password in a store's
// address: an order needs none. A value for which there is no room is "…", which no command takes.
void call_flags_write(const struct control_call_options *options, const struct settings *settings,
                      char text[CALL_FLAGS_BYTES]);

#endif
