// After a reload of the certificates and the revocation list, connected peers are checked again: each before
// anything more is read from it or sent to it, and all of them soon.
#ifndef QUINIELA_NET_RECHECK_H
#define QUINIELA_NET_RECHECK_H

#include "net/connection_parts.h"

// Whether the peer of an open connection is still good; always true for a plain one. If it is not, that is
// counted and reported, and the caller closes the connection.
bool recheck_one(struct connection *connection);

// Closes the loop's connections that are no longer good, checking as many as it can in one go.
void recheck_all(struct connections *all);

// Whether some are still unchecked: then recheck_all has to run again.
bool recheck_is_needed(const struct connections *all);

// Frees what rechecking keeps, at the loop's end.
void recheck_end(struct connections *all);

#endif
