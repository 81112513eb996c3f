// The ledger from inside: its state, and what its files do for each other.
#ifndef QUINIELA_LEDGER_INTERNAL_H
#define QUINIELA_LEDGER_INTERNAL_H

#include "bet/limits.h"
#include "ledger/ledger.h"
#include "ledger/row_cache.h"

enum { SETTLE_ATTEMPTS_MAX = 5 }; // at what another server is quicker with

struct agency {
    uint64_t bets;
    uint64_t checksum; // of its row, 0 when there is none
    uint32_t largest; // bytes of the largest of its chunks that this server has stored or read again; 0: none
    bool finished, told;
    bool touched; // has changes in the open group
    char finished_at[STORE_TIME_BYTES], told_at[STORE_TIME_BYTES];
};

struct ledger {
    struct ledger_options options;
    char draw_name[DRAW_NAME_BYTES_MAX + 1];
    struct store *store; // NULL after a failure, until it has been opened again
    struct stored_draw draw;
    struct agency *agencies; // [agency_places]; 0 is nobody
    size_t agency_places;    // draw.agencies + 1
    uint32_t finished, told; // how many
    uint32_t rows, last_row; // how many agencies had a row when it was loaded, and the last one's number
    uint64_t bets;           // of all of them, then
    uint32_t finishing;      // how many agencies finish with the open group
    bool in_group, all_told;
    bool is_told_of;     // what the store held when it was first opened has been logged
    bool has_terms;      // the settings of this start have had their say: from there on what is stored holds
    bool locks;          // the load in hand keeps others from changing the draw, as it may change it itself
    bool appends;        // the open group adds bets
    bool has_looked;     // at the stored draw, since the group in hand came
    bool seals;          // the group in hand has sealed the draw
    bool is_shared;      // other servers may change what is stored
    bool draw_is_stored; // as it is in `draw`
    bool failing;        // nothing has been stored since the store has failed
    size_t failed_bytes; // how much was to be stored then, at most
    int careful;         // so many groups lock their agencies before they are decided on
    uint32_t *touched;   // the agencies with changes in the open group
    uint32_t touched_count;
    struct winners *winners; // once drawn
    struct row_cache *cache; // stored chunks, of groups that were committed or may still be
    struct listings *listings;
};

// Says that the open group changes the agency's row.
void ledger_touch(struct ledger *ledger, uint32_t number);

// Whether every agency of the draw has finished, as far as this server knows.
bool ledger_all_finished(const struct ledger *ledger);

// Moves the draw from open to sealed, in memory.
void ledger_seal(struct ledger *ledger);

// Tells whoever wants to know (ledger_options.noted).
void ledger_note(const struct ledger *ledger, const struct ledger_note *what);

// Within a group: puts the rows of the agencies that were touched.
bool ledger_put_touched(struct ledger *ledger, struct error *error) MUST_CHECK;

// Takes an agency's row over as it is stored (a store_each_agency; the context is the ledger).
bool ledger_take_agency(void *context, const struct stored_agency *stored, struct error *error);

// Of the first load, once the draw's row and its agencies' have been read: decides between what is stored and
// what the settings of this start say (terms.c). ERROR_BAD_SETTING, with `field` set, when they do not go
// together; what to type instead is in the text.
bool ledger_take_terms(struct ledger *ledger, bool found, struct error *error) MUST_CHECK;

// Makes room for as many agencies as the draw has, and keeps what is known of those that stay.
bool ledger_resize(struct ledger *ledger, struct error *error) MUST_CHECK;

// Reads everything back from the open store: what it says is the truth, whatever was in memory before.
bool ledger_load(struct ledger *ledger, struct error *error) MUST_CHECK;

// Whether the draw's stored row is another one than when it was loaded.
bool ledger_has_changed(struct ledger *ledger, bool *changed, struct error *error) MUST_CHECK;

// Opens the store and loads it. After a failure ledger->store is NULL.
bool ledger_open_store(struct ledger *ledger, struct error *error) MUST_CHECK;

// As ledger_open_store, when it is not open.
bool ledger_have_store(struct ledger *ledger, struct error *error) MUST_CHECK;

// Says why, and closes the store; what it holds is found out by opening it again.
void ledger_give_up_store(struct ledger *ledger, const struct error *error);

// Of a group that could not be stored: notes how much it was, for ledger_try_store.
void ledger_note_failed_group(struct ledger *ledger, const struct queue_node *group);

// To be called when something has been stored: the store is good again, and the log says so.
void ledger_store_works(struct ledger *ledger);

// With the store open and no group begun: unless the store is good, tries whether as much as what failed
// could be stored, and stores the draw's row as it is. ERROR_STORE_FAILED.
bool ledger_try_store(struct ledger *ledger, struct error *error) MUST_CHECK;

// Whether somebody in the group asks whether the store works, by a chunk without bets (`quiniela ping`).
bool ledger_is_asked(const struct queue_node *group);

// Begins the group, where none is open.
bool ledger_begin_group(struct ledger *ledger, struct error *error) MUST_CHECK;

// Decides on one request, and puts what comes of it into the group. False only when the store failed: of a
// request that is refused, its own error is set.
bool ledger_decide(struct ledger *ledger, struct ledger_request *request, struct error *error) MUST_CHECK;

#endif
