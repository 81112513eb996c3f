// How much of the ledger's work each agency may have asked for at once on a loop: so many messages of one
// agency from one address, and so many of the agency in all, however many connections bring them. Who comes
// with more waits for its turn, and turns go round among the agency's addresses.
//
// An agency's number is what the certificate says, or in plain text the message: there anybody can say any.
// So those who send what is not stored in the end, as it was stored before or is refused, have turns of their
// own, as if they were another agency: they do not hold up those who send bets.
//
// A connection counts for what it is at its oldest message that is with the ledger, as its answers must keep
// their order. When that has changed, no more is taken until all are answered.
#ifndef QUINIELA_SERVICE_LOTTERY_ADMISSION_H
#define QUINIELA_SERVICE_LOTTERY_ADMISSION_H

#include "base/attributes.h"
#include "base/fair.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A connection's part. All zeros before its first message.
struct admission_place {
    struct fair_lane *lane; // that it counts for; NULL before its first message
    uint64_t group;         // the lane's
    bool is_useless;        // nothing was stored of its last chunk, or it was refused
    struct fair_item turn;  // while it waits for its turn
};

// What a message counts for while it is with the ledger.
struct admission_pass {
    struct fair_lane *lane; // held; NULL: for nothing
    uint32_t weight;
};

// What each agency has with the ledger, on one loop. NULL when there is no memory. fair_free ends it.
struct fair *admission_new(void);

// The group of those of an agency that have turns together.
uint64_t admission_group(uint32_t agency, bool is_useless);

// Whether another message may be taken of the connection at `place`, which comes from `source` and has
// messages with the ledger already, or not. When not, it waits: for its turn (admission_next), or for the
// answers to those messages.
bool admission_may_go(struct fair *admission, struct admission_place *place, uint64_t source,
                      bool has_some_there);

// Whether it waits for its turn.
bool admission_is_waiting(const struct admission_place *place);

// Before its first message: which agency it counts for.
void admission_choose(struct fair *admission, struct admission_place *place, uint64_t source,
                      uint32_t agency);

// A message of so many bytes goes to the ledger.
struct admission_pass admission_begin(const struct admission_place *place, size_t bytes);

// It has come back. Whoever is returned next, until NULL, may send; then the pass is given back.
void admission_end(const struct admission_pass *pass);
struct admission_place *admission_next(const struct admission_pass *pass);
void admission_give_back(struct fair *admission, struct admission_pass *pass);

// The connection is gone, and nothing of it is with the ledger any longer, or some still is: then this is
// called again when that has come back.
void admission_leave(struct fair *admission, struct admission_place *place, bool has_some_there);

#endif
