// Which agencies were sent their winners on a connection. They have been told once these have arrived: what
// is still on its way may get lost, and then the agency asks again.
#ifndef QUINIELA_SERVICE_LOTTERY_TELLING_H
#define QUINIELA_SERVICE_LOTTERY_TELLING_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stdint.h>

struct telling; // of a connection; NULL: nothing is on its way

// Whether so many more agencies' winners may be sent before the earlier ones have arrived.
bool telling_has_room(const struct telling *telling, unsigned more);

// An agency's winners have been sent. False when out of memory.
bool telling_add(struct telling **telling, uint32_t agency) MUST_CHECK;

// All that was sent has arrived: takes one of those agencies. When none is left it returns false, frees
// *telling and nulls it.
bool telling_take(struct telling **telling, uint32_t *agency);

// The connection is gone, and nobody knows what has arrived.
void telling_drop(struct telling **telling);

#endif
