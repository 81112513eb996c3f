// How much each agency may have with the ledger at once, on one loop. One limit is for an agency's messages
// from one address, another for all its messages, over any number of connections. Beyond that a connection
// waits for its turn, and turns go round among the agency's addresses.
//
// An agency's number comes from the certificate, or on a plain connection from the message, where anyone can
// claim any number. So some connections take turns of their own, as if they were another agency: those whose
// messages are not stored in the end, because they were stored before or are refused. In that way they do not
// hold up the connections that send bets.
//
// While a connection has messages with the ledger, it counts as what it was when the oldest of them was
// taken, because its answers must keep their order. When that would change, nothing more is taken from the
// connection until all its messages are answered.
#ifndef QUINIELA_SERVICE_LOTTERY_ADMISSION_H
#define QUINIELA_SERVICE_LOTTERY_ADMISSION_H

#include "base/attributes.h"
#include "base/fair.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A connection's part. All zeros before the first message.
struct admission_place {
    struct fair_lane *lane; // the lane it counts for; NULL before its first message
    uint64_t group;         // the lane's
    bool is_useless;        // its last chunk was refused, or nothing of it was stored
    struct fair_item turn;  // while it waits for its turn
};

// How much a message counts while it is with the ledger.
struct admission_pass {
    struct fair_lane *lane; // held; NULL: the message does not count
    uint32_t weight;
};

// What each agency has with the ledger, on one loop. NULL when out of memory. Free it with fair_free.
struct fair *admission_new(void);

// The group in which connections of an agency take turns together.
uint64_t admission_group(uint32_t agency, bool is_useless);

// Whether another message may be taken from the connection, which comes from `source`; `has_some_there`: some
// of its messages are already with the ledger. If not, it waits: for its turn (admission_next), or for the
// answers to those.
bool admission_may_go(struct fair *admission, struct admission_place *place, uint64_t source,
                      bool has_some_there);

// Whether the connection waits for its turn.
bool admission_is_waiting(const struct admission_place *place);

// Notes whether its last chunk was useless: refused, or nothing of it stored.
void admission_note_use(struct admission_place *place, bool is_useless);

// Sets the agency it counts for, while none of its messages are with the ledger.
void admission_choose(struct fair *admission, struct admission_place *place, uint64_t source,
                      uint32_t agency);

// A message of that many bytes goes to the ledger.
struct admission_pass admission_begin(const struct admission_place *place, size_t bytes);

// The message has come back. Call admission_next until it returns NULL: each connection that it returns may
// go on. After that give the pass back.
void admission_end(const struct admission_pass *pass);
struct admission_place *admission_next(const struct admission_pass *pass);
void admission_give_back(struct fair *admission, struct admission_pass *pass);

// The connection is gone. If some of its messages are still with the ledger, call this again once they have
// come back.
void admission_leave(struct fair *admission, struct admission_place *place, bool has_some_there);

#endif
