// What a ledger has in memory: the draw and its agencies, as they are stored as far as this server knows; and
// the group that is open at the store.
#ifndef QUINIELA_LEDGER_STATE_H
#define QUINIELA_LEDGER_STATE_H

#include "bet/limits.h"
#include "ledger/options.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct listings;
struct row_cache;

struct agency {
    struct stored_agency row; // with the open group's changes; its checksum is 0 while none is stored
    uint32_t largest; // bytes of the largest of its chunks that this server has stored or read again; 0: none
    bool touched;     // the open group changes its row
};

// What belongs to the group that is open at the store. Changed by open_group.h; `touched`, by state_touch.
struct open_group {
    bool is_begun;
    bool appends;       // it adds bets
    uint32_t finishing; // how many agencies finish with it
    uint32_t *touched;  // [agency_places]: the agencies whose rows it changes
    uint32_t touched_count;
};

// What group.c knows of the requests in hand, which may take several groups at the store. Begins zeroed with
// each of them.
struct in_hand {
    bool seals;      // the draw was sealed with them (open_group.h)
    bool has_looked; // they have had the stored draw looked at (decide.c)
};

// What the last load has found (load.h), and the next one has to know.
struct loaded {
    uint32_t rows, last_row; // how many agencies had a row, and the last one's number
    uint64_t bets;           // of all of them
    bool is_logged;          // what the store held when it was first opened
    bool has_terms; // the settings of this start have had their say: from now on what is stored holds
    bool locks;     // the load in hand keeps other servers from changing the draw, as it may change it itself
};

struct ledger {
    struct ledger_options options;
    char draw_name[DRAW_NAME_BYTES_MAX + 1];
    struct store *store; // NULL after a failure, until it has been opened again
    bool is_shared;      // other servers may change what is stored
    struct stored_draw draw;
    bool draw_is_stored;     // as it is in `draw`
    struct agency *agencies; // [agency_places]; 0 is nobody
    size_t agency_places;    // draw.agencies + 1
    uint32_t finished, told; // how many agencies
    struct open_group open_group;
    struct in_hand in_hand;
    struct loaded loaded;
    bool failing;            // nothing has been stored since the store failed (trial.h)
    size_t failed_bytes;     // how much was to be stored then, at most
    int careful;             // so many groups lock their agencies before they are decided on
    bool all_told;           // options.all_told has been called
    struct winners *winners; // once drawn
    struct row_cache *cache; // stored chunks, of groups that were committed or may still be
    struct listings *listings;
};

static inline bool agency_has_finished(const struct agency *agency) {
    return agency->row.finished_at[0] != '\0';
}

static inline bool agency_is_told(const struct agency *agency) {
    return agency->row.told_at[0] != '\0';
}

// Makes room for as many agencies as the draw has, and keeps what is known of those that stay.
// ERROR_NO_MEMORY.
bool state_resize(struct ledger *ledger, struct error *error) MUST_CHECK;

// Forgets of the agencies all that the store knows better. As state_resize.
bool state_forget(struct ledger *ledger, struct error *error) MUST_CHECK;

// Takes an agency's row over as it is stored (a store_each_agency; the context is the ledger).
// ERROR_STORE_FAILED when the draw has no such agency.
bool state_take_agency(void *context, const struct stored_agency *stored, struct error *error);

// Says that the open group changes the agency's row.
void state_touch(struct ledger *ledger, uint32_t number);

// Whether every agency of the draw has finished, as far as this server knows.
bool state_all_finished(const struct ledger *ledger);

// Moves a draw on to its next state, in memory: the only function that does.
void state_move_draw(struct stored_draw *draw, enum draw_state to);

#endif
