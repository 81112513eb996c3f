// Consultations that are held until the draw, and the connections that they came on.
#ifndef QUINIELA_SERVICE_LOTTERY_WAITING_H
#define QUINIELA_SERVICE_LOTTERY_WAITING_H

#include "base/attributes.h"
#include "base/list.h"
#include "service/lottery/wanted.h"

#include <stdbool.h>
#include <stdint.h>

// A connection's part. All zeros: nothing is held for it.
struct waiting_place {
    struct list_node node; // in its loop's list, while something is held
    struct list_head held; // its consultations, in the order in which they came
    unsigned count;
};

// One of them.
struct consultation {
    uint32_t agency;
    struct proofs_wanted wants; // `shown` belongs to whoever has the consultation
};

// Holds a consultation of the connection at `place`, and takes over what it has; `waiting` is the list of its
// loop's waiting connections. False when out of memory.
bool waiting_hold(struct list_head *waiting, struct waiting_place *place,
                  const struct consultation *consultation) MUST_CHECK;

// Whether a consultation of that agency waits on the connection.
bool waiting_has(const struct waiting_place *place, uint32_t agency);

// Takes the next waiting connection, NULL when there is none. What was held for it is moved to *held, for
// waiting_take.
struct waiting_place *waiting_next(struct list_head *waiting, struct list_head *held);

// Takes the oldest consultation out of `held`. False when there is none.
bool waiting_take(struct list_head *held, struct consultation *consultation);

// Takes the oldest consultation of a waiting connection that a seal is for: one that asks for it, or has
// shown one before there was any. False when there is none.
bool waiting_take_sealed(struct list_head *waiting, struct waiting_place *place,
                         struct consultation *consultation);

// The connection no longer waits; what was held for it is forgotten.
void waiting_drop(struct list_head *waiting, struct waiting_place *place);

#endif
