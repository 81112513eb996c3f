// All connections of one loop: what they share, from its beginning to its end, and what is done with all of
// them.
#ifndef QUINIELA_NET_CONNECTIONS_H
#define QUINIELA_NET_CONNECTIONS_H

#include "net/connections_parts.h"

// Begins the connections of a loop; `all` has its pointers already, and zeros elsewhere. The pool outlives
// them. `handshakes_seed` as for handshakes_begin.
void connections_begin(struct connections *all, struct memory_pool *pool, uint64_t handshakes_seed);

// Closes what they share, before the loop ends; and frees it, when the loop has ended.
void connections_close(struct connections *all);
void connections_end(struct connections *all);

// Settles every connection that has changed, until none has: sends what is queued, reads or does not, and
// works out the deadline. To be called at the end of every callback of the loop.
void connections_settle(struct connections *all);

// Stops reading / finishes / ends every connection.
void connections_quiet(struct connections *all);
void connections_finish(struct connections *all);
void connections_abort(struct connections *all);

#endif
