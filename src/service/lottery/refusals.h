// The one place where refused messages are logged and counted.
#ifndef QUINIELA_SERVICE_LOTTERY_REFUSALS_H
#define QUINIELA_SERVICE_LOTTERY_REFUSALS_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct connection;

// A message of the connection is refused, for that agency (0: unknown). Not for chunks.
void refusals_log(const struct connection *connection, uint32_t agency, const struct error *error);

// A chunk of that many bets is refused. For any thread.
void refusals_log_chunk(uint64_t source, uint32_t agency, uint32_t bets, const struct error *error);

// Counts a message refused with that error. For one that is not worth a log line; the others do it
// themselves.
void refusals_count(const struct error *error);

// The connection is answered with that error. Returns whether it has now been refused the maximum number of
// times in a row: then take nothing more from it.
bool refusals_are_too_many(struct connection *connection, const struct error *error);

// A message of the connection was good.
void refusals_forget(struct connection *connection);

#endif
