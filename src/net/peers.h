// How many connections each peer has, over all loops. When there is no room for another one, the peer with
// the most loses one.
//
// A peer is an identity proved by a certificate, from any address; without a certificate, a peer is an
// address (for IPv6 the first 64 bits, which belong to one network). Many agencies may share an address, so
// its connections are also counted by what they claim to be, and the most frequent claim loses one. Of
// equals, the one that reached its count first loses: in this way every peer gets in. Identities and claims
// are the service's own numbers; 0 is the claim of a connection that has sent nothing yet.
//
// Any thread may call each function. Memory grows only with the number of connections.
#ifndef QUINIELA_NET_PEERS_H
#define QUINIELA_NET_PEERS_H

#include "base/attributes.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct peers;

// Where a connection is counted: one claim of one peer. Each place has a number, which is never reused.
struct peer_place;

// NULL when there is no memory. The caller frees it once no connection is counted.
struct peers *peers_new(void);
void peers_free(struct peers *peers);

// Counts a connection from `address`, which claims nothing yet. NULL when there is no memory.
struct peer_place *peers_enter(struct peers *peers, const struct in6_addr *address);

// The connection at `place` claims to be `claim`, or has proved it. Returns where it is counted now; that
// does not change when there is no memory.
struct peer_place *peers_move(struct peers *peers, struct peer_place *place, const struct in6_addr *address,
                              uint32_t claim, bool proven);

// The connection at `place` is gone.
void peers_leave(struct peers *peers, struct peer_place *place);

// The number of the place that loses a connection next: the most frequent claim of the peer with the most
// connections. 0 when no connection is counted.
uint64_t peers_with_most(struct peers *peers);

// A place's number, and how many connections its peer has.
uint64_t peers_number(const struct peer_place *place);
uint32_t peers_count(struct peers *peers, const struct peer_place *place);

// An address as a number: equal for addresses that count as one peer.
uint64_t peers_source(const struct in6_addr *address);

#endif
