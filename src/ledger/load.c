// Opening the ledger's store, and reading back what is in it.
#include "ledger/internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "bet/errors.h"
#include "ledger/listing.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void ledger_touch(struct ledger *ledger, uint32_t number) {
    if (!ledger->agencies[number].touched) {
        ledger->agencies[number].touched = true;
        ledger->touched[ledger->touched_count++] = number;
    }
}

bool ledger_take_agency(void *context, const struct stored_agency *stored, struct error *error) {
    struct ledger *ledger = context;
    if (stored->agency < 1 || stored->agency > ledger->draw.agencies) {
        return error_set(error, ERROR_STORE_FAILED,
                         "the store is damaged: agency %" PRIu32
                         " has bets in draw \"%s\", which has %" PRIu32 " agencies",
                         stored->agency, ledger->draw_name, ledger->draw.agencies);
    }
    struct agency *agency = &ledger->agencies[stored->agency];
    agency->bets = stored->bets;
    agency->checksum = stored->checksum;
    memcpy(agency->finished_at, stored->finished_at, sizeof agency->finished_at);
    agency->finished = stored->finished_at[0] != '\0';
    ledger->finished += agency->finished;
    if (!agency->told) {
        memcpy(agency->told_at, stored->told_at, sizeof agency->told_at);
        agency->told = stored->told_at[0] != '\0';
        ledger->told += agency->told;
    } else if (stored->told_at[0] == '\0') {
        ledger_touch(ledger, stored->agency); // it could not be stored, and nobody will say it again
    }
    return true;
}

static bool load_agency(void *context, const struct stored_agency *stored, struct error *error) {
    struct ledger *ledger = context;
    ledger->rows++;
    ledger->bets += stored->bets;
    ledger->last_row = stored->agency > ledger->last_row ? stored->agency : ledger->last_row;
    return ledger_take_agency(context, stored, error);
}

static bool load_winner(void *context, const struct stored_winner *winner, struct error *error) {
    struct ledger *ledger = context;
    if (winner->agency < 1 || winner->agency > ledger->draw.agencies) {
        return error_set(error, ERROR_STORE_FAILED, "a stored winner is of agency %" PRIu32 ", which is none",
                         winner->agency);
    }
    return winners_add(ledger->winners, winner->agency, winner->document) ||
           error_set(error, ERROR_NO_MEMORY, "no memory for the winners");
}

static bool load_winners(struct ledger *ledger, struct error *error) {
    if (ledger->draw.state != DRAW_DRAWN || ledger->winners != NULL) {
        return true;
    }
    ledger->winners = winners_new(ledger->draw.agencies);
    if (ledger->winners == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the winners");
    }
    if (!store_winners(ledger->store, load_winner, ledger, error)) {
        winners_free(ledger->winners);
        ledger->winners = NULL;
        return false;
    }
    ledger->options.drawn(ledger->options.context, ledger->winners);
    return true;
}

// What is stored is the truth; only where there is no draw yet it is what the settings say.
static bool load_draw(struct ledger *ledger, bool *found, struct error *error) {
    struct stored_draw stored = {0};
    if (!store_get_draw(ledger->store, &stored, found, error)) {
        return false;
    }
    if (!*found && ledger->has_terms) {
        return error_set(error, ERROR_STORE_FAILED, "draw \"%s\" is not in the store any more",
                         ledger->draw_name);
    }
    if (!*found) {
        stored.agencies = ledger->options.agencies;
        stored.winning_number = ledger->options.winning_number;
        clock_utc_text(stored.opened_at);
    }
    ledger->draw = stored;
    ledger->draw_is_stored = *found;
    return true;
}

bool ledger_all_finished(const struct ledger *ledger) {
    return ledger->draw.agencies > 0 && ledger->finished == ledger->draw.agencies;
}

void ledger_note(const struct ledger *ledger, const struct ledger_note *what) {
    if (ledger->options.noted != NULL) {
        ledger->options.noted(ledger->options.context, what);
    }
}

