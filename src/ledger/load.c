// Opening the ledger's store, and reading back what is in it.
#include "ledger/internal.h"

#include "base/clock.h"
#include "base/log.h"

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
        return error_set(error, ERROR_BAD_SETTING,
                         "AGENCIES is %" PRIu32 ", but agency %" PRIu32 " has bets in draw \"%s\"",
                         ledger->draw.agencies, stored->agency, ledger->draw_name);
    }
    ledger->rows++;
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

// While the draw is open, the settings of whoever starts hold. A server that is running does not change its
// own: it stops working until they are the same again.
static bool take_settings(struct ledger *ledger, bool found, struct error *error) {
    const struct ledger_options *options = &ledger->options;
    struct stored_draw *draw = &ledger->draw;
    bool differ =
        found && (draw->agencies != options->agencies || draw->winning_number != options->winning_number);
    if (differ && ledger->is_shared && ledger->agencies != NULL) {
        return error_set(error, ERROR_STORE_FAILED,
                         "another server was started for %" PRIu32
                         " agencies and the winning number %u, this "
                         "one for %" PRIu32 " and %u; all servers of a draw need the same settings",
                         draw->agencies, draw->winning_number, options->agencies, options->winning_number);
    }
    if (differ && ledger->is_shared) {
        log_event(LOG_LEVEL_WARNING, "open_draw", LOG_SUCCESS,
                  "draw: %s | agencies: %" PRIu32 " | winning_number: %u | reason: they were %" PRIu32
                  " and %u; other servers stop working until their settings are the same",
                  ledger->draw_name, options->agencies, options->winning_number, draw->agencies,
                  draw->winning_number);
    }
    draw->agencies = options->agencies;
    draw->winning_number = options->winning_number;
    ledger->draw_is_stored = found && !differ;
    if (!found) {
        clock_utc_text(draw->opened_at);
    }
    return true;
}

// What the settings say holds while the draw is open; afterwards what is stored.
static bool load_draw(struct ledger *ledger, bool *found, struct error *error) {
    const struct ledger_options *options = &ledger->options;
    struct stored_draw stored = {0};
    if (!store_get_draw(ledger->store, &stored, found, error)) {
        return false;
    }
    bool was_closed = ledger->draw.state != DRAW_OPEN;
    ledger->draw = stored;
    ledger->draw_is_stored = *found;
    if (stored.state == DRAW_OPEN) {
        return take_settings(ledger, *found, error);
    }
    if (!was_closed &&
        (stored.agencies != options->agencies || stored.winning_number != options->winning_number)) {
        log_event(LOG_LEVEL_WARNING, "open_draw", LOG_SUCCESS,
                  "draw: %s | state: %s | agencies: %" PRIu32
                  " | winning_number: %u | reason: the draw is closed, "
                  "AGENCIES and WINNING_NUMBER stay as they are stored",
                  ledger->draw_name, draw_state_name(stored.state), stored.agencies, stored.winning_number);
    }
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

static bool make_room(struct ledger *ledger, struct error *error) {
    size_t count = (size_t)ledger->draw.agencies + 1;
    if (ledger->agencies != NULL && count != ledger->agency_places) {
        return error_set(error, ERROR_STORE_FAILED, "the store now says %zu agencies, and said %zu before",
                         count - 1, ledger->agency_places - 1);
    }
    if (ledger->agencies == NULL) {
        ledger->agency_places = count;
        ledger->agencies = calloc(count, sizeof *ledger->agencies);
        ledger->touched = calloc(count, sizeof *ledger->touched);
    }
    if (ledger->agencies == NULL || ledger->touched == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for %zu agencies", count - 1);
    }
    for (size_t i = 0; i < count; i++) {
        struct agency *agency = &ledger->agencies[i];
        agency->bets = agency->checksum = 0;
        agency->finished = agency->touched = false;
        agency->finished_at[0] = '\0';
    }
    ledger->finished = ledger->finishing = ledger->rows = ledger->touched_count = 0;
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

// Stores what the settings say, and which agencies have been told, as far as that could not be stored before.
// In a shared store what was read may be of a commit that no standby has yet: a commit of our own waits until
// one has.
static bool store_loaded(struct ledger *ledger, struct error *error) {
    bool is_open = ledger->draw.state == DRAW_OPEN;
    bool seals = is_open && ledger_all_finished(ledger); // AGENCIES is smaller than it was
    bool puts_draw = ledger->is_shared ? seals || !ledger->draw_is_stored : is_open;
    if (!puts_draw && !ledger->is_shared && ledger->touched_count == 0) {
        return true;
    }
    if (seals) {
        ledger_seal(ledger);
    }
    bool stored = store_begin(ledger->store, error) && ledger_put_touched(ledger, error) &&
                  (!puts_draw || store_put_draw(ledger->store, &ledger->draw, error)) &&
                  store_confirm(ledger->store, error) && store_commit(ledger->store, error);
    if (stored && seals) {
        ledger_note(ledger, &(struct ledger_note){.kind = LEDGER_NOTE_SEALED});
    }
    return stored;
}

// Reads everything back from the store: what it says is the truth, whatever was in memory before.
static bool load_once(struct ledger *ledger, struct error *error) {
    bool found;
    row_cache_clear(ledger->cache);
    ledger->in_group = ledger->seals = false;
    ledger->is_shared = store_is_shared(ledger->store);
    return store_snapshot(ledger->store, error) && load_draw(ledger, &found, error) &&
           make_room(ledger, error) && store_agencies(ledger->store, ledger_take_agency, ledger, error) &&
           check_rows_are_there(ledger, found, error) && store_loaded(ledger, error) &&
           load_winners(ledger, error);
}

bool ledger_load(struct ledger *ledger, struct error *error) {
    for (int attempt = 1; attempt < SETTLE_ATTEMPTS_MAX; attempt++) {
        if (load_once(ledger, error)) {
            return true;
        }
        if (error->code != ERROR_STORE_STALE) { // then another server was quicker
            return false;
        }
    }
    return load_once(ledger, error);
}

bool ledger_open_store(struct ledger *ledger, struct error *error) {
    if (!ledger->options.open_store(ledger->options.context, &ledger->store, error)) {
        return false;
    }
    if (!ledger_load(ledger, error)) {
        store_close(&ledger->store);
        return false;
    }
    return true;
}

// After a failure the store is closed; what it holds is found out by opening it again.
void ledger_give_up_store(struct ledger *ledger, const struct error *error) {
    log_event(LOG_LEVEL_ERROR, "store", LOG_FAIL, "error: %s | message: %s", error_name(error->code),
              error->text);
    if (ledger->store != NULL) {
        store_close(&ledger->store);
    }
}

bool ledger_have_store(struct ledger *ledger, struct error *error) {
    if (ledger->store != NULL) {
        return true;
    }
    if (!ledger_open_store(ledger, error)) {
        return false;
    }
    log_event(LOG_LEVEL_INFO, "store", LOG_SUCCESS, "draw: %s | state: %s", ledger->draw_name,
              draw_state_name(ledger->draw.state));
    return true;
}
