#include "ledger/state.h"

#include "base/clock.h"
#include "bet/errors.h"
#include "ledger/listing.h"
#include "ledger/row_cache.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void state_touch(struct ledger *ledger, uint32_t number) {
    struct agency *agency = &ledger->agencies[number];
    if (!agency->touched) {
        agency->row.agency = number;
        agency->touched = true;
        ledger->touched.numbers[ledger->touched.count++] = number;
    }
}

void state_untouch_all(struct ledger *ledger) {
    for (uint32_t i = 0; i < ledger->touched.count; i++) {
        ledger->agencies[ledger->touched.numbers[i]].touched = false;
    }
    ledger->touched.count = 0;
}

void state_note_size(struct ledger *ledger, uint32_t number, size_t bytes) {
    struct agency *agency = &ledger->agencies[number];
    agency->largest = bytes > agency->largest ? (uint32_t)bytes : agency->largest;
}

void state_add_bets(struct ledger *ledger, uint32_t number, uint32_t bets, size_t bytes) {
    ledger->agencies[number].row.bets += bets;
    state_note_size(ledger, number, bytes);
    state_touch(ledger, number);
}

void state_note_receipt(struct ledger *ledger, uint32_t number) {
    ledger->agencies[number].row.receipted = true;
    state_touch(ledger, number);
}

void state_finish(struct ledger *ledger, uint32_t number, enum agency_ending ending) {
    clock_utc_text(ledger->agencies[number].row.finished_at);
    ledger->agencies[number].row.ending = ending;
    ledger->finished++;
    state_touch(ledger, number);
}

// What was read of its bets is no longer there.
static void forget_bets(const struct ledger *ledger) {
    row_cache_clear(ledger->cache);
    listings_forget(ledger->listings);
}

// Of a shared store it may have finished at another server since the others were counted; then it is not
// among them.
static void take_off(struct ledger *ledger, const struct agency *agency) {
    ledger->finished -= ledger->finished > 0 && agency_has_finished(agency);
}

void state_reset(struct ledger *ledger, uint32_t number) {
    struct agency *agency = &ledger->agencies[number];
    take_off(ledger, agency);
    agency->row.bets = 0;
    agency->row.finished_at[0] = '\0';
    agency->row.ending = AGENCY_UNFINISHED;
    agency->row.voidings++;
    agency->largest = 0;
    forget_bets(ledger);
    state_touch(ledger, number);
}

void state_tell(struct ledger *ledger, uint32_t number) {
    struct agency *agency = &ledger->agencies[number];
    assert(ledger->told_notes.count < GROUP_CHUNKS_MAX);
    struct told_note *note = &ledger->told_notes.notes[ledger->told_notes.count++];
    clock_utc_text(agency->row.told_at);
    note->agency = number;
    memcpy(note->told_at, agency->row.told_at, sizeof note->told_at);
    ledger->told++;
    state_touch(ledger, number);
}

void state_tell_again(struct ledger *ledger) {
    for (size_t i = 0; i < ledger->told_notes.count; i++) {
        const struct told_note *note = &ledger->told_notes.notes[i];
        struct agency *agency = &ledger->agencies[note->agency];
        if (!agency_is_told(agency)) {
            memcpy(agency->row.told_at, note->told_at, sizeof note->told_at);
            ledger->told++;
            state_touch(ledger, note->agency);
        }
    }
}

void state_told_is_stored(struct ledger *ledger) {
    ledger->told_notes.count = 0;
}

void state_take_totals(struct ledger *ledger, const struct stored_totals *totals) {
    ledger->loaded.rows = totals->rows;
    ledger->loaded.last_row = totals->last;
    ledger->loaded.bets = totals->bets;
    ledger->finished = totals->finished;
    ledger->told = totals->told;
    state_note_counted(ledger, totals->bets, totals->finished, totals->told);
}

void state_note_counted(struct ledger *ledger, uint64_t bets, uint32_t finished, uint32_t told) {
    struct counted *counted = &ledger->counted;
    *counted = (struct counted){.bets = bets,
                                .finished = finished,
                                .told = told,
                                .known_finished = ledger->finished,
                                .known_told = ledger->told};
    clock_utc_text(counted->at);
}

