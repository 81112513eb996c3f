// A client that speaks only the classic part of the protocol: one chunk at a time, without `first`. It asks
// for the winners on the same connection. It cannot send again, so its wires are never cut. When the central
// fails it, it vanishes with everything in transit, and one of our clients takes over.
#ifndef QUINIELA_TESTS_SIM_CLASSIC_H
#define QUINIELA_TESTS_SIM_CLASSIC_H

#include <stdbool.h>
#include <stdint.h>

void classic_begin(void);

// Soon starts one for the agency. `over` is called when it has been told its winners, or has failed.
void classic_start(uint32_t agency, void (*over)(void *context), void *context);

// Whether it works for that agency.
bool classic_is_busy(uint32_t agency);

#endif
