#include "ledger/internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "bet/bet.h"
#include "bet/errors.h"
#include "bet/limits.h"
#include "ledger/draw.h"
#include "ledger/limits.h"
#include "ledger/listing.h"
#include "ledger/resend.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAREFUL_GROUPS = 64 }; // for how long agencies are locked after another server has changed one

// Opening and closing -------------------------------------------------------------------------------------

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
    ledger->cache = row_cache_new();
    if (ledger->cache == NULL) {
        free(ledger);
        return error_set(error, ERROR_NO_MEMORY, "no memory for the ledger");
    }
    snprintf(ledger->draw_name, sizeof ledger->draw_name, "%s", options->draw);
    ledger->listings = listings_new();
    if (ledger->listings == NULL) {
        ledger_close(&ledger);
        return error_set(error, ERROR_NO_MEMORY, "no memory for the ledger");
    }
    if (!ledger_open_store(ledger, error)) {
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
    row_cache_free(ledger->cache);
    free(ledger->agencies);
    free(ledger->touched);
    listings_free(ledger->listings);
    free(ledger);
}

bool ledger_is_shared(const struct ledger *ledger) {
    return ledger->is_shared;
}

uint32_t ledger_agencies(const struct ledger *ledger) {
    return ledger->draw.agencies;
}

uint16_t ledger_winning_number(const struct ledger *ledger) {
    return ledger->draw.winning_number;
}

// Committing a group, and answering it --------------------------------------------------------------------

