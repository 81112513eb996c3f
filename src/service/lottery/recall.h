// An agency that was reset while it waits for the draw: its connections are ended, so that its client comes
// back and learns it. Only of clients that say they do: others would take the end for a failure.
#ifndef QUINIELA_SERVICE_LOTTERY_RECALL_H
#define QUINIELA_SERVICE_LOTTERY_RECALL_H

#include "service/lottery/state.h"

// The agency was reset; 0: some agency was, by another server. For any thread, once the loops run. Without
// memory its client learns it when it comes back by itself.
void recall_agency(struct lottery *lottery, uint32_t agency);

// Ends the loop's connections on which agencies wait that were reset since the last call.
void recall_end_connections(struct lottery_loop *loop);

// Frees what has not been taken.
void recall_forget(struct lottery_loop *loop);

#endif
