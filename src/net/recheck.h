// After a reload of the certificates and the revocation list: whoever is connected is looked at again, each
// before anything more is heard from it or sent to it, and all of them soon.
#ifndef QUINIELA_NET_RECHECK_H
#define QUINIELA_NET_RECHECK_H

#include "net/connection_parts.h"

// Whether the peer of an open connection is still good; always, if it is plain. If not, that is counted and
// told, and the caller closes the connection.
bool recheck_one(struct connection *connection);

// Closes those of the loop's connections that are no longer good. Returns whether it has to run again, as
// there are more than can be looked at at once.
bool recheck_all(struct connections *all);

#endif
