#include "report/agreement.h"

#include <stdlib.h>
#include <string.h>

enum { OFF_S = 120 }; // between a draw and its record

bool agreement_begin(struct agreement *agreement, const struct facts *facts, struct error *error) {
    *agreement = (struct agreement){.facts = facts};
    agreement->ends = calloc(facts->count + 1, sizeof *agreement->ends);
    if (agreement->ends == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the audit log");
    }
    agreement_clear(agreement);
    return true;
}

void agreement_end(struct agreement *agreement) {
    free(agreement->ends);
    agreement->ends = NULL;
}

void agreement_clear(struct agreement *agreement) {
    const struct facts *facts = agreement->facts;
    memset(agreement->ends, 0, facts->count * sizeof *agreement->ends);
    *agreement = (struct agreement){.facts = facts,
                                    .ends = agreement->ends,
                                    .set_number = AGREEMENT_NOT_KNOWN,
                                    .given_number = AGREEMENT_NO_NUMBER};
}

// Records -------------------------------------------------------------------------------------------------

static struct agreement_end *end_of(const struct agreement *agreement, uint64_t agency) {
    const struct agency_facts *row = facts_agency(agreement->facts, agency);
    return row == NULL ? NULL : &agreement->ends[row - agreement->facts->agencies];
}

void agreement_take_end(struct agreement *agreement, uint64_t agency, enum agency_ending ending,
                        uint64_t bets) {
    struct agreement_end *end = end_of(agreement, agency);
    if (end != NULL) {
        *end = (struct agreement_end){true, ending, bets};
    }
}

void agreement_take_reset(struct agreement *agreement, uint64_t agency) {
    struct agreement_end *end = end_of(agreement, agency);
    if (end != NULL) {
        *end = (struct agreement_end){.is_recorded = false};
    }
}

void agreement_take_terms(struct agreement *agreement, int number) {
    if (!agreement->is_drawn && !agreement->is_given) { // then it is known to all
        agreement->set_number = number;
    }
}

// The value of that key of an order, `word key=value …`; text NULL: it has none.
static struct slice value_of(struct slice order, const char *key) {
    size_t length = strlen(key);
    const char *end = order.text + order.length;
    for (const char *at = order.text; at < end;) {
        const char *space = memchr(at, ' ', (size_t)(end - at)), *next = space == NULL ? end : space;
        if ((size_t)(next - at) > length && memcmp(at, key, length) == 0 && at[length] == '=') {
            return (struct slice){at + length + 1, (size_t)(next - at) - length - 1};
        }
        at = next + (next < end);
    }
    return (struct slice){NULL, 0};
}

static int number_of(struct slice value) {
    int number = 0;
    if (value.text == NULL || value.length != 4) {
        return AGREEMENT_NO_NUMBER;
    }
    for (size_t i = 0; i < value.length; i++) {
        if (value.text[i] < '0' || value.text[i] > '9') {
            return AGREEMENT_NO_NUMBER;
        }
        number = 10 * number + (value.text[i] - '0');
    }
    return number;
}

// One that only asks what would happen gives nothing.
void agreement_take_order(struct agreement *agreement, struct slice order) {
    int number = number_of(value_of(order, "number"));
    if (value_of(order, "dry-run").text != NULL || value_of(order, "unproved").text != NULL) {
        return;
    }
    if (slice_begins(order, "draw ") && !agreement->is_given) {
        agreement->is_given = true;
        agreement->given_number = number;
    } else if (slice_begins(order, "change ") && number != AGREEMENT_NO_NUMBER) {
        agreement_take_terms(agreement, number);
    }
}

void agreement_take_drawn(struct agreement *agreement, int64_t at, uint64_t bets, uint64_t winners) {
    agreement->is_drawn = true;
    agreement->drawn_at = at;
    agreement->bets = bets;
    agreement->winners = winners;
}

// Against the store ---------------------------------------------------------------------------------------

bool agreement_differs(const struct agreement *agreement, size_t agency) {
    const struct agency_facts *row = &agreement->facts->agencies[agency];
    const struct agreement_end *end = &agreement->ends[agency];
    if (!end->is_recorded) {
        return row->ending == AGENCY_ENDED; // of others a record may be in another server's log
    }
    return end->ending != row->ending || end->bets != row->bets;
}

static bool any_differs(const struct agreement *agreement) {
    for (size_t i = 0; i < agreement->facts->count; i++) {
        if (agreement_differs(agreement, i)) {
            return true;
        }
    }
    return false;
}

static unsigned find_number(const struct agreement *agreement) {
    const struct facts *facts = agreement->facts;
    enum number_mode mode = facts->draw.number_mode;
    int number = facts->draw.winning_number;
    unsigned found = 0;
    bool is_other_mode = mode == NUMBER_FIXED ? agreement->set_number != number : agreement->set_number >= 0;
    if (agreement->set_number != AGREEMENT_NOT_KNOWN && is_other_mode) {
        found |= DISAGREES_MODE;
    }
    if (mode == NUMBER_MANUAL && agreement->given_number >= 0 && agreement->given_number != number) {
        found |= DISAGREES_NUMBER;
    }
    if (mode == NUMBER_MANUAL && !agreement->is_given) {
        found |= DISAGREES_NUMBER_ORDER;
    }
    return found;
}

static unsigned find_draw(const struct agreement *agreement) {
    const struct facts *facts = agreement->facts;
    int64_t off = agreement->drawn_at - facts->drawn_at;
    if (!agreement->is_drawn) {
        return DISAGREES_NOT_DRAWN;
    }
    return (llabs(off) > OFF_S ? DISAGREES_DRAWN_AT : 0U) |
           (agreement->bets != facts->bets || agreement->winners != facts->winners ? DISAGREES_TOTALS : 0U);
}

unsigned agreement_find(const struct agreement *agreement) {
    unsigned found = any_differs(agreement) ? DISAGREES_ENDS : 0;
    if (facts_is_drawn(agreement->facts)) {
        found |= find_draw(agreement) | find_number(agreement);
    }
    return found;
}
