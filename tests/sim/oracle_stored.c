// What the oracle says to what is stored.
#include "oracle.h"

#include "bet/chunk.h"
#include "cutoff_judge.h"
#include "oracle_seen.h"
#include "orders_judge.h"
#include "plan.h"
#include "seal_judge.h"
#include "world.h"

#include <inttypes.h>
#include <string.h>

// The first stored chunk of a contested agency decides whose bets it has.
static const struct planned_agency *whose(const struct stored_chunk *chunk) {
    const char *other = plan.contested[chunk->agency] && plan.other[chunk->agency].count > 0
                            ? plan.other[chunk->agency].bets[0].text
                            : NULL;
    bool is_other =
        other != NULL && strlen(other) < chunk->rows_length && memcmp(chunk->rows, other, strlen(other)) == 0;
    return is_other ? &plan.other[chunk->agency] : &plan.of[chunk->agency];
}

// Nothing after the seal, nor after the end of its agency, nor after the cut-off.
static void check_is_open(const struct stored_chunk *chunk) {
    if (seen.state != DRAW_OPEN || seen.of[chunk->agency].finished) {
        world_fail("agency %" PRIu32 ": a chunk is stored after the %s", chunk->agency,
                   seen.state != DRAW_OPEN ? "seal" : "agency's end");
    } else if (!seen.settles && cutoff_judge_is_passed()) {
        world_fail("agency %" PRIu32 ": a chunk is stored after the cut-off", chunk->agency);
    }
}

// Promises 2 and 3: each bet once, in its place, and none that was not sent.
void oracle_chunk_stored(const struct stored_chunk *chunk) {
    struct agency_seen *agency = &seen.of[chunk->agency];
    agency->bets = agency->bets == NULL ? whose(chunk) : agency->bets;
    const struct planned_agency *planned = agency->bets;
    check_is_open(chunk);
    if (chunk->first != agency->stored || chunk->count == 0 || chunk->first + chunk->count > planned->count) {
        world_fail("agency %" PRIu32 ": bets %" PRIu64 " to %" PRIu64 " are stored after %" PRIu64
                   " of %" PRIu32,
                   chunk->agency, chunk->first, chunk->first + chunk->count, agency->stored, planned->count);
        return;
    }
    for (uint32_t i = 0; i < chunk->count; i++) {
        if (chunk_number(chunk->numbers, i) != planned->bets[chunk->first + i].number) {
            world_fail("agency %" PRIu32 ": bet %" PRIu64 " is stored with another number", chunk->agency,
                       chunk->first + i);
        }
    }
    bool same;
    if (!plan_has_bets(planned, chunk->first, chunk->count, chunk->rows, chunk->rows_length) ||
        !chunk_compare_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, chunk->digest,
                              &same) ||
        !same) {
        world_fail("agency %" PRIu32 ": the chunk from %" PRIu64 " has other bets, or a wrong digest",
                   chunk->agency, chunk->first);
    }
    agency->stored = chunk->first + chunk->count;
    if (!oracle_is_end(chunk->agency, agency->stored)) {
        world_fail("agency %" PRIu32 ": half a chunk is stored, up to %" PRIu64, chunk->agency,
                   agency->stored);
    }
}

void oracle_chunk_kept(const struct stored_chunk *chunk) {
    const struct agency_seen *agency = &seen.of[chunk->agency];
    if (!plan_has_bets(agency->bets, chunk->first, chunk->count, chunk->rows, chunk->rows_length)) {
        world_fail("agency %" PRIu32 ": bets from %" PRIu64 " on have become others", chunk->agency,
                   chunk->first);
    }
}

// Which number that is, the draw's row says afterwards.
void oracle_winner_stored(const struct stored_winner *winner) {
    struct agency_seen *agency = &seen.of[winner->agency];
    const struct planned_agency *planned = agency->bets;
    if (planned == NULL || winner->bet >= agency->stored ||
        (seen.winners_stored > 0 && planned->bets[winner->bet].number != seen.winning_number) ||
        strcmp(planned->bets[winner->bet].document, winner->document) != 0) {
        world_fail("bet %" PRIu64 " of agency %" PRIu32 " is stored as a winner", winner->bet,
                   winner->agency);
        return;
    }
    if (seen.drawn) {
        world_fail("a second draw");
    }
    seen.winning_number = planned->bets[winner->bet].number;
    seen.winners_stored++;
    agency->winners_stored++;
}

