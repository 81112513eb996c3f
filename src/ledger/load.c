#include "ledger/load.h"

#include "base/clock.h"
#include "base/log.h"
#include "bet/errors.h"
#include "bet/limits.h"
#include "ledger/listing.h"
#include "ledger/notes.h"
#include "ledger/open_group.h"
#include "ledger/row_cache.h"
#include "ledger/sealing_show.h"
#include "ledger/signing.h"
#include "ledger/signing_load.h"
#include "ledger/state.h"
#include "ledger/terms.h"
#include "ledger/unknown.h"
#include "ledger/winners.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool load_agency(void *context, const struct stored_agency *stored, struct error *error) {
    struct ledger *ledger = context;
    ledger->loaded.rows++;
    ledger->loaded.bets += stored->bets;
    if (stored->agency > ledger->loaded.last_row) {
        ledger->loaded.last_row = stored->agency;
    }
    return state_take_agency(context, stored, error);
}

// In a shared store rows are counted by the database. Each is read when the ledger first hears of its agency
// (known.h).
static bool load_totals(struct ledger *ledger, struct error *error) {
    struct stored_totals totals = {0};
    uint32_t told[GROUP_CHUNKS_MAX];
    if (!store_total_agencies(ledger->store, &totals, error)) {
        return false;
    }
    state_take_totals(ledger, &totals);
    if (totals.last > ledger->draw.agencies) {
        return state_take_agency(ledger, &(struct stored_agency){.agency = totals.last}, error);
    }
    for (size_t i = 0; i < ledger->told_notes.count; i++) {
        told[i] = ledger->told_notes.notes[i].agency;
    }
    return ledger->told_notes.count == 0 || store_some_agencies(ledger->store, told, ledger->told_notes.count,
                                                                false, state_take_agency, ledger, error);
}

static bool load_agencies(struct ledger *ledger, struct error *error) {
    bool loaded = ledger->is_shared ? load_totals(ledger, error)
                                    : store_agencies(ledger->store, load_agency, ledger, error);
    if (loaded) {
        state_tell_again(ledger);
    }
    return loaded;
}

static bool load_winner(void *context, const struct stored_winner *winner, struct error *error) {
    struct ledger *ledger = context;
    if (winner->agency < 1 || winner->agency > ledger->draw.agencies) {
        return error_set(error, ERROR_STORE_FAILED,
                         "a stored winner is of agency %" PRIu32 ", which the draw does not have",
                         winner->agency);
    }
    return winners_add(ledger->winners, winner->agency, winner->document) ||
           error_set(error, ERROR_NO_MEMORY, "no memory for the winners");
}

