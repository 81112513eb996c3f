#include "report/facts.h"

#include "bet/errors.h"
#include "seal/instant.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ADVICE "; see quiniela check, and restore it from a copy"

enum { AGENCIES_AT_FIRST = 64 };

struct reading {
    struct facts *facts;
    size_t room;
    size_t next; // where the last winner's agency is
};

int64_t facts_time(const char *text) {
    uint64_t seconds;
    return instant_parse(slice_of(text), &seconds) ? (int64_t)seconds : 0;
}

static bool no_memory(struct error *error) {
    return error_set(error, ERROR_NO_MEMORY, "no memory for the report");
}

// Agencies ------------------------------------------------------------------------------------------------

static bool make_room(struct reading *reading, struct error *error) {
    struct facts *facts = reading->facts;
    if (facts->count < reading->room) {
        return true;
    }
    size_t room = reading->room == 0 ? AGENCIES_AT_FIRST : 2 * reading->room;
    struct agency_facts *more = reallocarray(facts->agencies, room, sizeof *more);
    if (more == NULL) {
        return no_memory(error);
    }
    facts->agencies = more;
    reading->room = room;
    return true;
}

static bool take_agency(void *context, const struct stored_agency *row, struct error *error) {
    struct reading *reading = context;
    struct facts *facts = reading->facts;
    if (!make_room(reading, error)) {
        return false;
    }
    struct agency_facts *agency = &facts->agencies[facts->count++];
    *agency = (struct agency_facts){.agency = row->agency,
                                    .ending = row->ending,
                                    .bets = row->bets,
                                    .finished_at = facts_time(row->finished_at),
                                    .told_at = facts_time(row->told_at),
                                    .voidings = row->voidings};
    facts->bets += row->bets;
    facts->finished += row->finished_at[0] != '\0';
    facts->told += row->told_at[0] != '\0';
    return true;
}

struct agency_facts *facts_agency(const struct facts *facts, uint64_t agency) {
    size_t low = 0, high = facts->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (facts->agencies[middle].agency < agency) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < facts->count && facts->agencies[low].agency == agency ? &facts->agencies[low] : NULL;
}

// They come by agency.
static bool take_winner(void *context, const struct stored_winner *winner, struct error *error) {
    struct reading *reading = context;
    struct facts *facts = reading->facts;
    (void)error;
    facts->winners++;
    while (reading->next < facts->count && facts->agencies[reading->next].agency < winner->agency) {
        reading->next++;
    }
    if (reading->next < facts->count && facts->agencies[reading->next].agency == winner->agency) {
        facts->agencies[reading->next].winners++;
    }
    return true;
}

// Numbers -------------------------------------------------------------------------------------------------

static bool take_numbers(void *context, const struct stored_chunk *chunk, struct error *error) {
    struct facts *facts = ((struct reading *)context)->facts;
    for (const uint8_t *pairs = chunk->numbers, *end = pairs + 2 * (size_t)chunk->count; pairs < end;
         pairs += 2) {
        unsigned number = pairs[0] | (unsigned)pairs[1] << 8;
        if (number >= FACTS_NUMBERS) {
            return error_set(error, ERROR_STORE_FAILED,
                             "the store is damaged: agency %" PRIu32
                             " has a bet on %u, which is no number" ADVICE,
                             chunk->agency, number);
        }
        facts->numbers[number]++;
    }
    return true;
}

// Figures that contradict each other are not written: the map would be of other bets than the total.
static bool check_numbers(const struct facts *facts, struct error *error) {
    uint64_t sum = 0, winners = facts->numbers[facts->draw.winning_number];
    for (size_t i = 0; i < FACTS_NUMBERS; i++) {
        sum += facts->numbers[i];
    }
    if (sum != facts->bets) {
        return error_set(error, ERROR_STORE_FAILED,
                         "the store is damaged: it has %" PRIu64 " bets of the %" PRIu64
                         " that its agencies have sent" ADVICE,
                         sum, facts->bets);
    }
    return winners == facts->winners ||
           error_set(error, ERROR_STORE_FAILED,
                     "the store is damaged: it has %" PRIu64 " winners, and %" PRIu64
                     " bets on the number that has won" ADVICE,
                     facts->winners, winners);
}

static void take_draw(struct facts *facts, const struct stored_draw *draw) {
    facts->draw = *draw;
    stored_draw_forget(&facts->draw);
    facts->opened_at = facts_time(draw->opened_at);
    facts->closes_at = facts_time(draw->closes_at);
    facts->closed_at = facts_time(draw->closed_at);
    facts->sealed_at = facts_time(draw->sealed_at);
    facts->drawn_at = facts_time(draw->drawn_at);
    facts->erased_at = facts_time(draw->erased_at);
    if (draw->state != DRAW_DRAWN) {
        facts->draw.has_number = false; // nor may it be told by mistake
        facts->draw.winning_number = 0;
    }
    facts->has_numbers = draw->state == DRAW_DRAWN && draw->erased_at[0] == '\0';
}

bool facts_read(struct facts *facts, struct store *store, const struct stored_draw *draw,
                struct error *error) {
    struct reading reading = {.facts = facts};
    *facts = (struct facts){.count = 0};
    take_draw(facts, draw);
    return store_agencies(store, take_agency, &reading, error) &&
           (!facts_is_drawn(facts) || store_winners(store, take_winner, &reading, error)) &&
           (!facts->has_numbers ||
            (store_numbers(store, take_numbers, &reading, error) && check_numbers(facts, error))) &&
           signing_facts_read(&facts->signing, store, draw, error);
}

void facts_end(struct facts *facts) {
    free(facts->agencies);
    facts->agencies = NULL;
    facts->count = 0;
}
