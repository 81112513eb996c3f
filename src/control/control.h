// The lever of a running server: a Unix socket on which its owner gives it orders, and gets an answer to
// each. Everything is on one loop, the main thread's; what changes the draw goes through the ledger's thread.
//
//   control_open → control_start → control_quiet → control_settle → control_close
#ifndef QUINIELA_CONTROL_CONTROL_H
#define QUINIELA_CONTROL_CONTROL_H

#include "control/options.h"

struct audit;
struct control;
struct worker;

// Takes over the socket, also when this fails. Nobody is let in before control_start: who connects waits. On
// success the caller owns *control. ERROR_NO_MEMORY, ERROR_SYSTEM.
bool control_open(const struct control_options *options, struct control **control,
                  struct error *error) MUST_CHECK;

// Lets connections in once the loop runs. Orders go to `worker`, and are recorded in `audit` (or NULL); both
// stay until control_settle. ERROR_SYSTEM.
bool control_start(struct control *control, struct worker *worker, struct audit *audit,
                   struct error *error) MUST_CHECK;

// Removes the socket's file, and takes no further connections and orders. What is under way goes on. NULL:
// does nothing.
void control_quiet(struct control *control);

// Records and answers the orders that the ledger has answered; call it once the worker is stopped, with the
// loop at rest. NULL: does nothing.
void control_settle(struct control *control);

// Closes every connection. The memory is freed as the loop closes its handles. Sets the caller's pointer to
// NULL; NULL: does nothing.
void control_close(struct control **control);

#endif
