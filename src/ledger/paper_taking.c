#include "ledger/paper_taking.h"

#include "base/log.h"
#include "bet/errors.h"
#include "ledger/fork.h"
#include "ledger/notice.h"
#include "ledger/open_group.h"
#include "ledger/order_group.h"
#include "ledger/sealing_show.h"
#include "ledger/signing.h"
#include "ledger/state.h"

#include <inttypes.h>
#include <stdlib.h>

enum { TIMESTAMPS_MAX = 64, COSIGNATURES_MAX = 2 * NOTE_SIGNATURES_MAX }; // of one draw

// May it be taken now? --------------------------------------------------------------------------------------

static bool is_known_seal(const struct ledger *ledger, struct error *refusal) {
    if (!signing_is_on(ledger)) {
        return error_set(refusal, ERROR_UNSIGNED,
                         "draw \"%s\" is not signed: it has no seal to show or to prove", ledger->draw_name);
    }
    const struct sealing *sealing = &ledger->sealing;
    if (sealing_is_shown(ledger)) {
        return true;
    }
    if (ledger->draw.state == DRAW_OPEN) {
        return error_set(refusal, ERROR_NOT_SEALED,
                         "draw \"%s\" is open: its seal comes when its intake has ended", ledger->draw_name);
    }
    if (fork_is_known(ledger, refusal)) {
        return false;
    }
    return error_set(refusal, ERROR_NOT_SEALED, "draw \"%s\" is sealed, and its seal %s%.200s",
                     ledger->draw_name, sealing->failures > 0 ? "is not there: " : "is not computed yet",
                     sealing->failures > 0 ? sealing->failure.text : "");
}

// Each kind: whether it is right, and what is stored of it
// ----------------------------------------------------

struct taking {
    struct paper_terms terms;
    const struct draw_papers *papers;
    struct slice bytes;
    char *note; // of a cosignature: what is stored
    bool already;
    struct order_answer *answer;
};

static bool take_approval(struct taking *taking, struct error *error) {
    struct approvals approvals;
    uint16_t number;
    const struct rules *rules = taking->terms.rules;
    if (rules->approvals == 0) {
        return error_set(error, ERROR_BAD_PAPER, "the rules of this draw ask for no approvals");
    }
    if (!approvals_begin(&approvals, rules, error)) {
        return false;
    }
    bool done = true;
    for (size_t i = 0; done && i < taking->papers->count; i++) {
        const struct paper *paper = &taking->papers->list[i];
        done = paper->kind != PAPER_APPROVAL ||
               paper_take_approval(&approvals, &taking->terms, paper_bytes(paper), &number, error);
    }
    done = done &&
           paper_take_approval(&approvals, &taking->terms, taking->bytes, &taking->answer->number, error);
    approvals_end(&approvals);
    return done;
}

// Whether the approval is for the number that it was said to be for.
static bool is_for(const struct ledger_order *order, struct error *error) {
    return order->input.without_number || order->answer.number == order->input.number ||
           error_set(error, ERROR_BAD_PAPER, "the approval is for %04u, and not for %04u",
                     order->answer.number, order->input.number);
}

// A witness may have signed twice, and the earlier one may come last: both are stored then.
static bool take_cosignature(const struct ledger *ledger, struct taking *taking, struct error *error) {
    char *shown = malloc(NOTE_BYTES_MAX);
    size_t length, added;
    taking->note = malloc(NOTE_BYTES_MAX);
    if (shown == NULL || taking->note == NULL) {
        free(shown);
        return error_set(error, ERROR_NO_MEMORY, "no memory for the cosigned seal");
    }
    bool done =
        (draw_papers_count(taking->papers, PAPER_COSIGNATURE) < COSIGNATURES_MAX ||
         error_set(error, ERROR_BAD_PAPER, "there are %d cosigned notes already", COSIGNATURES_MAX)) &&
        sealing_cosigned(ledger, taking->papers, shown, &length, error) &&
        paper_take_cosignatures(&taking->terms, (struct slice){shown, length}, taking->bytes, taking->note,
                                &length, &added, error);
    free(shown);
    if (done) {
        taking->already = added == 0;
        taking->bytes = (struct slice){taking->note, length};
    }
    return done && (taking->already ||
                    paper_witnessed_at(&taking->terms, taking->bytes, &taking->answer->seen_at, error));
}

