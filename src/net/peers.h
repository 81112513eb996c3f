// Who has how many connections, over all loops: when there is no room for another one, whoever has most loses
// one.
//
// A peer is who proved who it is, by a certificate, wherever it comes from; of the others it is an address
// (of IPv6 the first 64 bits, which are one network's). Many may stand behind one address, so an address's
// connections are counted by what they claim to be, too, and whoever claims what is claimed most often loses
// one. Of equals the one loses that has had so many for longest: so everybody gets in. Both are numbers of
// the service's: 0 is claimed by who has not said anything yet.
//
// Each function is for any thread. What is kept grows with the connections and with nothing else.
#ifndef QUINIELA_NET_PEERS_H
#define QUINIELA_NET_PEERS_H

#include "base/attributes.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct peers;

// Where a connection is counted: a claim of a peer. Each has a number of its own, that none has again.
struct peer_place;

// NULL when there is no memory. The caller frees it, when nobody is counted any more.
struct peers *peers_new(void);
void peers_free(struct peers *peers);

// Counts a connection from that address, which claims nothing yet. NULL when there is no memory.
struct peer_place *peers_enter(struct peers *peers, const struct in6_addr *address);

// The connection at `place` claims to be `claim`, or has proved it. Returns where it is counted now: as
// before when there is no memory.
struct peer_place *peers_move(struct peers *peers, struct peer_place *place, const struct in6_addr *address,
                              uint32_t claim, bool proven);

// The connection at `place` is gone.
void peers_leave(struct peers *peers, struct peer_place *place);

// The number of the place that loses a connection next: of the peer with most, the claim made most often.
// 0 when nobody is counted.
uint64_t peers_with_most(struct peers *peers);

// The number of a place, and how many connections its peer has.
uint64_t peers_number(const struct peer_place *place);
uint32_t peers_count(struct peers *peers, const struct peer_place *place);

// An address as one number: equal for those that count as one peer.
uint64_t peers_source(const struct in6_addr *address);

#endif
