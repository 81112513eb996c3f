// Which agencies have been sent their winners on a connection. They have been told when these have arrived
// there: what is only on its way may never come, and then the agency asks again.
#ifndef QUINIELA_SERVICE_LOTTERY_TELLING_H
#define QUINIELA_SERVICE_LOTTERY_TELLING_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stdint.h>

struct telling; // of a connection; NULL: nobody was sent any since the last arrival

// Whether so many more agencies' winners may be sent before those that were have arrived.
bool telling_has_room(const struct telling *telling, unsigned more);

// An agency's winners have been sent. False when there is no memory.
bool telling_add(struct telling **telling, uint32_t agency) MUST_CHECK;

// All that was sent has arrived: takes one of those agencies. False, and *telling is freed and NULL, when
// there is none left.
bool telling_take(struct telling **telling, uint32_t *agency);

// The connection is gone, and nobody knows what has arrived.
void telling_drop(struct telling **telling);

#endif
