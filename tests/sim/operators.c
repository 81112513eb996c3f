#include "operators.h"

#include "base/random.h"
#include "bet/errors.h"
#include "central.h"
#include "cutoff_judge.h"
#include "ledger/order.h"
#include "oracle.h"
#include "orders_judge.h"
#include "plan.h"
#include "world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    ORDERS_MAX = 14,
    ORDERS_MS_MAX = 25000, // then only what is needed for the lottery to end
    LAST_AGAIN_MS = 2000,
    RETRY_MS_MAX = 3000,
    ANSWER_MS_MAX = 20, // how long an answer is on its way
    CUTOFF_S_MAX = 45,
    STEP_FAR_MS = 3600 * 1000,
    STEPS_APART_MS = 15000,
    TAKEN_BACK_MS_MAX = 20000
};

// An order on its way to the central and back.
struct given {
    struct ledger_order order; // first
    struct given *previous, *next;
    uint64_t life; // of the central
    bool is_last;  // one of those with which the lottery ends
};

static struct {
    uint64_t random;
    bool are_there, are_done, changed_terms;
    uint32_t pending; // events to come, and orders that have no answer
    struct given *given;
} all;

static void give(void *context, uint64_t number);
static void finish_it(void *context, uint64_t number);

uint32_t operators_below(uint32_t bound) {
    return random_below(&all.random, bound);
}

static bool chance(uint32_t percent) {
    return operators_below(100) < percent;
}

bool operators_are_there(void) {
    return all.are_there;
}

bool operators_have_changed_terms(void) {
    return all.changed_terms;
}

bool operators_are_done(void) {
    return !all.are_there || (all.are_done && all.pending == 0);
}

// Which orders there are ------------------------------------------------------------------------------------

static uint16_t some_number(void) {
    const struct planned_agency *agency = &plan.of[1 + operators_below(plan.agencies)];
    if (agency->count > 0 && chance(30)) {
        return agency->bets[operators_below(agency->count)].number;
    }
    return chance(60) ? plan.winning_number : (uint16_t)operators_below(10000);
}

static void choose_cutoff(struct order_input *input) {
    input->changes_cutoff = true;
    if (chance(30)) {
        return; // none
    }
    time_t at = (time_t)(world_wall_ms() / 1000) + 1 + (time_t)operators_below(CUTOFF_S_MAX);
    struct tm fields;
    gmtime_r(&at, &fields);
    strftime(input->closes_at, sizeof input->closes_at, "%Y-%m-%dT%H:%M:%SZ", &fields);
    memcpy(input->closes_text, input->closes_at, sizeof input->closes_at);
}

// No fewer agencies than there are.
static void choose_change(struct order_input *input) {
    uint32_t what = 1 + operators_below(7);
    input->changes_agencies = what & 1;
    input->changes_number = what & 2 && (!plan.is_manual || chance(5));
    input->agencies = plan.agencies + operators_below(PLAN_AGENCIES_MAX + 1 - plan.agencies);
    input->number = some_number();
    if (what & 4) {
        choose_cutoff(input);
    }
    bool last_has_sent = oracle_copied(plan.agencies, &plan.of[plan.agencies]).stored > 0;
    if (last_has_sent && plan.agencies > 1 && chance(10)) {
        input->agencies = plan.agencies - 1; // which is refused
    }
    all.changed_terms = true;
}

// Agencies that send have nothing voided, as their own programs would have to be told.
static void choose_reset(struct order_input *input) {
    input->agency = 1 + operators_below(PLAN_AGENCIES_MAX + 1);
    input->is_sure = input->agency > plan.agencies && input->is_sure;
}

static void choose(struct ledger_order *order) {
    struct order_input *input = &order->input;
    input->is_sure = chance(80);
    uint32_t what = operators_below(100);
    if (what < 12) {
        order->kind = ORDER_CLOSE;
    } else if (what < 30) {
        order->kind = ORDER_FINISH;
        input->agency = chance(95) ? 1 + operators_below(plan.opened_agencies) : PLAN_AGENCIES_MAX + 1;
    } else if (what < 55) {
        order->kind = ORDER_DRAW;
        input->number = some_number();
        input->is_dry_run = chance(25);
    } else if (what < 80) {
        order->kind = ORDER_CHANGE;
        choose_change(input);
    } else if (what < 92) {
        order->kind = ORDER_RESET;
        choose_reset(input);
    } else {
        order->kind = ORDER_STATUS;
    }
}

// On its way ------------------------------------------------------------------------------------------------

static struct given *new_order(void) {
    struct given *given = calloc(1, sizeof *given);
    if (given == NULL) {
        abort();
    }
    given->next = all.given;
    if (all.given != NULL) {
        all.given->previous = given;
    }
    all.given = given;
    all.pending++;
    return given;
}

static void forget(struct given *given) {
    if (given->previous != NULL) {
        given->previous->next = given->next;
    } else {
        all.given = given->next;
    }
    if (given->next != NULL) {
        given->next->previous = given->previous;
    }
    order_free_answer(&given->order);
    free(given);
    all.pending--;
}

// Without an answer nobody knows whether it was done: most give it again.
static void take_no_answer(struct given *given) {
    world_trace("operator: has no answer to order %d", (int)given->order.kind);
    order_free_answer(&given->order);
    given->order = (struct ledger_order){.kind = given->order.kind, .input = given->order.input}; // a new one
    if (given->is_last) {
        world_after(LAST_AGAIN_MS, finish_it, NULL, 0);
        all.pending++;
    } else if (chance(80)) {
        world_after(operators_below(RETRY_MS_MAX), give, given, 0);
        return;
    }
    forget(given);
}

