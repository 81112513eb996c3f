#include "ledger/state.h"

#include "base/clock.h"
#include "bet/errors.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void state_touch(struct ledger *ledger, uint32_t number) {
    if (!ledger->agencies[number].touched) {
        ledger->agencies[number].touched = true;
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

void state_finish(struct ledger *ledger, uint32_t number) {
    clock_utc_text(ledger->agencies[number].row.finished_at);
    ledger->agencies[number].row.ending = AGENCY_FINISHED;
    ledger->finished++;
    state_touch(ledger, number);
}

void state_tell(struct ledger *ledger, uint32_t number) {
    clock_utc_text(ledger->agencies[number].row.told_at);
    ledger->told++;
    state_touch(ledger, number);
}

// That an agency has been told is first known here. It is remembered even when it could not be stored,
// because nobody will report it again.
bool state_take_agency(void *context, const struct stored_agency *stored, struct error *error) {
    struct ledger *ledger = context;
    if (stored->agency < 1 || stored->agency > ledger->draw.agencies) {
        return error_set(error, ERROR_STORE_FAILED,
                         "the store is damaged: agency %" PRIu32
                         " has bets in draw \"%s\", which has %" PRIu32 " agencies",
                         stored->agency, ledger->draw_name, ledger->draw.agencies);
    }
    struct agency *agency = &ledger->agencies[stored->agency];
    struct stored_agency row = *stored;
    ledger->finished -= agency_has_finished(agency);
    if (agency_is_told(agency)) {
        memcpy(row.told_at, agency->row.told_at, sizeof row.told_at);
        if (stored->told_at[0] == '\0') {
            state_touch(ledger, stored->agency);
        }
    } else {
        ledger->told += stored->told_at[0] != '\0';
    }
    agency->row = row;
    ledger->finished += agency_has_finished(agency);
    return true;
}

bool state_resize(struct ledger *ledger, struct error *error) {
    size_t count = (size_t)ledger->draw.agencies + 1;
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
    ledger->told = 0;
    for (uint32_t i = 0; i < count; i++) {
        agencies[i] = i < kept ? ledger->agencies[i] : (struct agency){.row.agency = i};
        ledger->told += agency_is_told(&agencies[i]);
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
    if (!state_resize(ledger, error)) {
        return false;
    }
    for (uint32_t i = 0; i < ledger->agency_places; i++) {
        struct agency *agency = &ledger->agencies[i];
        struct stored_agency row = {.agency = i};
        memcpy(row.told_at, agency->row.told_at, sizeof row.told_at);
        agency->row = row;
        agency->touched = false;
    }
    ledger->finished = ledger->touched.count = 0;
    ledger->loaded.rows = ledger->loaded.last_row = 0;
    ledger->loaded.bets = 0;
    return true;
}

bool state_all_finished(const struct ledger *ledger) {
    return ledger->draw.agencies > 0 && ledger->finished == ledger->draw.agencies;
}

void state_move_draw(struct stored_draw *draw, enum draw_state to) {
    assert(draw->state + 1 == to);
    draw->state = to;
    clock_utc_text(to == DRAW_SEALED ? draw->sealed_at : draw->drawn_at);
}
