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

struct agency {
    uint64_t bets;
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
    bool in_group, all_told;
    uint32_t *touched; // the agencies with changes in the open group
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

static bool put_draw(struct ledger *ledger, struct error *error) {
    return store_begin(ledger->store, error) && store_put_draw(ledger->store, &ledger->draw, error) &&
           store_commit(ledger->store, error);
}

// What the settings say holds while the draw is open; afterwards what is stored.
static bool load_draw(struct ledger *ledger, bool *found, struct error *error) {
    const struct ledger_options *options = &ledger->options;
    struct stored_draw stored = {0};
    if (!store_get_draw(ledger->store, &stored, found, error)) {
        return false;
    }
    ledger->draw = stored;
    if (!*found || stored.state == DRAW_OPEN) {
        ledger->draw.agencies = options->agencies;
        ledger->draw.winning_number = options->winning_number;
        if (!*found) {
            clock_utc_text(ledger->draw.opened_at);
        }
        return true;
    }
    if (stored.agencies != options->agencies || stored.winning_number != options->winning_number) {
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

static void seal(struct ledger *ledger) {
    assert(ledger->draw.state == DRAW_OPEN && all_finished(ledger));
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
        agency->bets = 0;
        agency->finished = agency->touched = false;
        agency->finished_at[0] = '\0';
    }
    ledger->finished = ledger->rows = ledger->touched_count = 0;
    return true;
}

static bool put_touched_agencies(struct ledger *ledger, struct error *error) {
    for (uint32_t i = 0; i < ledger->touched_count; i++) {
        struct agency *agency = &ledger->agencies[ledger->touched[i]];
        struct stored_agency stored = {.agency = ledger->touched[i], .bets = agency->bets};
        memcpy(stored.finished_at, agency->finished_at, sizeof stored.finished_at);
        memcpy(stored.told_at, agency->told_at, sizeof stored.told_at);
        if (!store_put_agency(ledger->store, &stored, error)) {
            return false;
        }
        agency->touched = false;
    }
    ledger->touched_count = 0;
    return true;
}

// Stores which agencies have been told, as far as that could not be stored before.
static bool store_told(struct ledger *ledger, struct error *error) {
    return ledger->touched_count == 0 ||
           (store_begin(ledger->store, error) && put_touched_agencies(ledger, error) &&
            store_commit(ledger->store, error));
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

// Reads everything back from the store: what it says is the truth, whatever was in memory before.
static bool load(struct ledger *ledger, struct error *error) {
    ledger->in_group = false;
    bool found;
    if (!load_draw(ledger, &found, error) || !make_room(ledger, error) ||
        !store_agencies(ledger->store, load_agency, ledger, error) ||
        !check_rows_are_there(ledger, found, error) || !store_told(ledger, error)) {
        return false;
    }
    if (ledger->draw.state == DRAW_OPEN) {
        if (all_finished(ledger)) { // AGENCIES is smaller than it was
            seal(ledger);
        }
        if (!put_draw(ledger, error)) {
            return false;
        }
    }
    return load_winners(ledger, error);
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
    if (!ledger->all_told && is_stored && ledger->draw.state == DRAW_DRAWN &&
        ledger->told == ledger->draw.agencies) {
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
    agency->bets += stored.count;
    request->stored = stored.count;
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
    ledger->finished++;
    touch(ledger, request->agency);
    if (!begin_group(ledger, error)) {
        return false;
    }
    if (all_finished(ledger)) {
        seal(ledger);
        return store_put_draw(ledger->store, &ledger->draw, error);
    }
    return true;
}

// How many of the chunk's bets are stored already; sets request->error when the chunk does not fit what is
// stored.
static bool compare_with_stored(struct ledger *ledger, struct ledger_request *request, uint32_t *known,
                                struct error *error) {
    const struct agency *agency = &ledger->agencies[request->agency];
    uint64_t first = (uint64_t)request->first;
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

static bool decide_chunk(struct ledger *ledger, struct ledger_request *request, struct error *error) {
    struct agency *agency = &ledger->agencies[request->agency];
    uint32_t known = 0;
    if (request->first < 0) {
        if (agency->finished) {
            refuse_finished(request, agency->bets);
        }
    } else if ((uint64_t)request->first > agency->bets) {
        error_set(&request->error, ERROR_GAP,
                  "agency %" PRIu32 " has %" PRIu64 " bets stored, and this chunk begins at %" PRId64,
                  request->agency, agency->bets, request->first);
        request->error.field = "first";
    } else if (!compare_with_stored(ledger, request, &known, error)) {
        return false;
    }
    if (request->error.code == ERROR_NONE &&
        (!append(ledger, request, known, error) ||
         (request->type == LEDGER_LAST_CHUNK && !finish_agency(ledger, request, error)))) {
        return false;
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

static bool commit_group(struct ledger *ledger, struct error *error) {
    if (!ledger->in_group) {
        return true; // nothing to store: resends and refusals only
    }
    ledger->in_group = false;
    return put_touched_agencies(ledger, error) && store_commit(ledger->store, error);
}

// Decides on every request of the group and commits what came of it.
static bool settle(struct ledger *ledger, struct queue_node *group, struct error *error) {
    return decide_all(ledger, group, error) && commit_group(ledger, error);
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
        bool refused_before = request->error.code != ERROR_NONE && request->next < 0;
        if (request->type != LEDGER_PASS && !refused_before) {
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
    if (needs_store(group) && (!have_store(ledger, &error) || !settle(ledger, group, &error))) {
        fail_group(group, &error);
        give_up_store(ledger, &error);
    }
    acknowledge(group);
    check_all_told(ledger);
}

// The draw ------------------------------------------------------------------------------------------------

static bool store_drawn(struct ledger *ledger, struct winners **winners, uint64_t *bets,
                        struct error *error) {
    struct stored_draw drawn = ledger->draw;
    drawn.state = DRAW_DRAWN;
    clock_utc_text(drawn.drawn_at);
    if (!store_begin(ledger->store, error) ||
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
        log_event(LOG_LEVEL_ERROR, "sorteo", LOG_FAIL, "error: %s | message: %s", error_name(error.code),
                  error.text);
        give_up_store(ledger, &error);
        return;
    }
    log_event(LOG_LEVEL_INFO, "sorteo", LOG_SUCCESS,
              "draw: %s | winning_number: %u | bets: %" PRIu64 " | winners: %" PRIu64, ledger->draw_name,
              ledger->draw.winning_number, bets, winners_count(ledger->winners));
    ledger->options.drawn(ledger->options.context, ledger->winners);
}