static void take_answer(void *context, uint64_t number) {
    (void)number;
    struct given *given = context;
    if (!central_lives(given->life)) {
        take_no_answer(given);
        return;
    }
    orders_judge_answered(&given->order);
    if (given->order.answer.error.code == ERROR_STORE_FAILED) {
        take_no_answer(given);
        return;
    }
    if (given->is_last) {
        world_after(LAST_AGAIN_MS, finish_it, NULL, 0);
        all.pending++;
    }
    forget(given);
}

static void on_completed(struct ledger_order *order) {
    struct given *given = (struct given *)order;
    bool leaves = !central_is_dying();
    orders_judge_completed(order, leaves);
    world_after(operators_below(ANSWER_MS_MAX), take_answer, given, 0);
}

static void give(void *context, uint64_t number) {
    (void)number;
    struct given *given = context;
    given->order.complete = on_completed;
    given->life = central_life();
    if (!central_order(&given->order)) {
        take_no_answer(given);
    }
}

// Of an agency that has been ended by mistake.
static void reset_later(uint32_t agency) {
    struct given *given = new_order();
    given->order.kind = ORDER_RESET;
    given->order.input = (struct order_input){.agency = agency, .is_sure = true};
    world_after(operators_below(RETRY_MS_MAX), give, given, 0);
}

static void order_something(void *context, uint64_t number) {
    (void)context, (void)number;
    struct given *given = new_order();
    all.pending--; // the event
    choose(&given->order);
    const struct order_input *input = &given->order.input;
    if (given->order.kind == ORDER_FINISH && input->agency > plan.agencies && chance(70)) {
        reset_later(input->agency);
    }
    give(given, 0);
}

// The end ---------------------------------------------------------------------------------------------------

// What is needed for the lottery to end is ordered until it has ended.
static void finish_it(void *context, uint64_t number) {
    (void)context, (void)number;
    all.pending--;
    if (orders_judge_is_drawn()) {
        all.are_done = true;
        return;
    }
    struct given *given = new_order();
    bool closes = chance(50);
    given->is_last = true;
    given->order.kind = closes ? ORDER_CLOSE : ORDER_DRAW;
    given->order.input.is_sure = !closes || plan.opened_agencies > plan.agencies || all.changed_terms;
    given->order.input.number = some_number();
    give(given, 0);
}

void operators_come_again(void) {
    for (int kind = 0; all.are_there && kind <= ORDER_CHANGE; kind++) {
        struct given *given = new_order();
        given->order.kind = (enum ledger_order_kind)kind;
        given->order.input = (struct order_input){.is_sure = true, .agency = 1, .number = some_number()};
        if (kind == ORDER_CHANGE) {
            choose_change(&given->order.input);
        }
        give(given, 0);
    }
}

// The clock -------------------------------------------------------------------------------------------------

static void set_clock(void *context, uint64_t to_zero) {
    (void)context;
    int64_t offset = world_clock_offset();
    all.pending--;
    if (to_zero) {
        offset = 0;
    } else if (chance(30)) {
        offset += (int64_t)operators_below(3000) - 1500;
    } else {
        offset += (int64_t)operators_below(2 * STEP_FAR_MS / (chance(50) ? 100 : 1)) - STEP_FAR_MS / 100;
    }
    world_trace("FAULT: the clock is set by %+" PRId64 " ms", offset - world_clock_offset());
    cutoff_judge_stepped();
    world_set_clock(offset);
    cutoff_judge_stepped();
}

static void plan_steps(void) {
    uint64_t at_ms = 0;
    for (uint32_t left = operators_below(4); left > 0; left--) {
        at_ms += STEPS_APART_MS + operators_below(STEPS_APART_MS);
        world_after(at_ms - STEPS_APART_MS, set_clock, NULL, 0);
        all.pending++;
        if (chance(50)) {
            at_ms += operators_below(TAKEN_BACK_MS_MAX);
            world_after(at_ms - STEPS_APART_MS, set_clock, NULL, 1);
            all.pending++;
        }
    }
}

// Beginning and ending --------------------------------------------------------------------------------------

void operators_begin(uint64_t seed) {
    memset(&all, 0, sizeof all);
    all.random = seed ^ UINT64_C(0x9d3f5a1c77e04b26);
    all.are_there = chance(50);
    if (!all.are_there) {
        return;
    }
    if (chance(40)) {
        plan.opened_agencies += operators_below(PLAN_AGENCIES_MAX + 1 - plan.agencies);
    }
    plan.is_manual = chance(60);
    plan.closes_s = chance(50) ? 1 + operators_below(CUTOFF_S_MAX) : 0;
}

void operators_start(void) {
    if (!all.are_there) {
        return;
    }
    for (uint32_t left = 1 + operators_below(ORDERS_MAX); left > 0; left--) {
        world_after(operators_below(ORDERS_MS_MAX), order_something, NULL, 0);
        all.pending++;
    }
    plan_steps();
    world_after(ORDERS_MS_MAX, finish_it, NULL, 0);
    all.pending++;
}

void operators_end(void) {
    while (all.given != NULL) {
        forget(all.given);
    }
}
