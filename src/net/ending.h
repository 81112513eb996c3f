// How a connection ends (connection_finish and connection_abort are in net/connection.h), and what is counted
// and reported when the service does not end it.
#ifndef QUINIELA_NET_ENDING_H
#define QUINIELA_NET_ENDING_H

#include "net/connection_parts.h"

// Counts the reason; the caller ends the connection.
void ending_note(const struct connection *connection, enum close_reason reason);

// Closes the connection and counts the reason.
void ending_evict(struct connection *connection, enum close_reason reason);

// The same for a handshake, whose `failure` the service is told. Does nothing if it is closed already.
void ending_evict_handshake(struct connection *connection, enum close_reason reason, const char *failure);

// Closes the connection because there is no memory for what it needs, or to free what it holds, and counts
// that; the service is told of a handshake, also of one that waits for its turn. Does nothing if it is closed
// already.
void ending_for_memory(struct connection *connection);

// TLS has failed: counts that and tells the service. The caller ends the connection.
void ending_refuse(struct connection *connection, enum tls_failure failure, const char *reason);

// The peer sends nothing more.
void ending_peer_ended(struct connection *connection);

// The socket has failed.
void ending_lost(struct connection *connection);

// Everything that was queued has left and the connection is finishing: sends our end, or waits for the peer.
void ending_all_sent(struct connection *connection);

// Checks the connections with bytes on their way, and closes those that were kept only to await arrival.
void ending_sweep_arrivals(struct connections *all);

#endif
