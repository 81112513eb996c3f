// How a connection ends (connection_finish and connection_abort are in net/connection.h), and what is counted
// and told when somebody else ends it.
#ifndef QUINIELA_NET_ENDING_H
#define QUINIELA_NET_ENDING_H

#include "net/connection_parts.h"

// Closes it for that reason, which is counted.
void ending_evict(struct connection *connection, enum close_reason reason);

// The same where it is a handshake, of which the service is told `failure`. Nothing if it is closed already.
void ending_evict_handshake(struct connection *connection, enum close_reason reason, const char *failure);

// TLS has failed: counts that and tells the service. It is the caller who ends the connection.
void ending_refuse(struct connection *connection, enum tls_failure failure, const char *reason);

// The peer sends nothing more.
void ending_peer_ended(struct connection *connection);

// The socket has failed.
void ending_lost(struct connection *connection);

// Everything that was queued has left, and the connection is finishing: our end is next, or it waits for the
// peer.
void ending_all_sent(struct connection *connection);

// Looks at the connections whose bytes are on their way, and closes those that were only kept for that.
void ending_sweep_arrivals(struct connections *all);

#endif
