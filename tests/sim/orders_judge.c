#include "orders_judge.h"

#include "bet/errors.h"
#include "cutoff_judge.h"
#include "ledger/order.h"
#include "office.h"
#include "oracle.h"
#include "oracle_seen.h"
#include "plan.h"
#include "seal_judge.h"
#include "shared_disk.h"
#include "world.h"

#include <inttypes.h>
#include <string.h>

// An order that may still change something.
struct judged {
    bool is_there;
    enum ledger_order_kind kind;
    struct order_input input;
    uint32_t commits;   // that did what it orders
    bool may_be_cutoff; // or it was the cut-off, which had come
};

static struct {
    struct judged running; // what the ledger is carrying out
    struct judged doubt;   // its commit failed, and the store has not been opened since
    bool has_failed;       // a call of the store, since the order that is running began
    bool has_draw;
    struct stored_draw draw; // as stored
    struct stored_agency agencies[PLAN_AGENCIES_MAX + 1];
} judge;

void orders_judge_begin(void) {
    memset(&judge, 0, sizeof judge);
}

// The order that a commit may be due to: of that kind, meant, and not done yet.
static struct judged *order_of(enum ledger_order_kind kind) {
    struct judged *judged = seen.settles ? &judge.doubt : &judge.running;
    bool is_due = judged->is_there && judged->kind == kind && judged->input.is_sure &&
                  !judged->input.is_dry_run && judged->commits == 0;
    return is_due ? judged : NULL;
}

// What a commit has changed ---------------------------------------------------------------------------------

static bool changes_terms(const struct stored_draw *before, const struct stored_draw *after) {
    return before->agencies != after->agencies || before->number_mode != after->number_mode ||
           (before->number_mode == NUMBER_FIXED && before->winning_number != after->winning_number) ||
           strcmp(before->closes_at, after->closes_at) != 0 ||
           strcmp(before->closes_text, after->closes_text) != 0;
}

// Changed as ordered, in all points and in no other.
static bool has_changed_so(const struct order_input *input, const struct stored_draw *before,
                           const struct stored_draw *after) {
    bool cuts = input->changes_cutoff;
    return after->number_mode == before->number_mode &&
           after->agencies == (input->changes_agencies ? input->agencies : before->agencies) &&
           after->winning_number == (input->changes_number ? input->number : before->winning_number) &&
           strcmp(after->closes_at, cuts ? input->closes_at : before->closes_at) == 0 &&
           strcmp(after->closes_text, cuts ? input->closes_text : before->closes_text) == 0;
}

// A change that seals needs no `is_sure` unless it seals.
static void check_terms(const struct stored_draw *before, const struct stored_draw *after) {
    struct judged *judged = seen.settles ? &judge.doubt : &judge.running;
    if (!changes_terms(before, after)) {
        return;
    }
    if (before->state != DRAW_OPEN || !judged->is_there || judged->kind != ORDER_CHANGE ||
        judged->commits > 0 || !has_changed_so(&judged->input, before, after)) {
        world_fail("the draw's terms change from %" PRIu32 ", %u, \"%s\" to %" PRIu32
                   ", %u, \"%s\", which nobody has ordered",
                   before->agencies, before->winning_number, before->closes_at, after->agencies,
                   after->winning_number, after->closes_at);
        return;
    }
    judged->commits++;
}

// One number for ever; and where it comes by an order, only with the draw, and the one that was ordered.
static void check_number(const struct stored_draw *before, const struct stored_draw *after) {
    if (after->number_mode != NUMBER_MANUAL) {
        return;
    }
    if (after->has_number != (after->state == DRAW_DRAWN)) {
        world_fail("the draw is %s with %s number", draw_state_name(after->state),
                   after->has_number ? "a" : "no");
    }
    if (before->has_number && (!after->has_number || after->winning_number != before->winning_number)) {
        world_fail("the number %04u becomes another one: %04u", before->winning_number,
                   after->winning_number);
    }
    if (!before->has_number && after->has_number) {
        struct judged *judged = order_of(ORDER_DRAW);
        if (judged == NULL || judged->input.number != after->winning_number || before->state != DRAW_SEALED) {
            world_fail("the number %04u is stored, which nobody has ordered", after->winning_number);
            return;
        }
        judged->commits++;
    }
}

