// All connections of one loop: the parts that they share, from beginning to end, and operations on all of
// them.
#ifndef QUINIELA_NET_CONNECTIONS_H
#define QUINIELA_NET_CONNECTIONS_H

#include "net/connections_parts.h"

// Begins the connections of a loop; `all` has its pointers already, and zeros elsewhere. The pool outlives
// them. `handshakes_seed` as for handshakes_begin.
void connections_begin(struct connections *all, struct memory_pool *pool, uint64_t handshakes_seed);

// Closes the shared parts before the loop ends; connections_end frees them once it has ended.
void connections_close(struct connections *all);
void connections_end(struct connections *all);

// Settles every changed connection until none is left: sends what is queued, starts or stops reading, and
// works out the deadline. Call this at the end of every callback of the loop.
void connections_settle(struct connections *all);

// Tells the service of every open connection that the server drains; finishes those on which nothing is under
// way.
void connections_drain(struct connections *all);
void connections_finish_silent(struct connections *all);

// Stops reading, finishes or ends every connection.
void connections_quiet(struct connections *all);
void connections_finish(struct connections *all);
void connections_abort(struct connections *all);

#endif