static bool decide_all(struct ledger *ledger, struct queue_node *group, struct error *error) {
    for (struct queue_node *node = group; node != NULL; node = node->next) {
        if (!ledger_decide(ledger, CONTAINER_OF(node, struct ledger_request, node), error)) {
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
    ledger_seal(ledger);
    ledger->seals = true;
    return store_put_draw(ledger->store, &ledger->draw, error);
}

// Bets go only into the draw that they were decided on: another server may have changed it, and sealed it
// without this agency. A group with an agency's end sees to that when it counts.
static bool hold_draw(struct ledger *ledger, struct error *error) {
    return !ledger->appends || ledger->finishing > 0 ||
           store_hold_draw(ledger->store, ledger->draw.checksum, error);
}

static bool commit_group(struct ledger *ledger, struct error *error) {
    if (!ledger->in_group) {
        return true; // nothing to store: resends and refusals only
    }
    ledger->in_group = false;
    if (!ledger_put_touched(ledger, error) || !hold_draw(ledger, error) ||
        !seal_if_all_finished(ledger, error) || !store_commit(ledger->store, error)) {
        return false;
    }
    ledger_store_works(ledger);
    return true;
}

// A request that was refused before it came here, or has been for good.
static bool is_refused(const struct ledger_request *request) {
    return request->answer.error.code != ERROR_NONE && request->answer.next < 0;
}

// Takes back what was decided, so that it can be decided anew. An attempt that another server was quicker
// than is known not to be stored: what is found at its place is the other one's.
static void reset_group(struct queue_node *group, bool is_known) {
    for (struct queue_node *node = group; node != NULL; node = node->next) {
        struct ledger_request *request = CONTAINER_OF(node, struct ledger_request, node);
        if (!is_refused(request)) {
            error_clear(&request->answer.error);
            request->answer.next = -1;
            request->answer.stored = 0;
            request->answer.finished = false;
            listing_drop(request);
            if (!is_known && (request->own.attempt.bets > 0 || request->own.attempt.last)) {
                request->own.unknown = request->own.attempt;
            }
            request->own.attempt = (struct ledger_attempt){0};
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
    return ledger_take_agency(ledger, stored, error);
}

// When several servers get bets of one agency at once, guesses are wrong again and again. Then the rows are
// locked first, and what is read of them is no guess: so that each group is stored in the end, and with it
// those of all others that are in it.
static bool lock_agencies(struct ledger *ledger, const struct queue_node *group, struct error *error) {
    uint32_t numbers[GROUP_CHUNKS_MAX];
    size_t count = 0;
    for (; group != NULL; group = group->next) {
        const struct ledger_request *request = CONTAINER_OF(group, struct ledger_request, node);
        if (request->input.type != LEDGER_PASS && request->answer.error.code == ERROR_NONE) {
            assert(count < GROUP_CHUNKS_MAX);
            numbers[count++] = request->input.agency;
        }
    }
    ledger->careful--;
    return ledger_begin_group(ledger, error) &&
           store_lock_agencies(ledger->store, numbers, count, take_locked, ledger, error);
}

// Decides on every request of the group and commits what came of it.
static bool settle_once(struct ledger *ledger, struct queue_node *group, struct error *error) {
    return ledger_have_store(ledger, error) &&
           (!ledger->failing || !ledger_is_asked(group) || ledger_try_store(ledger, error)) &&
           (ledger->careful == 0 || lock_agencies(ledger, group, error)) &&
           decide_all(ledger, group, error) && commit_group(ledger, error);
}

// Turns every answer of the group that the store stands behind into "not stored".
static void fail_group(struct queue_node *group, const struct error *error) {
    for (struct queue_node *node = group; node != NULL; node = node->next) {
        struct ledger_request *request = CONTAINER_OF(node, struct ledger_request, node);
        if (request->input.type != LEDGER_PASS && !is_refused(request)) {
            error_set(&request->answer.error, ERROR_STORE_FAILED, "%s", error->text);
            request->answer.next = -1;
        }
    }
}

static bool settle_apart(struct ledger *ledger, struct queue_node *group, const struct error *refusal);

// When another server was quicker, or the store was away for a moment and nobody knows what it has stored, it
// is asked, and the group is decided on again; when it refuses something of it, the group is taken apart.
static bool settle(struct ledger *ledger, struct queue_node *group, struct error *error) {
    for (int attempt = 1; !settle_once(ledger, group, error); attempt++) {
        struct error reason = *error;
        bool is_away = reason.code == ERROR_STORE_AWAY, is_refused = reason.code == ERROR_STORE_REFUSED;
        row_cache_clear(ledger->cache); // chunks of the group may be in it, and are not stored
        if (attempt == SETTLE_ATTEMPTS_MAX || ledger->store == NULL ||
            (!is_away && !is_refused && reason.code != ERROR_STORE_STALE)) {
            return false;
        }
        log_event(LOG_LEVEL_DEBUG, "store", LOG_IN_PROGRESS, "reason: %s", error->text);
        if (is_away || !ledger_load(ledger, error)) {
            if (!is_away && error->code != ERROR_STORE_AWAY) {
                return false;
            }
            store_give_up(&ledger->store); // have_store opens it again, and reads it back
        }
        reset_group(group, !is_away);
        if (is_refused) {
            return settle_apart(ledger, group, &reason);
        }
        ledger->careful = is_away ? ledger->careful : CAREFUL_GROUPS;
    }
    return true;
}

static void settle_or_fail(struct ledger *ledger, struct queue_node *group) {
    struct error error;
    if (!settle(ledger, group, &error)) {
        fail_group(group, &error);
        ledger_note_failed_group(ledger, group);
        ledger_give_up_store(ledger, &error);
        ledger->seals = false;
    }
}

// The last of the first half.
static struct queue_node *middle_of(struct queue_node *group) {
    struct queue_node *middle = group;
    for (const struct queue_node *end = group->next; end != NULL && end->next != NULL;
         end = end->next->next) {
        middle = middle->next;
    }
    return middle;
}

// The store refuses something of the group for what it is. By halves the request is found that is to blame,
// and is refused alone; what the others send is stored. Always true: every request has its answer.
static bool settle_apart(struct ledger *ledger, struct queue_node *group, const struct error *refusal) {
    if (group->next == NULL) {
        struct ledger_request *request = CONTAINER_OF(group, struct ledger_request, node);
        error_set(&request->answer.error, ERROR_BAD_MESSAGE, "the store does not take it: %.180s",
                  refusal->text);
        request->answer.error.field = "payload";
        return true;
    }
    struct queue_node *middle = middle_of(group), *rest = middle->next;
    middle->next = NULL;
    settle_or_fail(ledger, group);
    bool sealed = ledger->seals;
    settle_or_fail(ledger, rest);
    ledger->seals = ledger->seals || sealed;
    middle->next = rest;
    return true;
}

static bool needs_store(const struct ledger *ledger, const struct queue_node *group) {
    for (; group != NULL; group = group->next) {
        const struct ledger_request *request = CONTAINER_OF(group, struct ledger_request, node);
        bool is_asked = request->input.type != LEDGER_PASS || request->input.agency > ledger->draw.agencies;
        if (is_asked && request->answer.error.code == ERROR_NONE) {
            return true;
        }
    }
    return false;
}

static void log_stored(const struct ledger_request *request) {
    if (request->answer.stored == 0) {
        struct log_source source = {.number = request->input.source};
        (void)log_event_limited(&source, LOG_LEVEL_DEBUG, "apuestas_repetidas", LOG_SUCCESS,
                                "agencia: %" PRIu32 " | cantidad: %" PRIu32, request->input.agency,
                                request->input.chunk->count);
        return;
    }
    if (request->input.chunk->count == 1) {
        struct bet_slice fields[BET_FIELDS];
        bet_split(request->input.chunk->rows, request->input.chunk->rows_length - 1, fields);
        log_event(LOG_LEVEL_INFO, "apuesta_almacenada", LOG_SUCCESS, "dni: %.*s | numero: %.*s",
                  (int)fields[BET_DOCUMENT].length, fields[BET_DOCUMENT].text, (int)fields[BET_NUMBER].length,
                  fields[BET_NUMBER].text);
    }
    log_event(LOG_LEVEL_INFO, "apuestas_almacenadas", LOG_SUCCESS,
              "agencia: %" PRIu32 " | cantidad: %" PRIu32, request->input.agency, request->answer.stored);
}

static void log_answer(const struct ledger_request *request) {
    if (request->input.type != LEDGER_CHUNK && request->input.type != LEDGER_LAST_CHUNK) {
        return;
    }
    if (request->answer.error.code != ERROR_NONE) {
        struct log_source source = {error_name(request->answer.error.code), request->input.source, false};
        (void)log_event_limited(
            &source, LOG_LEVEL_WARNING, "apuestas_almacenadas", LOG_FAIL,
            "agencia: %" PRIu32 " | cantidad: %" PRIu32 " | error: %s | message: %s", request->input.agency,
            request->input.chunk != NULL ? request->input.chunk->count : request->input.bets_sent,
            source.error, request->answer.error.text);
        return;
    }
    if (request->input.chunk->count > 0) {
        log_stored(request);
    }
    if (request->answer.finished) {
        log_event(LOG_LEVEL_INFO, "client_finished", LOG_SUCCESS, "agencia: %" PRIu32, request->input.agency);
    }
}

// What the group has changed that people may want to be able to prove.
static void note_group(const struct ledger *ledger, const struct queue_node *group, bool sealed) {
    for (; group != NULL; group = group->next) {
        const struct ledger_request *request = CONTAINER_OF(group, struct ledger_request, node);
        if (request->answer.finished && request->answer.error.code == ERROR_NONE) {
            ledger_note(ledger, &(struct ledger_note){.kind = LEDGER_NOTE_FINISHED,
                                                      .agency = request->input.agency,
                                                      .bets = (uint64_t)request->answer.next});
        }
    }
    if (sealed) {
        ledger_note(ledger, &(struct ledger_note){.kind = LEDGER_NOTE_SEALED});
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

void ledger_process(struct ledger *ledger, struct queue_node *group) {
#ifdef QUINIELA_CANARY // a bug for tests/sim to find, and in no program: it acknowledges before it commits
    struct error error;
    if (!needs_store(ledger, group) ||
        (ledger_have_store(ledger, &error) && decide_all(ledger, group, &error))) {
        acknowledge(group);
        if (!commit_group(ledger, &error)) {
            ledger_give_up_store(ledger, &error);
        }
        return;
    }
#endif
    ledger->seals = ledger->has_looked = false;
    if (needs_store(ledger, group)) {
        settle_or_fail(ledger, group);
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
    return ledger->draw.state == DRAW_SEALED || ledger->failing ||
           (ledger->draw.state == DRAW_DRAWN && ledger->store == NULL && !ledger->all_told);
}

void ledger_work(struct ledger *ledger) {
    struct error error;
    if (!ledger_have_store(ledger, &error) || !ledger_try_store(ledger, &error)) {
        ledger_give_up_store(ledger, &error);
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
        ledger_give_up_store(ledger, &error);
        return;
    }
    log_event(LOG_LEVEL_INFO, "sorteo", LOG_SUCCESS,
              "draw: %s | winning_number: %u | bets: %" PRIu64 " | winners: %" PRIu64, ledger->draw_name,
              ledger->draw.winning_number, bets, winners_count(ledger->winners));
    ledger_note(ledger, &(struct ledger_note){.kind = LEDGER_NOTE_DRAWN,
                                              .bets = bets,
                                              .winners = winners_count(ledger->winners)});
    ledger->options.drawn(ledger->options.context, ledger->winners);
}

// Looking at what other servers do ------------------------------------------------------------------------

void ledger_look(struct ledger *ledger) {
    struct error error;
    bool wants_told = ledger->options.all_told != NULL && !ledger->all_told;
    bool changed = wants_told;
    if (ledger->draw.state == DRAW_DRAWN && !wants_told) {
        return; // nothing changes any more
    }
    if (!ledger_have_store(ledger, &error) ||
        (ledger->draw.state != DRAW_DRAWN && !ledger_has_changed(ledger, &changed, &error)) ||
        (changed && !ledger_load(ledger, &error))) {
        ledger_give_up_store(ledger, &error);
        return;
    }
    check_all_told(ledger);
}