// Counts the agencies that this commit brings to their end in that way, and keeps *last of them.
static uint32_t count_ended(const struct durable *durable, enum agency_ending ending, uint32_t *last) {
    uint32_t count = 0;
    for (uint32_t number = 1; number <= PLAN_AGENCIES_MAX; number++) {
        const struct stored_agency *before = &judge.agencies[number], *after = &durable->agencies[number];
        bool is_reset = before->voidings != after->voidings; // check_resets
        if (before->ending != AGENCY_UNFINISHED && before->ending != after->ending && !is_reset) {
            world_fail("agency %" PRIu32 " had ended otherwise", number);
        }
        if (before->ending == AGENCY_UNFINISHED && after->ending == ending) {
            *last = number;
            count++;
        }
    }
    return count;
}

// Every agency of the draw has finished, or it is open.
static void check_seal(const struct durable *durable) {
    uint32_t finished = 0, count = durable->draw.agencies;
    for (uint32_t number = 1; number <= PLAN_AGENCIES_MAX; number++) {
        const struct stored_agency *row = &durable->agencies[number];
        finished += row->finished_at[0] != '\0';
        if (number > plan.agencies && (row->bets > 0 || row->ending == AGENCY_FINISHED)) {
            world_fail("agency %" PRIu32 " has never sent anything, and has a row", number);
        }
    }
    if ((durable->draw.state == DRAW_OPEN) != (finished < count) || finished > count) {
        world_fail("the draw is %s, and %" PRIu32 " of %" PRIu32 " agencies have finished",
                   draw_state_name(durable->draw.state), finished, count);
    }
}

static void check_close(const struct durable *durable) {
    const struct stored_draw *before = &judge.draw, *after = &durable->draw;
    bool closes = before->closed_at[0] == '\0' && after->closed_at[0] != '\0';
    uint32_t last, cut = count_ended(durable, AGENCY_CUT, &last);
    if (strcmp(before->closed_at, after->closed_at) != 0 && !closes) {
        world_fail("the draw was closed at %s, and now %s", before->closed_at, after->closed_at);
    }
    if (closes != (cut > 0) || (closes && (before->state != DRAW_OPEN || after->state == DRAW_OPEN))) {
        world_fail("%" PRIu32 " agencies are cut off, and the draw is %s", cut,
                   closes ? "closed" : "not closed");
    }
    struct judged *judged = order_of(ORDER_CLOSE);
    if (closes && judged == NULL && !cutoff_judge_was_due()) {
        world_fail("the draw is closed, which nobody has ordered: its cut-off is %s",
                   before->closes_at[0] == '\0' ? "none" : before->closes_at);
    }
    if (closes && judged != NULL) {
        judged->commits++;
        judged->may_be_cutoff = cutoff_judge_was_due();
    }
}

static void check_ends(const struct durable *durable) {
    uint32_t number = 0, ended = count_ended(durable, AGENCY_ENDED, &number);
    struct judged *judged = order_of(ORDER_FINISH);
    if (ended > 1 || (ended == 1 && (judged == NULL || judged->input.agency != number))) {
        world_fail("agency %" PRIu32 " is ended, which nobody has ordered", number);
    } else if (ended == 1) {
        judged->commits++;
    }
}

// Only what was ordered to be, of an open draw, and nothing stays of it. How many, up to 1.
static uint32_t check_resets(const struct durable *durable) {
    uint32_t count = 0;
    for (uint32_t number = 1; number <= PLAN_AGENCIES_MAX; number++) {
        const struct stored_agency *before = &judge.agencies[number], *after = &durable->agencies[number];
        if (before->voidings == after->voidings) {
            continue;
        }
        struct judged *judged = order_of(ORDER_RESET);
        if (judged == NULL || judged->input.agency != number || judge.draw.state != DRAW_OPEN ||
            after->voidings != before->voidings + 1 || after->bets != 0 ||
            after->ending != AGENCY_UNFINISHED || after->finished_at[0] != '\0') {
            world_fail("agency %" PRIu32 " is reset, which nobody has ordered, or not whole", number);
            return count;
        }
        judged->commits++;
        count++;
    }
    return count;
}

// Once the cut-off has passed, the draw is closed by it, and nothing else happens to its agencies and terms.
static void check_in_time(const struct durable *durable) {
    uint32_t last,
        ended = count_ended(durable, AGENCY_ENDED, &last) + count_ended(durable, AGENCY_FINISHED, &last);
    bool changes = ended > 0 || check_resets(durable) > 0 || changes_terms(&judge.draw, &durable->draw);
    if (changes && !seen.settles && cutoff_judge_is_passed()) {
        world_fail("after the cut-off at %s agencies end or are reset, or terms change",
                   judge.draw.closes_at);
    }
}