static bool take_pulse(struct taking *taking, struct error *error) {
    taking->already = draw_papers_find(taking->papers, PAPER_PULSE, 0) != NULL; // the rules name but one
    return paper_number_of_pulse(&taking->terms, taking->bytes, &taking->answer->number, error);
}

static bool take_timestamp(struct taking *taking, struct error *error) {
    return (draw_papers_count(taking->papers, PAPER_TIMESTAMP) < TIMESTAMPS_MAX ||
            error_set(error, ERROR_BAD_PAPER, "there are %d time stamps already", TIMESTAMPS_MAX)) &&
           paper_stamped_at(&taking->terms, taking->bytes, &taking->answer->seen_at, error);
}

static bool check(const struct ledger *ledger, struct ledger_order *order, struct taking *taking,
                  struct error *error) {
    switch (order->input.paper) {
    case PAPER_APPROVAL:
        return take_approval(taking, error) && is_for(order, error);
    case PAPER_COSIGNATURE:
        return take_cosignature(ledger, taking, error);
    case PAPER_TIMESTAMP:
        return take_timestamp(taking, error);
    case PAPER_PULSE:
        return take_pulse(taking, error);
    case PAPER_RULES:
    case PAPER_SEAL:
    case PAPER_RESULT:
    case PAPER_FORK:
    case PAPER_UNKNOWN:
        break;
    }
    abort();
}

// Taking it -------------------------------------------------------------------------------------------------

static bool take_in(struct ledger *ledger, struct ledger_order *order, const struct draw_papers *papers,
                    struct error *error) {
    struct order_answer *answer = &order->answer;
    enum store_paper kind = order->input.paper;
    struct taking taking = {.terms = sealing_terms(ledger),
                            .papers = papers,
                            .bytes = {order->input.bytes, order->input.length},
                            .answer = answer};
    if (draw_papers_has(papers, kind, taking.bytes, &answer->place)) {
        answer->already = true;
        return true;
    }
    struct error reason;
    bool is_right = check(ledger, order, &taking, &reason), done = true;
    if (!is_right) {
        answer->error = reason;
    } else if (taking.already) {
        answer->already = true;
    } else if (!order->input.is_dry_run) {
        answer->place = draw_papers_count(papers, kind);
        done = open_group_begin(ledger, error) &&
               paper_store(ledger->store, kind, answer->place, taking.bytes, error) &&
               open_group_change(ledger, error);
    }
    free(taking.note);
    return done;
}

// Other servers may have taken some meanwhile, so they are read within the group.
static bool take(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    struct draw_papers papers;
    if (!is_known_seal(ledger, &order->answer.error) || fork_is_known(ledger, &order->answer.error)) {
        return true;
    }
    if (!order_group_lock_draw(ledger, error)) {
        return false;
    }
    bool done = draw_papers_read(ledger->store, &papers, error) && take_in(ledger, order, &papers, error);
    draw_papers_free(&papers);
    return done;
}

bool paper_taking_carry_out(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    const struct order_answer *answer = &order->answer;
    if (!order_group_store(ledger, order, take, error)) {
        return false;
    }
    if (answer->error.code == ERROR_NONE && !answer->already && !order->input.is_dry_run) {
        char name[FOLDER_NAME_BYTES_MAX];
        paper_name(order->input.paper, answer->place, name);
        log_event(LOG_LEVEL_INFO, "paper", LOG_SUCCESS, "draw: %s | paper: %s", ledger->draw_name, name);
        order_group_read_papers(ledger);
    }
    return true;
}

void paper_taking_show_seal(struct ledger *ledger, struct ledger_order *order) {
    struct order_answer *answer = &order->answer;
    bool no_memory = false;
    if (!is_known_seal(ledger, &answer->error)) {
        return;
    }
    answer->hash = ledger->sealing.hash;
    answer->note = ledger->options.notice == NULL
                       ? NULL
                       : notice_seal(ledger->options.notice, &answer->note_length, &no_memory);
    if (answer->note == NULL) {
        error_set(&answer->error, ERROR_NO_MEMORY, "no memory for the seal");
    }
}