bool state_has_place(const struct ledger *ledger, uint32_t number) {
    return number >= 1 && number < ledger->agency_places;
}

void state_doubt_agency(struct ledger *ledger, uint32_t number) {
    ledger->agencies[number].is_known = false;
}

// Of a shared store the rows that have not been read yet are counted already.
bool state_take_agency(void *context, const struct stored_agency *stored, struct error *error) {
    struct ledger *ledger = context;
    if (stored->agency < 1 || stored->agency > ledger->draw.agencies) {
        return error_set(error, ERROR_STORE_FAILED,
                         "the store is damaged: agency %" PRIu32
                         " has bets in draw \"%s\", which has %" PRIu32 " agencies",
                         stored->agency, ledger->draw_name, ledger->draw.agencies);
    }
    struct agency *agency = &ledger->agencies[stored->agency];
    bool is_counted = ledger->is_shared && agency->row.agency == 0, was_told = agency_is_told(agency);
    char told_at[STORE_TIME_BYTES];
    memcpy(told_at, agency->row.told_at, sizeof told_at);
    take_off(ledger, agency);
    if (stored->voidings != agency->row.voidings) {
        forget_bets(ledger); // another server has reset it
    }
    agency->row = *stored;
    agency->is_known = true;
    if (!is_counted) {
        ledger->finished += agency_has_finished(agency);
        ledger->told += agency_is_told(agency) && !was_told;
    }
    if (was_told && !agency_is_told(agency)) {
        memcpy(agency->row.told_at, told_at, sizeof told_at);
        state_touch(ledger, stored->agency);
    }
    return true;
}

bool state_resize(struct ledger *ledger, uint32_t draw_agencies, struct error *error) {
    size_t count = (size_t)draw_agencies + 1;
    if (count == ledger->agency_places) {
        return true;
    }
    struct agency *agencies = calloc(count, sizeof *agencies);
    uint32_t *touched = calloc(count, sizeof *touched);
    if (agencies == NULL || touched == NULL) {
        free(agencies);
        free(touched);
        return error_set(error, ERROR_NO_MEMORY, "no memory for %zu agencies", count - 1);
    }
    size_t kept = count < ledger->agency_places ? count : ledger->agency_places;
    uint32_t touched_count = 0;
    for (uint32_t i = 0; i < kept; i++) {
        if (ledger->agencies[i].row.agency != 0) { // the others' pages stay unused
            agencies[i] = ledger->agencies[i];
        }
        if (agencies[i].touched) {
            touched[touched_count++] = i;
        }
    }
    free(ledger->agencies);
    free(ledger->touched.numbers);
    ledger->agencies = agencies;
    ledger->agency_places = count;
    ledger->touched = (struct touched){touched, touched_count};
    return true;
}

bool state_forget(struct ledger *ledger, struct error *error) {
    free(ledger->agencies);
    free(ledger->touched.numbers);
    ledger->agencies = NULL;
    ledger->touched = (struct touched){0};
    ledger->agency_places = 0;
    ledger->finished = ledger->told = 0;
    ledger->loaded.rows = ledger->loaded.last_row = 0;
    ledger->loaded.bets = 0;
    return state_resize(ledger, ledger->draw.agencies, error);
}

bool state_all_finished(const struct ledger *ledger) {
    return ledger->draw.agencies > 0 && ledger->finished == ledger->draw.agencies;
}

void state_move_draw(struct stored_draw *draw, enum draw_state to) {
    assert(draw->state + 1 == to);
    draw->state = to;
    clock_utc_text(to == DRAW_SEALED ? draw->sealed_at : draw->drawn_at);
}

bool state_end_draw_copy(struct ledger *ledger, struct stored_draw *copy, bool is_stored) {
    if (is_stored) {
        ledger->draw = *copy;
    }
    stored_draw_forget(copy);
    return is_stored;
}