void orders_judge_committed(const struct durable *durable) {
    if (durable->has_draw && judge.has_draw) {
        check_terms(&judge.draw, &durable->draw);
        check_number(&judge.draw, &durable->draw);
        check_close(durable);
        check_ends(durable);
        check_seal(durable);
        check_in_time(durable);
    }
    judge.has_draw = durable->has_draw;
    judge.draw = durable->draw;
    memcpy(judge.agencies, durable->agencies, sizeof judge.agencies);
}

bool orders_judge_is_drawn(void) {
    return judge.has_draw && judge.draw.state == DRAW_DRAWN;
}

// What an order is answered ---------------------------------------------------------------------------------

static bool is_ended(uint32_t agency) {
    return agency >= 1 && agency <= PLAN_AGENCIES_MAX && judge.agencies[agency].finished_at[0] != '\0';
}

// Whether what is ordered is stored.
static bool is_done(const struct ledger_order *order) {
    const struct order_input *input = &order->input;
    char text[PLAN_WINNERS_BYTES];
    uint32_t winners = 0;
    switch (order->kind) {
    case ORDER_CLOSE:
        return judge.draw.state != DRAW_OPEN;
    case ORDER_FINISH:
        return is_ended(input->agency);
    case ORDER_CHANGE:
        return has_changed_so(input, &judge.draw, &judge.draw);
    case ORDER_DRAW:
        for (uint32_t number = 1; number <= plan.agencies; number++) {
            winners += plan_winners(seen.of[number].bets, seen.of[number].stored, input->number, text);
        }
        return order->answer.winners == winners && judge.draw.state != DRAW_OPEN &&
               (input->is_dry_run ||
                (judge.draw.state == DRAW_DRAWN && judge.draw.winning_number == input->number));
    case ORDER_STATUS:
        return true;
    case ORDER_SEAL: // which nobody gives here
    case ORDER_PAPER:
        return false;
    case ORDER_RESET:
        return input->agency <= PLAN_AGENCIES_MAX && !is_ended(input->agency) &&
               judge.agencies[input->agency].bets == 0;
    }
    return false;
}

// Whether it may be refused so, with what is stored.
static bool is_rightly_refused(const struct ledger_order *order) {
    const struct error_code *code = order->answer.error.code;
    const struct order_input *input = &order->input;
    uint32_t last = 0;
    for (uint32_t number = 1; number <= PLAN_AGENCIES_MAX; number++) {
        last = judge.agencies[number].agency != 0 ? number : last;
    }
    if (code == ERROR_STORE_FAILED || code == ERROR_SHUTTING_DOWN) {
        return code == ERROR_SHUTTING_DOWN || judge.has_failed;
    }
    switch (order->kind) {
    case ORDER_CLOSE:
        return code == ERROR_NEEDS_YES && !input->is_sure && judge.draw.state == DRAW_OPEN;
    case ORDER_FINISH:
        return (code == ERROR_NEEDS_YES && !input->is_sure && !is_ended(input->agency)) ||
               (code == ERROR_UNKNOWN_AGENCY && (input->agency < 1 || input->agency > judge.draw.agencies));
    case ORDER_CHANGE:
        return (code == ERROR_NOT_OPEN && judge.draw.state != DRAW_OPEN) ||
               (code == ERROR_BAD_CHANGE &&
                ((input->changes_number && plan.is_manual) ||
                 (input->changes_cutoff && shared_disk_is_past(input->closes_at)) ||
                 (input->changes_agencies && input->agencies < last))) ||
               (code == ERROR_NEEDS_YES && !input->is_sure && input->changes_agencies);
    case ORDER_RESET:
        return (code == ERROR_NOT_OPEN && judge.draw.state != DRAW_OPEN) ||
               (code == ERROR_NEEDS_YES && !input->is_sure && !is_done(order)) ||
               (code == ERROR_RECEIPTED && input->agency <= PLAN_AGENCIES_MAX &&
                seal_judge_is_receipted(input->agency)) ||
               (code == ERROR_UNKNOWN_AGENCY && (input->agency < 1 || input->agency > judge.draw.agencies));
    case ORDER_DRAW:
        return (code == ERROR_NUMBER_FIXED && !plan.is_manual) ||
               (code == ERROR_NOT_SEALED &&
                (judge.draw.state == DRAW_OPEN || (office_signs() && judge.draw.state == DRAW_SEALED))) ||
               (code == ERROR_NUMBER_STORED && judge.draw.has_number &&
                judge.draw.winning_number != input->number) ||
               (code == ERROR_NEEDS_YES && !input->is_sure && !judge.draw.has_number);
    case ORDER_STATUS:
    case ORDER_SEAL:
    case ORDER_PAPER:
        break;
    }
    return false;
}