static bool load_winners(struct ledger *ledger, struct error *error) {
    if (ledger->draw.state != DRAW_DRAWN) {
        return true;
    }
    if (ledger->winners != NULL) {
        notes_tell_drawn(ledger);
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
    notes_tell_drawn(ledger);
    return true;
}

// The store is right; the settings count only where there is no draw yet.
static bool complete_draw(struct ledger *ledger, struct stored_draw *stored, bool found,
                          struct error *error) {
    if (found && ledger->loaded.has_terms && stored->voided > ledger->draw.voided) {
        notes_tell(ledger, &(struct ledger_note){.kind = LEDGER_NOTE_RESET_ELSEWHERE});
    }
    if (!found && ledger->loaded.has_terms) {
        return error_set(error, ERROR_STORE_FAILED, "draw \"%s\" is no longer in the store",
                         ledger->draw_name);
    }
    if (found && stored->erased_at[0] != '\0') {
        return error_set(error, ERROR_DRAW_ERASED, "draw \"%s\" was erased at %s: start with another DRAW",
                         ledger->draw_name, stored->erased_at);
    }
    if (!found) {
        stored->agencies = ledger->options.agencies;
        stored->number_mode = ledger->options.number_mode;
        stored->has_number = stored->number_mode == NUMBER_FIXED;
        stored->winning_number = stored->has_number ? ledger->options.winning_number : 0;
        clock_utc_text(stored->opened_at);
    }
    return true;
}

static bool load_draw(struct ledger *ledger, bool *found, struct error *error) {
    struct stored_draw stored = {0};
    bool done =
        store_get_draw(ledger->store, &stored, found, error) && complete_draw(ledger, &stored, *found, error);
    ledger->draw_is_stored = done ? *found : ledger->draw_is_stored;
    return state_end_draw_copy(ledger, &stored, done);
}

// The store checks rows one by one; this finds missing rows.
static bool check_rows_are_there(const struct ledger *ledger, bool found, struct error *error) {
    bool are_there =
        ledger->draw.state == DRAW_OPEN ? found || ledger->loaded.rows == 0 : state_all_finished(ledger);
    return are_there ||
           error_set(error, ERROR_STORE_FAILED,
                     "the store is damaged: rows of draw \"%s\" are missing; see quiniela check, and restore "
                     "it from a copy",
                     ledger->draw_name);
}

#define FOUND                                                                                                \
    "draw: %s | state: %s | finished: %" PRIu32 " of %" PRIu32 " | bets: %" PRIu64 " | winning_number: %s"

// The first log line about a store: what was found in it.
static void log_found(struct ledger *ledger, bool found) {
    const struct stored_draw *draw = &ledger->draw;
    if (ledger->loaded.is_logged) {
        return;
    }
    char number[16];
    if (draw->has_number) {
        snprintf(number, sizeof number, "%04u", draw->winning_number);
    } else {
        snprintf(number, sizeof number, "%s", number_mode_name(draw->number_mode));
    }
    ledger->loaded.is_logged = true;
    log_event(LOG_LEVEL_INFO, "open_draw", LOG_SUCCESS,
              draw->state == DRAW_DRAWN ? FOUND
                  " | message: it is drawn, and takes no bets: a new one needs another DRAW"
                                        : FOUND,
              ledger->draw_name, found ? draw_state_name(draw->state) : "new", ledger->finished,
              draw->agencies, ledger->loaded.bets, number);
}

// Draws of the store that are open.
struct open_draws {
    const char *besides; // this one
    char name[DRAW_NAME_BYTES_MAX + 1];
    struct stored_draw latest; // of `name`, the one that was opened last
    uint32_t count;
};

static bool note_open(void *context, const char *name, const struct stored_draw *draw, struct error *error) {
    struct open_draws *all = context;
    (void)error;
    if (draw->state != DRAW_OPEN || strcmp(name, all->besides) == 0) {
        return true;
    }
    if (all->count++ == 0 || strcmp(draw->opened_at, all->latest.opened_at) >= 0) {
        snprintf(all->name, sizeof all->name, "%s", name);
        all->latest = *draw;
    }
    return true;
}

// A start that forgets its DRAW opens a second one: agencies that send to it, or wait in it, wait for
// nothing.
static bool warn_of_other_draw(struct ledger *ledger, struct error *error) {
    struct open_draws all = {.besides = ledger->draw_name};
    if (ledger->loaded.is_logged) {
        return true;
    }
    if (!store_draws(ledger->store, note_open, &all, error)) {
        return false;
    }
    if (all.count > 0) {
        log_event(
            LOG_LEVEL_WARNING, "open_draw", LOG_IN_PROGRESS,
            "draw: %s | open: %s | agencies: %" PRIu32 " | opened_at: %s | draws_open: %" PRIu32
            " | message: this start opens a new draw, and draw \"%s\" of this store is not over: if that "
            "is the one that is meant, end this server and start it with --draw '%s' (DRAW)",
            ledger->draw_name, all.name, all.latest.agencies, all.latest.opened_at, all.count, all.name,
            all.name);
    }
    return true;
}

// The signed draw of the store that was opened last.
struct signed_draws {
    char name[DRAW_NAME_BYTES_MAX + 1]; // "": there is none
    char opened_at[STORE_TIME_BYTES];
};

static bool note_signed(void *context, const char *name, const struct stored_draw *draw,
                        struct error *error) {
    struct signed_draws *all = context;
    (void)error;
    if (draw->rules > 0 && strcmp(draw->opened_at, all->opened_at) >= 0) {
        snprintf(all->name, sizeof all->name, "%s", name);
        memcpy(all->opened_at, draw->opened_at, sizeof all->opened_at);
    }
    return true;
}

// A start that forgets its SIGN_KEY opens a draw of which nothing can be proved, and that stays so.
static bool warn_of_unsigned(struct ledger *ledger, bool found, struct error *error) {
    struct signed_draws all = {.name = ""};
    if (ledger->loaded.is_logged || ledger->options.notary != NULL) {
        return true; // signing_load says it of a server that has a key
    }
    if (!store_draws(ledger->store, note_signed, &all, error)) {
        return false;
    }
    if (all.name[0] != '\0') {
        log_event(LOG_LEVEL_WARNING, "open_draw", LOG_IN_PROGRESS,
                  "draw: %s | rules: unsigned | signed: %s | message: %s, and draw \"%s\" of this store is "
                  "signed: it has no rules, seal or receipts, and stays so%s",
                  ledger->draw_name, all.name,
                  found ? "this draw was opened without SIGN_KEY"
                        : "this start opens a draw without SIGN_KEY",
                  all.name,
                  found ? ""
                        : "; if it was to be signed, end this server before bets come, and open another DRAW "
                          "with SIGN_KEY");
    }
    return true;
}

// To change a draw that others may change, a server must first lock its row, and only then read everything
// that the decision depends on. Most loads change nothing; one that does starts over with the lock.
static bool needs_lock(struct ledger *ledger, bool puts_draw, struct error *error) {
    if (!ledger->is_shared || !puts_draw || ledger->open_group.is_begun || ledger->draw.checksum == 0) {
        return false;
    }
    ledger->loaded.locks = true;
    return !error_set(error, ERROR_STORE_STALE, "the draw is to be locked first");
}

// Stores the changes of this start, and which agencies have been told if that could not be stored before. In
// a shared store the rows read may come from a commit that no standby has yet. A commit of our own waits
// until one has it.
static bool store_loaded(struct ledger *ledger, struct error *error) {
    bool is_open = ledger->draw.state == DRAW_OPEN;
    bool seals = is_open && state_all_finished(ledger); // AGENCIES is smaller than it was
    bool puts_draw = ledger->is_shared ? seals || !ledger->draw_is_stored : is_open;
    if (!puts_draw && !ledger->is_shared && ledger->touched.count == 0) {
        return true;
    }
    if (needs_lock(ledger, puts_draw, error)) {
        return false;
    }
    if (seals) {
        state_move_draw(&ledger->draw, DRAW_SEALED);
    }
    bool stored =
        open_group_begin(ledger, error) && open_group_put_agencies(ledger, error) &&
        (!puts_draw || (store_put_draw(ledger->store, &ledger->draw, error) && signing_put(ledger, error))) &&
        store_confirm(ledger->store, error) && store_commit(ledger->store, error);
    open_group_end(ledger);
    if (seals) {
        unknown_end_seal(ledger, stored, error);
    }
    return stored;
}

// All of it is read at one moment. With the draw locked, it stays that way until the commit.
static bool begin_load(struct ledger *ledger, struct error *error) {
    open_group_drop(ledger); // it was decided on with other contents
    row_cache_clear(ledger->cache);
    listings_forget(ledger->listings); // they may list bets that were not stored
    ledger->is_shared = store_is_shared(ledger->store);
    if (!ledger->loaded.locks) {
        return store_snapshot(ledger->store, error);
    }
    return open_group_begin(ledger, error) && store_lock_draw(ledger->store, error);
}

static bool load_once(struct ledger *ledger, struct error *error) {
    bool found;
    if (!begin_load(ledger, error) || !load_draw(ledger, &found, error) ||
        !signing_load(ledger, found, error) || !state_forget(ledger, error) ||
        !load_agencies(ledger, error) || !check_rows_are_there(ledger, found, error)) {
        return false;
    }
    if ((!found && !warn_of_other_draw(ledger, error)) || !warn_of_unsigned(ledger, found, error)) {
        return false;
    }
    log_found(ledger, found);
    if (!terms_take(ledger, found, error) || !signing_take_terms(ledger, error) ||
        !store_loaded(ledger, error) || !signing_settle(ledger, error)) {
        return false;
    }
    ledger->loaded.has_terms = true;
    state_told_is_stored(ledger);
    if (!sealing_load(ledger, error) || !load_winners(ledger, error)) {
        return false;
    }
    unknown_settle(ledger);
    return true;
}

// Another server may be quicker, or hold the draw for longer than we are willing to wait. Once the draw must
// be locked each attempt locks it, and the last attempt's error says why it could not.
bool load_all(struct ledger *ledger, struct error *error) {
    ledger->loaded.locks = false;
    for (int attempt = 1; attempt < LOAD_ATTEMPTS_MAX; attempt++) {
        if (load_once(ledger, error)) {
            return true;
        }
        if (error->code != ERROR_STORE_STALE) {
            return false;
        }
    }
    return load_once(ledger, error);
}

bool load_after_conflict(struct ledger *ledger, struct error *error) {
    struct stored_draw draw = {0};
    bool found;
    if (!ledger->is_shared) {
        return load_all(ledger, error);
    }
    open_group_drop(ledger);
    listings_forget(ledger->listings); // they may list bets that were not stored
    if (!store_get_draw(ledger->store, &draw, &found, error)) {
        return false;
    }
    bool is_same = found && draw.checksum == ledger->draw.checksum; // the group may have sealed it here
    return state_end_draw_copy(ledger, &draw, is_same) || load_all(ledger, error);
}

bool load_has_changed(struct ledger *ledger, bool *changed, struct error *error) {
    struct stored_draw draw = {0};
    bool found;
    if (!store_get_draw(ledger->store, &draw, &found, error)) {
        return false;
    }
    stored_draw_forget(&draw); // it is only compared
    *changed = !found || draw.checksum != ledger->draw.checksum;
    return true;
}
