// Which agencies were sent their winners on a connection. They have been told once the winners have arrived:
// bytes on their way may get lost, and then the agency asks again.
#ifndef QUINIELA_SERVICE_LOTTERY_TELLING_H
#define QUINIELA_SERVICE_LOTTERY_TELLING_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stdint.h>

struct telling; // of a connection; NULL: nothing is on its way

// Whether the winners of `more` agencies may be sent before the earlier ones have arrived.
bool telling_has_room(const struct telling *telling, unsigned more);

// An agency's winners have been sent. False when out of memory.
bool telling_add(struct telling **telling, uint32_t agency) MUST_CHECK;

// Everything sent has arrived: takes one of those agencies. When none is left, returns false, frees *telling
// and nulls it.
bool telling_take(struct telling **telling, uint32_t *agency);

// The connection is gone, so it is unknown what has arrived.
void telling_drop(struct telling **telling);

#endif