void ledger_seal(struct ledger *ledger) {
    assert(ledger->draw.state == DRAW_OPEN);
    ledger->draw.state = DRAW_SEALED;
    clock_utc_text(ledger->draw.sealed_at);
}

bool ledger_resize(struct ledger *ledger, struct error *error) {
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
    for (size_t i = 0; i < kept; i++) {
        agencies[i] = ledger->agencies[i];
        ledger->told += agencies[i].told;
        if (agencies[i].touched) {
            touched[touched_count++] = (uint32_t)i;
        }
    }
    free(ledger->agencies);
    free(ledger->touched);
    ledger->agencies = agencies;
    ledger->touched = touched;
    ledger->touched_count = touched_count;
    ledger->agency_places = count;
    return true;
}

// Forgets of the agencies what the store knows.
static bool begin_agencies(struct ledger *ledger, struct error *error) {
    if (!ledger_resize(ledger, error)) {
        return false;
    }
    for (size_t i = 0; i < ledger->agency_places; i++) {
        struct agency *agency = &ledger->agencies[i];
        agency->bets = agency->checksum = 0;
        agency->finished = agency->touched = false;
        agency->finished_at[0] = '\0';
    }
    ledger->finished = ledger->finishing = ledger->rows = ledger->last_row = ledger->touched_count = 0;
    ledger->bets = 0;
    return true;
}

bool ledger_put_touched(struct ledger *ledger, struct error *error) {
    for (uint32_t i = 0; i < ledger->touched_count; i++) {
        struct agency *agency = &ledger->agencies[ledger->touched[i]];
        struct stored_agency stored = {
            .agency = ledger->touched[i], .bets = agency->bets, .checksum = agency->checksum};
        memcpy(stored.finished_at, agency->finished_at, sizeof stored.finished_at);
        memcpy(stored.told_at, agency->told_at, sizeof stored.told_at);
        if (!store_put_agency(ledger->store, &stored, error)) {
            return false;
        }
        agency->checksum = stored.checksum;
        agency->touched = false;
    }
    ledger->touched_count = 0;
    return true;
}

// The store checks its rows one by one; this finds rows that are gone.
static bool check_rows_are_there(const struct ledger *ledger, bool found, struct error *error) {
    bool are_there =
        ledger->draw.state == DRAW_OPEN ? found || ledger->rows == 0 : ledger_all_finished(ledger);
    return are_there ||
           error_set(error, ERROR_STORE_FAILED,
                     "the store is damaged: rows of draw \"%s\" are missing; see quiniela check, and restore "
                     "it from a copy",
                     ledger->draw_name);
}

// The first line about a store: what was found in it.
static void log_found(struct ledger *ledger, bool found) {
    const struct stored_draw *draw = &ledger->draw;
    if (!ledger->is_told_of) {
        ledger->is_told_of = true;
        log_event(LOG_LEVEL_INFO, "open_draw", LOG_SUCCESS,
                  "draw: %s | state: %s | finished: %" PRIu32 " of %" PRIu32 " | bets: %" PRIu64
                  " | winning_number: %u",
                  ledger->draw_name, found ? draw_state_name(draw->state) : "new", ledger->finished,
                  draw->agencies, ledger->bets, draw->winning_number);
    }
}

// A draw that others may change is changed only by who has locked its row, and has read everything that the
// decision hangs on behind that. Most loads change nothing: this one is then to be done again.
static bool needs_lock(struct ledger *ledger, bool puts_draw, struct error *error) {
    if (!ledger->is_shared || !puts_draw || ledger->in_group || ledger->draw.checksum == 0) {
        return false;
    }
    ledger->locks = true;
    return !error_set(error, ERROR_STORE_STALE, "the draw is to be locked first");
}

