// How a draw stands at one moment, as it is stored and as the server has heard of its agencies.
#ifndef QUINIELA_BOARD_SNAPSHOT_H
#define QUINIELA_BOARD_SNAPSHOT_H

#include "base/error.h"
#include "board/measures.h"
#include "store/rows.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

// The agencies beyond this number are counted, and have no row: the memory of a board is bounded.
enum { BOARD_ROWS_MAX = 100 * 1000 };

// Where an agency is on its way. Each is in exactly one state, the last one that holds.
enum board_agency_state {
    BOARD_WAITING,  // nothing of it is stored, and it has not ended
    BOARD_SENDING,  // something is
    BOARD_SILENT,   // likewise, but nobody has heard of it for a minute
    BOARD_FINISHED, // it has ended by its own last chunk
    BOARD_TOLD,     // it was told its winners, however it had ended
    BOARD_CUT_OFF,  // it was ended by the close, or by an order
    BOARD_AGENCY_STATES
};

struct board_agency {
    uint32_t agency;
    enum board_agency_state state;
    uint64_t bets;
    double rate;     // bets a second of late; 0 of one that has ended
    time_t heard_at; // 0: never since this server began
    char finished_at[STORE_TIME_BYTES], told_at[STORE_TIME_BYTES]; // "": not yet
    uint32_t winners;                                              // once drawn
    uint64_t version;                                              // of the snapshot in which it last changed
};

struct board_snapshot {
    bool has_draw;           // else nothing else is known but `trouble`
    struct stored_draw draw; // without its secret
    struct board_agency
        *agencies; // of number 1, 2, … up to the last one expected or stored, or BOARD_ROWS_MAX
    size_t count;
    uint64_t by_state[BOARD_AGENCY_STATES]; // of all agencies, also of those without a row here
    uint64_t missing;                       // how many of those expected have not ended
    uint64_t bets, winners;                 // winners: once drawn
    uint64_t bets_10s, bets_60s;            // stored in the last seconds; of a shared store by all servers
    uint32_t approvals_wanted, approvals;   // of a signed draw that waits for its number: papers of approvers
    bool is_shared;                         // other servers may store, too
    time_t read_at;                         // when the store was read last; 0: never
    char trouble[ERROR_TEXT_BYTES]; // why it could not be read since, as anybody may be told; "": it could
    struct board_measures measures; // of the last reading, also of one that failed
    uint64_t version;               // grows whenever anything but read_at and the measures has changed
    uint64_t whole_version;         // of the last one in which a row was gone; 0: none ever was
};

// The name of a state, as it stands in answers: "waiting", "sending", "silent", "finished", "told",
// "cut_off".
const char *board_state_name(enum board_agency_state state);

// Sets *state to the state with this name. False when there is none.
bool board_state_parse(const char *name, enum board_agency_state *state) MUST_CHECK;

// A copy, with rows of its own. NULL when there is no memory.
struct board_snapshot *board_snapshot_copy(const struct board_snapshot *snapshot);

// Frees it and its rows. NULL is fine.
void board_snapshot_free(struct board_snapshot *snapshot);

#endif
