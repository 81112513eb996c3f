// How much each agency may have with the ledger at once, on one loop: a number of messages of one agency from
// one address, and a number of the agency in all, over however many connections. Beyond that a connection
// waits for its turn, and turns go round among the agency's addresses.
//
// An agency's number is that of the certificate, or in plain text that of the message, where anybody can
// claim any. So connections whose messages are not stored in the end, because they were stored before or are
// refused, take turns of their own, as if they were another agency: they do not hold up those who send bets.
//
// A connection counts as what it was at its oldest message with the ledger, as its answers must keep their
// order. When that changes, nothing more is taken from it until all of them are answered.
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

// What each agency has with the ledger, on one loop. NULL when out of memory. fair_free frees it.
struct fair *admission_new(void);

// The group in which connections of an agency take turns together.
uint64_t admission_group(uint32_t agency, bool is_useless);

// Whether another message may be taken from the connection, which comes from `source`, and of which something
// is with the ledger already, or not. When not, it waits: for its turn (admission_next), or for those
// answers.
bool admission_may_go(struct fair *admission, struct admission_place *place, uint64_t source,
                      bool has_some_there);

// Whether it waits for its turn.
bool admission_is_waiting(const struct admission_place *place);

// Notes whether its last chunk was of no use: nothing of it was stored, or it was refused.
void admission_note_use(struct admission_place *place, bool is_useless);

// Says which agency it counts for, while nothing of it is with the ledger.
void admission_choose(struct fair *admission, struct admission_place *place, uint64_t source,
                      uint32_t agency);

// A message of so many bytes goes to the ledger.
struct admission_pass admission_begin(const struct admission_place *place, size_t bytes);

// It has come back. Each connection that admission_next returns, until NULL, may go on; then the pass is
// given back.
void admission_end(const struct admission_pass *pass);
struct admission_place *admission_next(const struct admission_pass *pass);
void admission_give_back(struct fair *admission, struct admission_pass *pass);

// The connection is gone. If something of it is still with the ledger, this is called again when that has
// come back.
void admission_leave(struct fair *admission, struct admission_place *place, bool has_some_there);

#endif
