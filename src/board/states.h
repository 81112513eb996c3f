// Where an agency is on its way, and what a draw waits for.
#ifndef QUINIELA_BOARD_STATES_H
#define QUINIELA_BOARD_STATES_H

#include "board/snapshot.h"

// The state of an agency whose row is stored, or of one without a row, whose times are "" then. `is_quiet`:
// nobody has heard of it for PULSE_SILENT_S.
enum board_agency_state board_state_of(const struct stored_agency *agency, bool is_quiet);

// What the draw waits for: "agencies"; "seal", of a signed draw that is sealed, to be computed; "number",
// "approvals" or "pulse", which people give; "draw", which the server is about to make; "telling", somebody
// has not been told yet; "fork", another seal was seen, and no server draws; "nothing".
const char *board_waits_for(const struct board_snapshot *snapshot);

// How many agencies have finished: those that were told, too.
uint64_t board_finished(const struct board_snapshot *snapshot);

#endif