static const char *name_of(enum ledger_order_kind kind) {
    static const char *const names[] = {
        [ORDER_STATUS] = "status", [ORDER_CLOSE] = "close",   [ORDER_FINISH] = "finish",
        [ORDER_DRAW] = "draw",     [ORDER_CHANGE] = "change", [ORDER_RESET] = "reset",
    };
    return names[kind];
}

// What the answer says of the draw, which is as it is stored; unless the store fails.
static void check_status(const struct ledger_order *order) {
    const struct order_status *status = &order->answer.status;
    uint32_t finished = 0;
    uint64_t bets = 0;
    for (uint32_t number = 1; number <= PLAN_AGENCIES_MAX; number++) {
        finished += judge.agencies[number].finished_at[0] != '\0';
        bets += judge.agencies[number].bets;
    }
    if (!status->store_fails &&
        (status->draw.state != judge.draw.state || status->draw.agencies != judge.draw.agencies ||
         status->finished != finished || status->bets != bets ||
         strcmp(status->draw.closes_at, judge.draw.closes_at) != 0)) {
        world_fail("%s is answered: %s, %" PRIu32 " of %" PRIu32 " agencies have finished, %" PRIu64
                   " bets; and it is: %s, %" PRIu32 " of %" PRIu32 ", %" PRIu64,
                   name_of(order->kind), draw_state_name(status->draw.state), status->finished,
                   status->draw.agencies, status->bets, draw_state_name(judge.draw.state), finished,
                   judge.draw.agencies, bets);
    }
}

static void check_answer(const struct ledger_order *order, const struct judged *judged) {
    const struct order_answer *answer = &order->answer;
    bool is_good = answer->error.code == ERROR_NONE;
    world_trace("central: %s is answered: %s%s", name_of(order->kind), error_name(answer->error.code),
                answer->already ? ", it was so already" : "");
    if (is_good ? !is_done(order) : !is_rightly_refused(order)) {
        world_fail("%s is answered %s%s%s, and the draw is %s with %" PRIu32 " agencies",
                   name_of(order->kind), is_good ? "as done" : error_name(answer->error.code),
                   is_good ? "" : ": ", is_good ? "" : answer->error.text, draw_state_name(judge.draw.state),
                   judge.draw.agencies);
    }
    bool changes = order->kind != ORDER_STATUS && !order->input.is_dry_run;
    if (answer->error.code != ERROR_STORE_FAILED && !judged->may_be_cutoff &&
        judged->commits != (changes && is_good && !answer->already)) {
        world_fail("%s is answered %s%s, and %" PRIu32 " commits have done it", name_of(order->kind),
                   error_name(answer->error.code), answer->already ? ", already" : "", judged->commits);
    }
    if (is_good) {
        check_status(order);
    }
}

void orders_judge_begins(const struct ledger_order *order) {
    judge.running = (struct judged){.is_there = true, .kind = order->kind, .input = order->input};
    judge.has_failed = false;
}

void orders_judge_completed(const struct ledger_order *order, bool leaves) {
    if (leaves) {
        check_answer(order, &judge.running);
    }
    if (judge.running.is_there && (!leaves || order->answer.error.code == ERROR_STORE_FAILED)) {
        judge.doubt = judge.running;
    }
    judge.running = (struct judged){0};
}

void orders_judge_trouble(void) {
    judge.has_failed = true;
}

void orders_judge_opened(void) {
    judge.doubt.is_there = false;
}

// It stays done for ever, except for what may have been ordered otherwise since: terms, and the ends of
// agencies that were reset.
void orders_judge_answered(const struct ledger_order *order) {
    uint32_t agency = order->input.agency;
    bool may_change =
        order->kind == ORDER_CHANGE || order->kind == ORDER_RESET ||
        (order->kind == ORDER_FINISH && agency <= PLAN_AGENCIES_MAX && judge.agencies[agency].voidings > 0);
    if (order->answer.error.code == ERROR_NONE && !may_change && !is_done(order)) {
        world_fail("%s was answered as done, and is not", name_of(order->kind));
    }
}
