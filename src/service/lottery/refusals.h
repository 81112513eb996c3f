// The one place where refused messages are logged and counted.
#ifndef QUINIELA_SERVICE_LOTTERY_REFUSALS_H
#define QUINIELA_SERVICE_LOTTERY_REFUSALS_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct connection;

// A message of the connection, for that agency, is refused; 0: nobody knows which. Not for chunks.
void refusals_log(const struct connection *connection, uint32_t agency, const struct error *error);

// A chunk of so many bets is refused. For any thread.
void refusals_log_chunk(uint64_t source, uint32_t agency, uint32_t bets, const struct error *error);

// A message is refused that a log would only be filled with.
void refusals_count(void);

// The connection is answered with that error. Returns whether it was refused as often in a row as is allowed:
// then nothing more is to be taken from it.
bool refusals_are_too_many(struct connection *connection, const struct error *error);

// A message of the connection was good.
void refusals_forget(struct connection *connection);

#endif
