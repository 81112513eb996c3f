#include "ledger/check.h"

#include "bet/bet.h"
#include "bet/chunk.h"
#include "bet/errors.h"
#include "bet/limits.h"
#include "ledger/chunk_check.h"
#include "ledger/continuity.h"
#include "ledger/papers_check.h"
#include "ledger/voided_check.h"
#include "store/no_draw.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct winning_bet {
    uint32_t agency;
    uint64_t bet;
    char document[DOCUMENT_BYTES_MAX + 1];
};

struct check {
    struct stored_draw draw;
    const struct check_watch *watch;
    struct check_result *result;
    uint64_t read, all; // bets: those that have been read, and what the agencies' rows say
    struct continuity *continuity;
    struct voided_check voided;
    struct papers_check papers;
    uint64_t finished;
    struct winning_bet *winning; // in the chunks, in their order
    size_t winning_count, winning_capacity;
    size_t next_winner; // the first of those not yet seen among the stored winners
};

static void note_damage(void *context, const char *damage) {
    struct check *check = context;
    check->result->damages++;
    check->watch->on_damage(check->watch->context, damage);
}

static void damage(struct check *check, const char *format, ...) PRINTF_LIKE(2, 3);

static void damage(struct check *check, const char *format, ...) {
    char text[ERROR_TEXT_BYTES];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    note_damage(check, text);
}

// Damage is reported; a failure of the check itself is an error.
static bool go_on_after(struct check *check, const struct error *found, struct error *error) {
    if (found->code != ERROR_STORE_FAILED) {
        *error = *found;
        return false;
    }
    note_damage(check, found->text);
    return true;
}

static bool remember_winning(struct check *check, const struct stored_chunk *chunk, uint32_t index,
                             const struct bet_slice *document, struct error *error) {
    if (check->winning_count == check->winning_capacity) {
        size_t capacity = check->winning_capacity * 2 + 64;
        struct winning_bet *larger = reallocarray(check->winning, capacity, sizeof *larger);
        if (larger == NULL) {
            return error_set(error, ERROR_NO_MEMORY, "no memory for %zu winners", capacity);
        }
        check->winning = larger;
        check->winning_capacity = capacity;
    }
    struct winning_bet *winning = &check->winning[check->winning_count++];
    *winning = (struct winning_bet){.agency = chunk->agency, .bet = chunk->first + index};
    memcpy(winning->document, document->text, document->length);
    return true;
}

static bool take_winning(struct check *check, const struct stored_chunk *chunk, struct error *error) {
    const char *row = chunk->rows;
    for (uint32_t i = 0; i < chunk->count; i++) {
        const char *newline = memchr(row, '\n', chunk->rows_length - (size_t)(row - chunk->rows));
        if (chunk_number(chunk->numbers, i) == check->draw.winning_number) {
            struct bet_slice fields[BET_FIELDS];
            bet_split(row, (size_t)(newline - row), fields);
            if (!remember_winning(check, chunk, i, &fields[BET_DOCUMENT], error)) {
                return false;
            }
        }
        row = newline + 1;
    }
    return true;
}

static bool on_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    struct check *check = context;
    struct error found;
    check->read += chunk->count;
    if (check->watch->on_progress != NULL) {
        check->watch->on_progress(check->watch->context, check->read, check->all);
    }
    if (!continuity_take(check->continuity, chunk, &found)) {
        note_damage(check, found.text);
    }
    if (!chunk_check(chunk, &found)) {
        return go_on_after(check, &found, error);
    }
    check->result->chunks++;
    check->result->bets += chunk->count;
    return check->draw.state != DRAW_DRAWN || take_winning(check, chunk, error);
}

static bool on_voided(void *context, uint32_t voiding, const struct stored_chunk *chunk,
                      struct error *error) {
    struct check *check = context;
    struct error found;
    if (!voided_check_take(&check->voided, voiding, chunk, &found)) {
        note_damage(check, found.text);
    }
    if (!chunk_check(chunk, &found)) {
        return go_on_after(check, &found, error);
    }
    check->result->voided += chunk->count;
    return true;
}

static bool on_agency(void *context, const struct stored_agency *agency, struct error *error) {
    struct check *check = context;
    (void)error;
    check->finished += agency->finished_at[0] != '\0';
    check->all += agency->bets;
    if (agency->agency < 1 || agency->agency > check->draw.agencies) {
        damage(check, "agency %" PRIu32 " has a row, but the draw has %" PRIu32 " agencies", agency->agency,
               check->draw.agencies);
    }
    if (agency->told_at[0] != '\0' && check->draw.state != DRAW_DRAWN) {
        damage(check, "agency %" PRIu32 " has been told its winners before the draw", agency->agency);
    }
    return true;
}

// Both come in the same order, so a winner found in only one of them stands out.
static bool on_winner(void *context, const struct stored_winner *winner, struct error *error) {
    struct check *check = context;
    (void)error;
    check->result->winners++;
    const struct winning_bet *winning =
        check->next_winner < check->winning_count ? &check->winning[check->next_winner] : NULL;
    if (winning != NULL && winning->agency == winner->agency && winning->bet == winner->bet &&
        strcmp(winning->document, winner->document) == 0) {
        check->next_winner++;
    } else if (check->draw.state == DRAW_DRAWN) {
        damage(check,
               "the winner with bet %" PRIu64 " of agency %" PRIu32 " is not the next of the winning bets",
               winner->bet, winner->agency);
    } else {
        damage(check, "agency %" PRIu32 " has a winner before the draw", winner->agency);
    }
    return true;
}

