#include "ledger/ledger.h"

#include "base/clock.h"
#include "base/log.h"
#include "bet/bet.h"
#include "ledger/draw.h"
#include "ledger/resend.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SETTLE_ATTEMPTS_MAX = 5,
    CAREFUL_GROUPS = 64, // for how long agencies are locked after another server has changed one
};

struct agency {
    uint64_t bets;
    uint64_t checksum; // of its row, 0 when there is none
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
    uint32_t rows;           // how many agencies the store had a row of when it was opened
    uint32_t finishing;      // how many agencies finish with the open group
    bool in_group, all_told;
    bool seals;          // the group in hand has sealed the draw
    bool is_shared;      // other servers may change what is stored
    bool draw_is_stored; // as it is in `draw`
    int careful;         // so many groups lock their agencies before they are decided on
    uint32_t *touched;   // the agencies with changes in the open group
    uint32_t touched_count;
    struct winners *winners; // once drawn
};

// Opening, and opening again ------------------------------------------------------------------------------

static void touch(struct ledger *ledger, uint32_t number) {
    if (!ledger->agencies[number].touched) {
        ledger->agencies[number].touched = true;
        ledger->touched[ledger->touched_count++] = number;
    }
}

static bool load_agency(void *context, const struct stored_agency *stored, struct error *error) {
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
        touch(ledger, stored->agency); // it could not be stored, and nobody will say it again
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

static bool all_finished(const struct ledger *ledger) {
    return ledger->draw.agencies > 0 && ledger->finished == ledger->draw.agencies;
}

static void note(const struct ledger *ledger, const struct ledger_note *what) {
    if (ledger->options.noted != NULL) {
        ledger->options.noted(ledger->options.context, what);
    }
}

static void seal(struct ledger *ledger) {
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

static bool put_touched_agencies(struct ledger *ledger, struct error *error) {
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
    bool are_there = ledger->draw.state == DRAW_OPEN ? found || ledger->rows == 0 : all_finished(ledger);
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
    bool seals = is_open && all_finished(ledger); // AGENCIES is smaller than it was
    bool puts_draw = ledger->is_shared ? seals || !ledger->draw_is_stored : is_open;
    if (!puts_draw && !ledger->is_shared && ledger->touched_count == 0) {
        return true;
    }
    if (seals) {
        seal(ledger);
    }
    bool stored = store_begin(ledger->store, error) && put_touched_agencies(ledger, error) &&
                  (!puts_draw || store_put_draw(ledger->store, &ledger->draw, error)) &&
                  store_confirm(ledger->store, error) && store_commit(ledger->store, error);
    if (stored && seals) {
        note(ledger, &(struct ledger_note){.kind = LEDGER_NOTE_SEALED});
    }
    return stored;
}

// Reads everything back from the store: what it says is the truth, whatever was in memory before.
static bool load_once(struct ledger *ledger, struct error *error) {
    bool found;
    ledger->in_group = ledger->seals = false;
    ledger->is_shared = store_is_shared(ledger->store);
    return store_snapshot(ledger->store, error) && load_draw(ledger, &found, error) &&
           make_room(ledger, error) && store_agencies(ledger->store, load_agency, ledger, error) &&
           check_rows_are_there(ledger, found, error) && store_loaded(ledger, error) &&
           load_winners(ledger, error);
}

static bool load(struct ledger *ledger, struct error *error) {
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

static bool open_store(struct ledger *ledger, struct error *error) {
    if (!ledger->options.open_store(ledger->options.context, &ledger->store, error)) {
        return false;
    }
    if (!load(ledger, error)) {
        store_close(&ledger->store);
        return false;
    }
    return true;
}

// After a failure the store is closed; what it holds is found out by opening it again.
static void give_up_store(struct ledger *ledger, const struct error *error) {
    log_event(LOG_LEVEL_ERROR, "store", LOG_FAIL, "error: %s | message: %s", error_name(error->code),
              error->text);
    if (ledger->store != NULL) {
        store_close(&ledger->store);
    }
}

static bool have_store(struct ledger *ledger, struct error *error) {
    if (ledger->store != NULL) {
        return true;
    }
    if (!open_store(ledger, error)) {
        return false;
    }
    log_event(LOG_LEVEL_INFO, "store", LOG_SUCCESS, "draw: %s | state: %s", ledger->draw_name,
              draw_state_name(ledger->draw.state));
    return true;
}

static void check_all_told(struct ledger *ledger) {
    bool is_stored = ledger->store != NULL; // after a failure: when the store has been opened again
    if (ledger->options.all_told != NULL && !ledger->all_told && is_stored &&
        ledger->draw.state == DRAW_DRAWN && ledger->told == ledger->draw.agencies) {
        ledger->all_told = true;
        ledger->options.all_told(ledger->options.context);
    }
}

bool ledger_open(const struct ledger_options *options, struct ledger **result, struct error *error) {
    *result = NULL;
    struct ledger *ledger = calloc(1, sizeof *ledger);
    if (ledger == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the ledger");
    }
    ledger->options = *options;
    snprintf(ledger->draw_name, sizeof ledger->draw_name, "%s", options->draw);
    if (!open_store(ledger, error)) {
        ledger_close(&ledger);
        return false;
    }
    check_all_told(ledger);
    *result = ledger;
    return true;
}

void ledger_close(struct ledger **pointer) {
    struct ledger *ledger = *pointer;
    *pointer = NULL;
    if (ledger->store != NULL) {
        store_close(&ledger->store);
        log_event(LOG_LEVEL_INFO, "close_resource", LOG_SUCCESS, "resource: store");
    }
    winners_free(ledger->winners);
    free(ledger->agencies);
    free(ledger->touched);
    free(ledger);
}

bool ledger_is_shared(const struct ledger *ledger) {
    return ledger->is_shared;
}

uint32_t ledger_agencies(const struct ledger *ledger) {
    return ledger->draw.agencies;
}

// Deciding on one request ---------------------------------------------------------------------------------
//
// Each function below returns false only when the store failed. A request that is refused has its error set.

static bool begin_group(struct ledger *ledger, struct error *error) {
    if (!ledger->in_group) {
        ledger->in_group = store_begin(ledger->store, error);
    }
    return ledger->in_group;
}

static void refuse_conflict(struct ledger_request *request, uint64_t first, uint64_t count) {
    error_set(&request->error, ERROR_CONFLICT,
              "other bets of agency %" PRIu32 " are stored already between bet %" PRIu64 " and bet %" PRIu64,
              request->agency, first, first + count - 1);
    request->error.field = "first";
}

static void refuse_finished(struct ledger_request *request, uint64_t bets) {
    error_set(&request->error, ERROR_AGENCY_FINISHED,
              "agency %" PRIu32 " has sent its last chunk, after %" PRIu64 " bets", request->agency, bets);
    request->error.field = "agency";
}

// Stores the chunk's bets from `skip` on at the end of the agency's.
static bool append(struct ledger *ledger, struct ledger_request *request, uint32_t skip,
                   struct error *error) {
    const struct chunk *chunk = request->chunk;
    struct agency *agency = &ledger->agencies[request->agency];
    if (skip == chunk->count) {
        return true;
    }
    size_t start = chunk_row_offset(chunk->rows, chunk->rows_length, skip);
    struct stored_chunk stored = {
        .agency = request->agency,
        .first = agency->bets,
        .count = chunk->count - skip,
        .numbers = chunk->numbers + 2 * (size_t)skip,
        .rows = chunk->rows + start,
        .rows_length = chunk->rows_length - start,
    };
    memcpy(stored.digest, request->digest, sizeof stored.digest);
    if (skip > 0 &&
        !chunk_digest(stored.numbers, stored.count, stored.rows, stored.rows_length, stored.digest)) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a digest");
    }
    if (!begin_group(ledger, error) || !store_add_chunk(ledger->store, &stored, error)) {
        return false;
    }
    request->attempt.bets = request->stored = stored.count;
    request->attempt.at = stored.first;
    agency->bets += stored.count;
    touch(ledger, request->agency);
    return true;
}

static bool finish_agency(struct ledger *ledger, struct ledger_request *request, struct error *error) {
    struct agency *agency = &ledger->agencies[request->agency];
    if (agency->finished) {
        return true;
    }
    agency->finished = request->finished = true;
    clock_utc_text(agency->finished_at);
    request->attempt.last = true;
    ledger->finished++;
    ledger->finishing++;
    touch(ledger, request->agency);
    return begin_group(ledger, error);
}

// How many of the chunk's bets from `first` on are stored already; sets request->error when the chunk does
// not fit what is stored.
static bool compare_with_stored(struct ledger *ledger, struct ledger_request *request, uint64_t first,
                                uint32_t *known, struct error *error) {
    const struct agency *agency = &ledger->agencies[request->agency];
    uint64_t end = first + request->chunk->count;
    *known = (uint32_t)((end < agency->bets ? end : agency->bets) - first);
    bool same;
    if (!resend_compare(ledger->store, request->agency, first, request->chunk, *known, &same, error)) {
        return false;
    }
    if (!same) {
        refuse_conflict(request, first, *known);
    } else if (agency->finished && end > agency->bets) {
        refuse_finished(request, agency->bets);
    } else if (request->type == LEDGER_LAST_CHUNK && end < agency->bets) {
        error_set(&request->error, ERROR_CONFLICT,
                  "agency %" PRIu32 " has %" PRIu64 " bets stored, more than the %" PRIu64
                  " that end with this last chunk",
                  request->agency, agency->bets, end);
        request->error.field = "first";
    }
    return true;
}

static void refuse_gap(struct ledger_request *request, uint64_t bets) {
    error_set(&request->error, ERROR_GAP,
              "agency %" PRIu32 " has %" PRIu64 " bets stored, and this chunk begins at %" PRId64,
              request->agency, bets, request->first);
    request->error.field = "first";
}

// Reads an agency's row again, when another server may have changed it and this group has not.
static bool refresh_agency(struct ledger *ledger, uint32_t number, struct error *error) {
    struct agency *agency = &ledger->agencies[number];
    struct stored_agency stored;
    bool found;
    if (!ledger->is_shared || agency->touched) {
        return true;
    }
    if (!store_get_agency(ledger->store, number, &stored, &found, error)) {
        return false;
    }
    if (found && stored.checksum != agency->checksum) {
        ledger->finished -= agency->finished;
        return load_agency(ledger, &stored, error);
    }
    return true;
}

// An append in a commit of which nobody knew whether it was stored: *known is how many of its bets were.
static bool find_unknown(struct ledger *ledger, struct ledger_request *request, uint32_t *known,
                         struct error *error) {
    const struct agency *agency = &ledger->agencies[request->agency];
    const struct ledger_attempt *unknown = &request->unknown;
    *known = 0;
    if (unknown->bets > 0 && unknown->at + unknown->bets <= agency->bets) {
        bool same;
        if (!resend_compare(ledger->store, request->agency, unknown->at, request->chunk, unknown->bets, &same,
                            error)) {
            return false;
        }
        *known = same ? unknown->bets : 0;
    }
    return true;
}

static bool decide_append(struct ledger *ledger, struct ledger_request *request, uint32_t *known,
                          struct error *error) {
    const struct agency *agency = &ledger->agencies[request->agency];
    if (!find_unknown(ledger, request, known, error)) {
        return false;
    }
    bool is_whole = *known == request->chunk->count && (*known > 0 || request->unknown.last);
    bool is_done = is_whole && (request->type == LEDGER_CHUNK || request->unknown.last);
    if (agency->finished && !is_done) {
        refuse_finished(request, agency->bets);
    }
    return true;
}

static bool decide_place(struct ledger *ledger, struct ledger_request *request, uint32_t *known,
                         struct error *error) {
    const struct agency *agency = &ledger->agencies[request->agency];
    uint64_t first = (uint64_t)request->first;
    if (first > agency->bets && !refresh_agency(ledger, request->agency, error)) {
        return false;
    }
    if (first > agency->bets) {
        refuse_gap(request, agency->bets);
        return true;
    }
    return compare_with_stored(ledger, request, first, known, error);
}

// What was stored before may be of a commit that no standby has yet (see store_loaded): so in a shared store
// it is acknowledged behind a commit, too.
static bool confirm_known(struct ledger *ledger, const struct ledger_request *request, struct error *error) {
    if (!ledger->is_shared || ledger->agencies[request->agency].checksum == 0) {
        return true;
    }
    touch(ledger, request->agency);
    return begin_group(ledger, error);
}

static bool decide_chunk(struct ledger *ledger, struct ledger_request *request, struct error *error) {
    struct agency *agency = &ledger->agencies[request->agency];
    uint32_t known = 0;
    if (!(request->first < 0 ? decide_append(ledger, request, &known, error)
                             : decide_place(ledger, request, &known, error))) {
        return false;
    }
    if (request->error.code == ERROR_NONE) {
        if (!append(ledger, request, known, error) ||
            (request->type == LEDGER_LAST_CHUNK && !finish_agency(ledger, request, error)) ||
            !confirm_known(ledger, request, error)) {
            return false;
        }
        if (request->stored == 0) { // they are stored, then, by the attempt before
            request->stored = request->unknown.bets;
            request->finished = request->finished || request->unknown.last;
        }
    }
    request->next = (int64_t)agency->bets;
    return true;
}

static bool decide_told(struct ledger *ledger, struct ledger_request *request, struct error *error) {
    struct agency *agency = &ledger->agencies[request->agency];
    if (agency->told) {
        return true;
    }
    agency->told = true;
    clock_utc_text(agency->told_at);
    ledger->told++;
    touch(ledger, request->agency);
    return begin_group(ledger, error);
}

static bool decide(struct ledger *ledger, struct ledger_request *request, struct error *error) {
    if (request->error.code != ERROR_NONE || request->type == LEDGER_PASS) {
        return true;
    }
    assert(request->agency >= 1 && request->agency <= ledger->draw.agencies);
    return request->type == LEDGER_TOLD ? decide_told(ledger, request, error)
                                        : decide_chunk(ledger, request, error);
}

// Committing a group, and answering it --------------------------------------------------------------------

static bool decide_all(struct ledger *ledger, struct queue_node *group, struct error *error) {
    for (struct queue_node *node = group; node != NULL; node = node->next) {
        if (!decide(ledger, CONTAINER_OF(node, struct ledger_request, node), error)) {
            return false;
        }
    }
    return true;
}

// With the last agency's end the draw is sealed, whichever server that comes to.
static bool seal_if_all_finished(struct ledger *ledger, struct error *error) {
    uint32_t finished = ledger->finished;
    if (ledger->finishing == 0) {
        return true;
    }
    if (!store_count_finished(ledger->store, ledger->draw.checksum, ledger->finishing, &finished, error)) {
        return false;
    }
    ledger->finishing = 0;
    if (finished < ledger->draw.agencies) {
        return true;
    }
    seal(ledger);
    ledger->seals = true;
    return store_put_draw(ledger->store, &ledger->draw, error);
}

static bool commit_group(struct ledger *ledger, struct error *error) {
    if (!ledger->in_group) {
        return true; // nothing to store: resends and refusals only
    }
    ledger->in_group = false;
    return put_touched_agencies(ledger, error) && seal_if_all_finished(ledger, error) &&
           store_commit(ledger->store, error);
}

// A request that was refused before it came here, or has been for good.
static bool is_refused(const struct ledger_request *request) {
    return request->error.code != ERROR_NONE && request->next < 0;
}

// Takes back what was decided, so that it can be decided anew. An attempt that another server was quicker
// than is known not to be stored: what is found at its place is the other one's.
static void reset_group(struct queue_node *group, bool is_known) {
    for (struct queue_node *node = group; node != NULL; node = node->next) {
        struct ledger_request *request = CONTAINER_OF(node, struct ledger_request, node);
        if (!is_refused(request)) {
            error_clear(&request->error);
            request->next = -1;
            request->stored = 0;
            request->finished = false;
            if (!is_known && (request->attempt.bets > 0 || request->attempt.last)) {
                request->unknown = request->attempt;
            }
            request->attempt = (struct ledger_attempt){0};
        }
    }
}

static bool take_locked(void *context, const struct stored_agency *stored, struct error *error) {
    struct ledger *ledger = context;
    if (stored->agency < 1 || stored->agency > ledger->draw.agencies ||
        stored->checksum == ledger->agencies[stored->agency].checksum) {
        return true;
    }
    ledger->careful = CAREFUL_GROUPS;
    ledger->finished -= ledger->agencies[stored->agency].finished;
    return load_agency(ledger, stored, error);
}

// When several servers get bets of one agency at once, guesses are wrong again and again. Then the rows are
// locked first, and what is read of them is no guess: so that each group is stored in the end, and with it
// those of all others that are in it.
static bool lock_agencies(struct ledger *ledger, const struct queue_node *group, struct error *error) {
    uint32_t numbers[GROUP_CHUNKS_MAX];
    size_t count = 0;
    for (; group != NULL; group = group->next) {
        const struct ledger_request *request = CONTAINER_OF(group, struct ledger_request, node);
        if (request->type != LEDGER_PASS && request->error.code == ERROR_NONE) {
            assert(count < GROUP_CHUNKS_MAX);
            numbers[count++] = request->agency;
        }
    }
    ledger->careful--;
    return begin_group(ledger, error) &&
           store_lock_agencies(ledger->store, numbers, count, take_locked, ledger, error);
}

// Decides on every request of the group and commits what came of it.
static bool settle_once(struct ledger *ledger, struct queue_node *group, struct error *error) {
    return have_store(ledger, error) && (ledger->careful == 0 || lock_agencies(ledger, group, error)) &&
           decide_all(ledger, group, error) && commit_group(ledger, error);
}

// When another server was quicker, or the store was away for a moment and nobody knows what it has stored, it
// is asked, and the group is decided on again.
static bool settle(struct ledger *ledger, struct queue_node *group, struct error *error) {
    for (int attempt = 1; !settle_once(ledger, group, error); attempt++) {
        bool is_stale = error->code == ERROR_STORE_STALE;
        if (attempt == SETTLE_ATTEMPTS_MAX || ledger->store == NULL ||
            (!is_stale && error->code != ERROR_STORE_AWAY)) {
            return false;
        }
        log_event(LOG_LEVEL_DEBUG, "store", LOG_IN_PROGRESS, "reason: %s", error->text);
        if (!is_stale) {
            store_close(&ledger->store); // have_store opens it again, and reads it back
        } else if (!load(ledger, error)) {
            return false;
        }
        ledger->careful = is_stale ? CAREFUL_GROUPS : ledger->careful;
        reset_group(group, is_stale);
    }
    return true;
}

static bool needs_store(const struct queue_node *group) {
    for (; group != NULL; group = group->next) {
        const struct ledger_request *request = CONTAINER_OF(group, struct ledger_request, node);
        if (request->type != LEDGER_PASS && request->error.code == ERROR_NONE) {
            return true;
        }
    }
    return false;
}

static void log_stored(const struct ledger_request *request) {
    if (request->stored == 0) {
        log_event(LOG_LEVEL_DEBUG, "apuestas_repetidas", LOG_SUCCESS,
                  "agencia: %" PRIu32 " | cantidad: %" PRIu32, request->agency, request->chunk->count);
        return;
    }
    if (request->chunk->count == 1) {
        struct bet_slice fields[BET_FIELDS];
        bet_split(request->chunk->rows, request->chunk->rows_length - 1, fields);
        log_event(LOG_LEVEL_INFO, "apuesta_almacenada", LOG_SUCCESS, "dni: %.*s | numero: %.*s",
                  (int)fields[BET_DOCUMENT].length, fields[BET_DOCUMENT].text, (int)fields[BET_NUMBER].length,
                  fields[BET_NUMBER].text);
    }
    log_event(LOG_LEVEL_INFO, "apuestas_almacenadas", LOG_SUCCESS,
              "agencia: %" PRIu32 " | cantidad: %" PRIu32, request->agency, request->stored);
}

static void log_answer(const struct ledger_request *request) {
    if (request->type != LEDGER_CHUNK && request->type != LEDGER_LAST_CHUNK) {
        return;
    }
    if (request->error.code != ERROR_NONE) {
        log_event(LOG_LEVEL_WARNING, "apuestas_almacenadas", LOG_FAIL,
                  "agencia: %" PRIu32 " | cantidad: %" PRIu32 " | error: %s | message: %s", request->agency,
                  request->chunk != NULL ? request->chunk->count : request->bets_sent,
                  error_name(request->error.code), request->error.text);
        return;
    }
    if (request->chunk->count > 0) {
        log_stored(request);
    }
    if (request->finished) {
        log_event(LOG_LEVEL_INFO, "client_finished", LOG_SUCCESS, "agencia: %" PRIu32, request->agency);
    }
}

// What the group has changed that people may want to be able to prove.
static void note_group(const struct ledger *ledger, const struct queue_node *group, bool sealed) {
    for (; group != NULL; group = group->next) {
        const struct ledger_request *request = CONTAINER_OF(group, struct ledger_request, node);
        if (request->finished && request->error.code == ERROR_NONE) {
            note(ledger, &(struct ledger_note){.kind = LEDGER_NOTE_FINISHED,
                                               .agency = request->agency,
                                               .bets = (uint64_t)request->next});
        }
    }
    if (sealed) {
        note(ledger, &(struct ledger_note){.kind = LEDGER_NOTE_SEALED});
    }
}

// The one place where answers leave the ledger. THE RULE: a request that is answered as stored is stored.
// That is so because this is called after `settle`: either its commit succeeded, or every answer that leans
// on it has been turned into an error before.
static void acknowledge(struct queue_node *group) {
    log_hold();
    for (struct queue_node *node = group; node != NULL; node = node->next) {
        log_answer(CONTAINER_OF(node, struct ledger_request, node));
    }
    log_release();
    for (struct queue_node *node = group, *next; node != NULL; node = next) {
        next = node->next; // the request is its submitter's again
        struct ledger_request *request = CONTAINER_OF(node, struct ledger_request, node);
        request->complete(request);
    }
}

// Turns every answer of the group that the store stands behind into "not stored".
static void fail_group(struct queue_node *group, const struct error *error) {
    for (struct queue_node *node = group; node != NULL; node = node->next) {
        struct ledger_request *request = CONTAINER_OF(node, struct ledger_request, node);
        if (request->type != LEDGER_PASS && !is_refused(request)) {
            error_set(&request->error, ERROR_STORE_FAILED, "%s", error->text);
            request->next = -1;
        }
    }
}

void ledger_process(struct ledger *ledger, struct queue_node *group) {
    struct error error;
#ifdef QUINIELA_CANARY // a bug for tests/sim to find, and in no program: it acknowledges before it commits
    if (!needs_store(group) || (have_store(ledger, &error) && decide_all(ledger, group, &error))) {
        acknowledge(group);
        if (!commit_group(ledger, &error)) {
            give_up_store(ledger, &error);
        }
        return;
    }
#endif
    ledger->seals = false;
    if (needs_store(group) && !settle(ledger, group, &error)) {
        fail_group(group, &error);
        give_up_store(ledger, &error);
        ledger->seals = false;
    }
    note_group(ledger, group, ledger->seals);
    acknowledge(group);
    check_all_told(ledger);
}

// The draw ------------------------------------------------------------------------------------------------

static bool store_drawn(struct ledger *ledger, struct winners **winners, uint64_t *bets,
                        struct error *error) {
    struct stored_draw drawn = ledger->draw;
    drawn.state = DRAW_DRAWN;
    clock_utc_text(drawn.drawn_at);
    if (!store_begin_draw(ledger->store, error) ||
        !draw_make(ledger->store, &ledger->draw, winners, bets, error)) {
        return false;
    }
    if (!store_put_draw(ledger->store, &drawn, error) || !store_commit(ledger->store, error)) {
        winners_free(*winners);
        return false;
    }
    ledger->draw = drawn;
    return true;
}

bool ledger_has_work(const struct ledger *ledger) {
    return ledger->draw.state == DRAW_SEALED ||
           (ledger->draw.state == DRAW_DRAWN && ledger->store == NULL && !ledger->all_told);
}

void ledger_work(struct ledger *ledger) {
    struct error error;
    if (!have_store(ledger, &error)) {
        give_up_store(ledger, &error);
        return;
    }
    check_all_told(ledger);
    if (ledger->draw.state != DRAW_SEALED) {
        return;
    }
    uint64_t bets;
    if (!store_drawn(ledger, &ledger->winners, &bets, &error)) {
        ledger->winners = NULL;
        if (error.code == ERROR_STORE_STALE) {
            return; // another server makes it; ledger_look sees it
        }
        log_event(LOG_LEVEL_ERROR, "sorteo", LOG_FAIL, "error: %s | message: %s", error_name(error.code),
                  error.text);
        give_up_store(ledger, &error);
        return;
    }
    log_event(LOG_LEVEL_INFO, "sorteo", LOG_SUCCESS,
              "draw: %s | winning_number: %u | bets: %" PRIu64 " | winners: %" PRIu64, ledger->draw_name,
              ledger->draw.winning_number, bets, winners_count(ledger->winners));
    note(ledger, &(struct ledger_note){
                     .kind = LEDGER_NOTE_DRAWN, .bets = bets, .winners = winners_count(ledger->winners)});
    ledger->options.drawn(ledger->options.context, ledger->winners);
}

// Looking at what other servers do ------------------------------------------------------------------------

static bool has_changed(struct ledger *ledger, bool *changed, struct error *error) {
    struct stored_draw draw;
    bool found;
    if (!store_get_draw(ledger->store, &draw, &found, error)) {
        return false;
    }
    *changed = !found || draw.checksum != ledger->draw.checksum;
    return true;
}

void ledger_look(struct ledger *ledger) {
    struct error error;
    bool wants_told = ledger->options.all_told != NULL && !ledger->all_told;
    bool changed = wants_told;
    if (ledger->draw.state == DRAW_DRAWN && !wants_told) {
        return; // nothing changes any more
    }
    if (!have_store(ledger, &error) ||
        (ledger->draw.state != DRAW_DRAWN && !has_changed(ledger, &changed, &error)) ||
        (changed && !load(ledger, &error))) {
        give_up_store(ledger, &error);
        return;
    }
    check_all_told(ledger);
}
