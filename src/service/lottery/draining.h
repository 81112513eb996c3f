// What becomes of a connection while the server drains: its next message is its last one. A chunk with
// `first` is refused with ERROR_DRAINING, as such a client comes back with it, or takes it to another server.
// Any other is taken as always, as old clients take every error for good. Then, once nothing is with the
// ledger, the connection ends.
#ifndef QUINIELA_SERVICE_LOTTERY_DRAINING_H
#define QUINIELA_SERVICE_LOTTERY_DRAINING_H

#include "base/error.h"

#include <stdbool.h>

struct connection;
struct message;

// Whether a message that has come may be taken. If not, `error` is ERROR_DRAINING. Notes what it says about
// its client.
bool draining_may_take(struct connection *connection, const struct message *message, struct error *error);

// Sets `error` to ERROR_DRAINING. Returns false.
bool draining_refuse(struct error *error);

#endif
