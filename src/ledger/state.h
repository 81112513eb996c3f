// What a ledger has in memory: the draw and its agencies, stored as far as this server knows; and the
// store's open group.
#ifndef QUINIELA_LEDGER_STATE_H
#define QUINIELA_LEDGER_STATE_H

#include "bet/limits.h"
#include "ledger/cutoff_clock.h"
#include "ledger/limits.h"
#include "ledger/options.h"
#include "ledger/sealing_state.h"
#include "ledger/signed_draw.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct listings;
struct row_cache;

// Changed by the functions below, and by no others.
struct agency {
    struct stored_agency row; // with the open group's changes; its checksum is 0 while none is stored
    uint32_t largest; // bytes of the largest chunk of it that was sent to this server or read again; 0: none.
                      // The store may have joined smaller ones (STORE_JOINED_BYTES_MAX)
    bool touched;     // the open group changes its row
    bool is_known;    // of a shared store: `row` has been read since the ledger last had to forget it
};

// What agencies have been told is first known here, and nobody will report it again. So it is remembered
// until it is stored. Changed by the functions below, and by no others.
struct told_notes {
    struct told_note {
        uint32_t agency;
        char told_at[STORE_TIME_BYTES];
    } notes[GROUP_CHUNKS_MAX]; // what is told with a group is stored with it, or with the next load
    size_t count;
};

// The state of the store's open group. Changed by open_group.h.
struct open_group {
    bool is_begun;              // at the store
    bool is_due;                // it changes something
    bool takes;                 // it takes what an agency has sent: bets, or its end
    uint32_t finishing;         // how many agencies finish with it
    bool closes;                // they do as the draw is closed
    bool seals;                 // it seals the draw
    struct stored_chunk *added; // [GROUP_CHUNKS_MAX] or NULL: chunks that the store does not have yet
    size_t added_count;
};

// The agencies whose rows the open group changes. Changed by the functions below, and by no others.
struct touched {
    uint32_t *numbers; // [agency_places]
    uint32_t count;
};

// What is known of the current requests together. Changed by in_hand.h.
struct in_hand {
    bool sealed;     // the draw was sealed, and that is stored, and not told yet
    bool has_looked; // the stored draw was checked for them
};

// A seal and a draw that may be stored: their times, or "". Changed by unknown.h.
struct unknown {
    char sealed_at[STORE_TIME_BYTES], drawn_at[STORE_TIME_BYTES];
    uint64_t bets; // of the draw
};

// What is known of a store that has failed, until something is stored. All zeros otherwise. Changed by
// trial.h.
struct trial {
    bool has_failed;
    size_t failed_bytes; // how many of a group it failed to store, at most
    size_t passed_bytes; // for how many a trial has found room since; 0: none has
    uint64_t next_ms;    // of a shared store: no trial before that, by the steady clock
};

// Results of the last load that the next one needs. Changed by load.h; its counts start over in state_forget.
struct loaded {
    uint32_t rows, last_row; // how many agencies had a row, and the last one's number
    uint64_t bets;           // of all agencies
    bool is_logged;          // the store's first contents are in the log
    bool has_terms;          // this start's settings have been applied: from now on the stored terms count
    bool locks;              // this load may change the draw, so it keeps other servers from changing it
};

// Of a shared store: what all agencies came to when they were last counted, for a time when they cannot be.
// Changed by the functions below; `bets` by group.c, too, which adds what this server stores.
struct counted {
    char at[STORE_TIME_BYTES];
    uint64_t bets;
    uint32_t finished, told;             // how many agencies
    uint32_t known_finished, known_told; // as the ledger had them then; what it knows more is of later
};