// Stores what has changed with this start, and which agencies have been told, as far as that could not be
// stored before. In a shared store what was read may be of a commit that no standby has yet: a commit of our
// own waits until one has.
static bool store_loaded(struct ledger *ledger, struct error *error) {
    bool is_open = ledger->draw.state == DRAW_OPEN;
    bool seals = is_open && ledger_all_finished(ledger); // AGENCIES is smaller than it was
    bool puts_draw = ledger->is_shared ? seals || !ledger->draw_is_stored : is_open;
    if (!puts_draw && !ledger->is_shared && ledger->touched_count == 0) {
        return true;
    }
    if (needs_lock(ledger, puts_draw, error)) {
        return false;
    }
    if (seals) {
        ledger_seal(ledger);
    }
    bool stored = ledger_begin_group(ledger, error) && ledger_put_touched(ledger, error) &&
                  (!puts_draw || store_put_draw(ledger->store, &ledger->draw, error)) &&
                  store_confirm(ledger->store, error) && store_commit(ledger->store, error);
    ledger->in_group = false;
    if (stored && seals) {
        ledger_note(ledger, &(struct ledger_note){.kind = LEDGER_NOTE_SEALED});
    }
    return stored;
}

// What is read is of one moment; and it stays so until the commit when the draw is locked.
static bool begin_load(struct ledger *ledger, struct error *error) {
    store_drop(ledger->store); // a group that was decided on something else
    row_cache_clear(ledger->cache);
    listings_forget(ledger->listings); // of what may not have been stored
    ledger->in_group = ledger->seals = false;
    ledger->is_shared = store_is_shared(ledger->store);
    if (!ledger->locks) {
        return store_snapshot(ledger->store, error);
    }
    return ledger_begin_group(ledger, error) && store_lock_draw(ledger->store, error);
}

// What it says is the truth, whatever was in memory before.
static bool load_once(struct ledger *ledger, struct error *error) {
    bool found;
    if (!begin_load(ledger, error) || !load_draw(ledger, &found, error) || !begin_agencies(ledger, error) ||
        !store_agencies(ledger->store, load_agency, ledger, error) ||
        !check_rows_are_there(ledger, found, error)) {
        return false;
    }
    log_found(ledger, found);
    if (!ledger_take_terms(ledger, found, error) || !store_loaded(ledger, error)) {
        return false;
    }
    ledger->has_terms = true;
    return load_winners(ledger, error);
}

// Another server may be quicker, or hold the draw for longer than anybody waits. Once the draw is to be
// locked each attempt does so, and the last one's error says why it could not.
bool ledger_load(struct ledger *ledger, struct error *error) {
    ledger->locks = false;
    for (int attempt = 1; attempt < SETTLE_ATTEMPTS_MAX; attempt++) {
        if (load_once(ledger, error)) {
            return true;
        }
        if (error->code != ERROR_STORE_STALE) {
            return false;
        }
    }
    return load_once(ledger, error);
}

bool ledger_has_changed(struct ledger *ledger, bool *changed, struct error *error) {
    struct stored_draw draw;
    bool found;
    if (!store_get_draw(ledger->store, &draw, &found, error)) {
        return false;
    }
    *changed = !found || draw.checksum != ledger->draw.checksum;
    return true;
}

bool ledger_open_store(struct ledger *ledger, struct error *error) {
    if (!ledger->options.open_store(ledger->options.context, &ledger->store, error)) {
        return false;
    }
    if (!ledger_load(ledger, error)) {
        store_give_up(&ledger->store);
        return false;
    }
    return true;
}

// After a failure the store is closed; what it holds is found out by opening it again.
void ledger_give_up_store(struct ledger *ledger, const struct error *error) {
    struct log_source source = {.error = error_name(error->code)}; // each chunk can be the cause
    (void)log_event_limited(&source, LOG_LEVEL_ERROR, "store", LOG_FAIL, "error: %s | message: %s",
                            source.error, error->text);
    ledger->failing = true;
    if (ledger->store != NULL) {
        store_give_up(&ledger->store);
    }
}

bool ledger_have_store(struct ledger *ledger, struct error *error) {
    if (ledger->store != NULL) {
        return true;
    }
    if (!ledger_open_store(ledger, error)) {
        return false;
    }
    if (ledger->is_shared) { // a database that is reached is taken to work
        ledger->failing = true;
        ledger_store_works(ledger);
    }
    return true;
}