static bool is_step_done(const char *time, bool wanted) {
    return (time[0] != '\0') == wanted;
}

static void check_state(struct check *check) {
    const struct stored_draw *draw = &check->draw;
    bool closed = draw->state != DRAW_OPEN;
    if (!is_step_done(draw->sealed_at, closed) || !is_step_done(draw->drawn_at, draw->state == DRAW_DRAWN)) {
        damage(check, "the draw is %s, but its times say otherwise", draw_state_name(draw->state));
    }
    if (draw->state == DRAW_DRAWN && !draw->has_number) {
        damage(check, "the draw is drawn, and has no winning number");
    }
    if (closed != (check->finished == draw->agencies)) {
        damage(check, "the draw is %s, and %" PRIu64 " of %" PRIu32 " agencies have finished",
               draw_state_name(draw->state), check->finished, draw->agencies);
    }
}

static void check_signed(struct check *check) {
    const struct stored_draw *draw = &check->draw;
    if (draw->has_secret != (draw->rules > 0 && draw->erased_at[0] == '\0')) {
        damage(check, draw->has_secret ? "the salts' secret is there, of a draw that has none"
                                       : "the salts' secret is missing");
    }
    if (draw->has_root && (draw->rules == 0 || draw->state == DRAW_OPEN)) {
        damage(check, "the draw is %s, and has the root of a tree",
               draw->rules == 0 ? "not signed" : draw_state_name(draw->state));
    }
}

// A read was cut short, and from then on the store takes nothing.
static bool broke_off(struct check *check, const struct error *found, struct error *error) {
    if (!go_on_after(check, found, error)) {
        return false;
    }
    damage(check, "what follows could not be read");
    return true;
}

static bool on_paper(void *context, const struct stored_paper *paper, struct error *error) {
    (void)error;
    papers_check_take(&((struct check *)context)->papers, paper);
    return true;
}

static bool check_papers(struct check *check, struct store *store, struct error *error) {
    struct error found;
    if (!store_papers(store, on_paper, check, &found)) {
        return broke_off(check, &found, error);
    }
    if (!papers_check_end(&check->papers, &check->draw, &found)) {
        note_damage(check, found.text);
    }
    return true;
}

static bool on_left_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    (void)error;
    damage(context,
           "the draw was erased, and a chunk of agency %" PRIu32 " is there, from bet %" PRIu64 " on",
           chunk->agency, chunk->first);
    return true;
}

static bool on_left_voided(void *context, uint32_t voiding, const struct stored_chunk *chunk,
                           struct error *error) {
    (void)voiding;
    return on_left_chunk(context, chunk, error);
}

static bool on_nameless_winner(void *context, const struct stored_winner *winner, struct error *error) {
    struct check *check = context;
    (void)error;
    check->result->winners++;
    if (winner->document[0] != '\0') {
        damage(check, "the draw was erased, and a winner of agency %" PRIu32 " has a document",
               winner->agency);
    }
    return true;
}

// Nobody's data may be left.
static bool check_erased(struct check *check, struct store *store, struct error *error) {
    struct error found;
    return (store_chunks(store, 0, 0, UINT64_MAX, on_left_chunk, check, &found) &&
            store_voided(store, on_left_voided, check, &found) &&
            store_winners(store, on_nameless_winner, check, &found)) ||
           broke_off(check, &found, error);
}

static bool check_all(struct check *check, struct store *store, struct error *error) {
    struct error found;
    if (!store_check_files(store, &found) || !store_agencies(store, on_agency, check, &found)) {
        return broke_off(check, &found, error);
    }
    check_state(check);
    check_signed(check);
    if (!check_papers(check, store, error)) {
        return false;
    }
    if (check->draw.erased_at[0] != '\0') {
        return check_erased(check, store, error);
    }
    if (!continuity_new(store, 0, &check->continuity, &found) ||
        !store_chunks(store, 0, 0, UINT64_MAX, on_chunk, check, &found)) {
        return broke_off(check, &found, error);
    }
    if (!continuity_end(check->continuity, &found) && !go_on_after(check, &found, error)) {
        return false;
    }
    if (!store_winners(store, on_winner, check, &found)) {
        return broke_off(check, &found, error);
    }
    if (!store_voided(store, on_voided, check, &found)) {
        return broke_off(check, &found, error);
    }
    if (!voided_check_end(&check->voided, &check->draw, &found)) {
        note_damage(check, found.text);
    }
    if (check->next_winner < check->winning_count) {
        damage(check,
               "%zu winning bets are not among the stored winners, the first one bet %" PRIu64
               " of agency %" PRIu32,
               check->winning_count - check->next_winner, check->winning[check->next_winner].bet,
               check->winning[check->next_winner].agency);
    }
    return true;
}

bool check_draw(struct store *store, const struct check_watch *watch, struct check_result *result,
                struct error *error) {
    struct check check = {.watch = watch, .result = result};
    *result = (struct check_result){0};
    store_survey(store, note_damage, &check);
    bool found;
    bool done = store_get_draw(store, &check.draw, &found, error) && (found || store_no_draw(store, error)) &&
                check_all(&check, store, error);
    memcpy(result->forked_at, check.draw.forked_at, sizeof result->forked_at);
    stored_draw_forget(&check.draw);
    continuity_free(check.continuity);
    free(check.winning);
    return done;
}