struct ledger {
    // Set by ledger_open, and not changed afterwards.
    struct ledger_options options;
    char draw_name[DRAW_NAME_BYTES_MAX + 1];
    // Changed by access.h.
    struct store *store; // NULL after a failure, until it has been reopened
    // Changed by load.h: `draw` by terms.h, too, and by those who store it (open_group.h, trial.h, work.h,
    // changing.h, resetting.h).
    bool is_shared; // other servers may change what is stored
    struct stored_draw draw;
    bool draw_is_stored;            // as it is in `draw`
    struct signed_draw signed_draw; // changed by signing.h
    struct sealing sealing;         // changed by sealing_show.h and sealing.h
    // Changed by the functions below, and by no others.
    struct agency *agencies; // [agency_places]; 0 is nobody
    size_t agency_places;    // draw.agencies + 1
    uint32_t finished, told; // how many agencies
    struct touched touched;
    struct told_notes told_notes;
    // Each has an owner, named with its struct.
    struct open_group open_group;
    struct in_hand in_hand;
    struct unknown unknown;
    struct loaded loaded;
    struct counted counted;
    // Changed by trial.h.
    struct error erased; // access.h's: its code is ERROR_DRAW_ERASED once the draw was
    bool failing;        // it has failed, and not proved since that it is good
    const char *failure; // why it failed last: the error's cause; NULL while it does not
    struct trial trial;
    struct cutoff_clock cutoff_clock; // changed by cutoff.h
    // Changed by group.h and known.h.
    int careful; // how many more groups lock their agencies before they are decided on
    // Changed by notes.h.
    bool all_told;      // options.all_told has been called
    bool drawn_is_told; // so has options.drawn
    // Set once drawn: by work.h on the server that makes the draw, by load.h on any other.
    struct winners *winners;
    struct row_cache *cache; // stored chunks, of groups that were committed or may still be
    struct listings *listings;
};

static inline bool agency_has_finished(const struct agency *agency) {
    return agency->row.finished_at[0] != '\0';
}

static inline bool agency_is_told(const struct agency *agency) {
    return agency->row.told_at[0] != '\0';
}

// Makes room for as many agencies as the draw has, or is about to have, and keeps the data of those that
// remain. ERROR_NO_MEMORY.
bool state_resize(struct ledger *ledger, uint32_t draw_agencies, struct error *error) MUST_CHECK;

// Drops all agency data: the store knows it better. Errors as state_resize.
bool state_forget(struct ledger *ledger, struct error *error) MUST_CHECK;

// The rows of a shared store are counted where they are, and read one by one when they are needed.
void state_take_totals(struct ledger *ledger, const struct stored_totals *totals);

// They were counted now.
void state_note_counted(struct ledger *ledger, uint64_t bets, uint32_t finished, uint32_t told);

// Whether there is a place for the agency's row. While the store is not open there may be none, though the
// draw in memory has the agency: what the store has could not be read back.
bool state_has_place(const struct ledger *ledger, uint32_t number);

// The agency's row, as it is here, may not be what is stored: it is to be read before it is used.
void state_doubt_agency(struct ledger *ledger, uint32_t number);

// Takes over an agency's row as stored (a store_each_agency callback; the context is the ledger).
// ERROR_STORE_FAILED when the draw has no such agency.
bool state_take_agency(void *context, const struct stored_agency *stored, struct error *error);

// Notes that the open group changes the agency's row.
void state_touch(struct ledger *ledger, uint32_t number);

// The rows that the open group changes have been put.
void state_untouch_all(struct ledger *ledger);

// The open group adds `bets` bets to the agency. Their rows have `bytes` bytes.
void state_add_bets(struct ledger *ledger, uint32_t number, uint32_t bets, size_t bytes);

// A stored chunk of the agency was read again. Its rows have `bytes` bytes.
void state_note_size(struct ledger *ledger, uint32_t number, size_t bytes);

// The agency gets a receipt with the open group, its first.
void state_note_receipt(struct ledger *ledger, uint32_t number);

// The agency comes to its end, or has been told, with the open group: now.
void state_finish(struct ledger *ledger, uint32_t number, enum agency_ending ending);
void state_tell(struct ledger *ledger, uint32_t number);

// The open group sets aside all bets of the agency, and its end.
void state_reset(struct ledger *ledger, uint32_t number);

// What agencies were told before the ledger had to forget their rows, which have been read again: those that
// do not say so are to be put.
void state_tell_again(struct ledger *ledger);

// What agencies have been told is stored.
void state_told_is_stored(struct ledger *ledger);

// Whether every agency of the draw has finished, as far as this server knows.
bool state_all_finished(const struct ledger *ledger);

// Ends a copy of the draw's row that was to be stored, or was read: when `is_stored`, the ledger has it from
// now on. Either way the copy is wiped, as the salts' secret is in it. Returns `is_stored`.
bool state_end_draw_copy(struct ledger *ledger, struct stored_draw *copy, bool is_stored) MUST_CHECK;

// Moves a draw to its next state, in memory. No other function does.
void state_move_draw(struct stored_draw *draw, enum draw_state to);

#endif
