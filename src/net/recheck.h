// After a reload of the certificates and the revocation list: whoever is connected is looked at again, each
// before anything more is heard from it or sent to it, and all of them soon.
#ifndef QUINIELA_NET_RECHECK_H
#define QUINIELA_NET_RECHECK_H

#include "net/connection_parts.h"

// Whether the peer of an open connection is still good; always, if it is plain. If not, that is counted and
// told, and the caller closes the connection.
bool recheck_one(struct connection *connection);

// Closes those of the loop's connections that are no longer good, of as many as can be looked at at once.
void recheck_all(struct connections *all);

// Whether there are more to look at: recheck_all has to run again.
bool recheck_is_needed(const struct connections *all);

// Frees what is kept for that, at the loop's end.
void recheck_end(struct connections *all);

#endif