uint32_t oracle_winners(uint32_t number, char text[PLAN_WINNERS_BYTES]) {
    return plan_winners(seen.of[number].bets, seen.of[number].stored, seen.winning_number, text);
}

bool oracle_was_cut(uint32_t number) {
    return seen.of[number].finished && seen.of[number].ending != AGENCY_FINISHED;
}

// Its own end comes with its own last chunk.
static void check_finished(uint32_t number, const struct stored_agency *row) {
    struct agency_seen *agency = &seen.of[number];
    if (row->ending != AGENCY_FINISHED) {
        return; // orders_judge.c
    }
    if (agency->bets == NULL) { // with no bets
        bool is_first = plan.of[number].count == 0 && agency->last_sent[0];
        agency->bets = is_first ? &plan.of[number] : &plan.other[number];
    }
    if (!agency->last_sent[oracle_list_of(number, agency->bets)] || agency->stored != agency->bets->count) {
        world_fail("agency %" PRIu32 " has finished with %" PRIu64 " bets of %" PRIu32, number,
                   agency->stored, agency->bets->count);
    }
}

static void check_agency(uint32_t number, const struct stored_agency *row) {
    struct agency_seen *agency = &seen.of[number];
    bool finished = row->finished_at[0] != '\0', told = row->told_at[0] != '\0';
    uint64_t bets = row->agency == 0 ? 0 : row->bets;
    if (bets != agency->stored) {
        world_fail("agency %" PRIu32 ": its row says %" PRIu64 " bets, and %" PRIu64 " are stored", number,
                   bets, agency->stored);
    }
    if (finished) {
        check_finished(number, row);
    }
    if (agency->finished && strcmp(agency->finished_at, row->finished_at) != 0) {
        world_fail("agency %" PRIu32 " had finished at %s, and now %s", number, agency->finished_at,
                   finished ? row->finished_at : "has no longer");
    }
    if (told && !agency->got) {
        world_fail("agency %" PRIu32 " is stored as told, and its winners have not arrived", number);
    }
    agency->finished = finished;
    agency->ending = row->ending;
    memcpy(agency->finished_at, row->finished_at, sizeof agency->finished_at);
}

// Promise 4: one draw, after every agency has finished, over exactly the stored bets.
static void check_draw(const struct durable *durable) {
    enum draw_state state = durable->has_draw ? durable->draw.state : DRAW_OPEN;
    char text[PLAN_WINNERS_BYTES];
    if (state < seen.state || (state == DRAW_DRAWN && seen.state == DRAW_OPEN)) {
        world_fail("the draw goes from %s to %s", draw_state_name(seen.state), draw_state_name(state));
    }
    if (seen.winners_stored > 0 && durable->draw.winning_number != seen.winning_number) {
        world_fail("%" PRIu32 " winners are stored, and the number is %u", seen.winners_stored,
                   durable->draw.winning_number);
    }
    seen.winning_number = durable->draw.winning_number;
    for (uint32_t agency = 1; agency <= plan.agencies && state != DRAW_OPEN; agency++) {
        const struct agency_seen *of = &seen.of[agency];
        if (!of->finished) {
            world_fail("the draw is %s, and agency %" PRIu32 " has not finished", draw_state_name(state),
                       agency);
            return;
        }
        if (state == DRAW_DRAWN && of->winners_stored != oracle_winners(agency, text)) {
            world_fail("agency %" PRIu32 ": %" PRIu32 " winners are stored, and not \"%s\"", agency,
                       of->winners_stored, text);
        }
        if (state == DRAW_SEALED && seen.of[agency].winners_stored != 0) {
            world_fail("half a draw is stored");
        }
    }
    seen.state = state;
    seen.drawn = state == DRAW_DRAWN;
}

void oracle_committed(const struct durable *durable) {
    orders_judge_committed(durable);
    for (uint32_t agency = 1; agency <= plan.agencies; agency++) {
        check_agency(agency, &durable->agencies[agency]);
    }
    check_draw(durable);
    seal_judge_committed(durable);
    cutoff_judge_set(seen.state == DRAW_OPEN ? durable->draw.closes_at : NULL);
}

void oracle_settling(bool settles) {
    seen.settles = settles;
}
