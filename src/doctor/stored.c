#include "doctor/stored.h"

#include "agency/comparison.h"
#include "base/clock.h"
#include "base/translate.h"
#include "bet/errors.h"

#include <inttypes.h>
#include <stdio.h>

static const char check[] = N_("what is stored");

enum outcome { OUTCOME_SAME, OUTCOME_OTHER, OUTCOME_NOT_LISTED, OUTCOME_NO_ANSWER, OUTCOME_NO_TIME };

struct work {
    struct talk talk;
    struct comparison *comparison;
    const struct look_options *options;
    const struct error_code *refuses; // what is new; NULL: it is taken
    uint64_t stored, same, until_ms;  // bets; how many of the first are the same
    struct error error;               // of OUTCOME_OTHER and OUTCOME_NO_ANSWER
};

// Compares one list of pieces, to its end.
static bool compare_list(struct work *work) {
    for (bool more = true; more && clock_steady_ms() < work->until_ms;) {
        if (!comparison_step(work->comparison, &work->same, &more, &work->error)) {
            return false;
        }
    }
    return true;
}

static enum outcome no_answer(struct work *work, const char *reason) {
    error_set(&work->error, ERROR_NETWORK, "%s", translate(reason));
    return OUTCOME_NO_ANSWER;
}

static enum outcome compare(struct work *work) {
    while (work->same < work->stored) {
        uint8_t frame[MESSAGE_AROUND_BYTES_MAX];
        struct reply reply;
        size_t length = message_encode_question(frame, work->options->agency, work->same);
        if (clock_steady_ms() >= work->until_ms) {
            return OUTCOME_NO_TIME;
        }
        if (!talk_ask(&work->talk, frame, length, work->options->decoder, &reply)) {
            return no_answer(work, N_("the connection was lost"));
        }
        if (reply.type != REPLY_CHUNK_PROCESSED) {
            return no_answer(work, reply.error.text);
        }
        if (reply.piece_count == 0) {
            return OUTCOME_NOT_LISTED;
        }
        if (!comparison_take(work->comparison, work->same, reply.pieces, reply.piece_count, &work->error)) {
            return OUTCOME_NO_ANSWER;
        }
        if (!compare_list(work)) {
            return OUTCOME_OTHER;
        }
    }
    return OUTCOME_SAME;
}

void stored_report_rest(const char *what, uint64_t rest, const struct error_code *refuses,
                        struct findings *findings) {
    if (refuses == NULL || rest == 0) {
        findings_add(findings, FINDING_OK, check, NULL,
                     translate_count("%s; %" PRIu64 " is to be sent", "%s; %" PRIu64 " are to be sent", rest),
                     what, rest);
        return;
    }
    bool is_closed = refuses == ERROR_DRAW_CLOSED;
    findings_add(findings, FINDING_WRONG, check,
                 is_closed
                     ? N_("Tell the operator: these bets take no part in this draw. Start the client for the "
                          "winners of what is stored")
                     : N_("Find out which file is right: one with fewer bets was sent as a whole. Tell the "
                          "operator, who can reset the agency while the draw is open"),
                 translate_count("%s; %" PRIu64 " is not taken, as %s (%s)",
                                 "%s; %" PRIu64 " are not taken, as %s (%s)", rest),
                 what, rest,
                 is_closed ? _("the draw is closed to this agency") : _("this agency has sent its last bet"),
                 error_name(refuses));
}

static void report_same(const struct work *work, const struct bets *bets, struct findings *findings) {
    char what[160];
    snprintf(what, sizeof what, _("the file begins with the %" PRIu64 " bets that are stored"), work->stored);
    if (bets->is_whole || (work->refuses != NULL && bets->count > work->stored)) {
        stored_report_rest(what, bets->count - work->stored, work->refuses, findings);
    } else {
        findings_add(findings, FINDING_OK, check, NULL, "%s", what);
    }
}

static void report(const struct work *work, enum outcome outcome, const struct bets *bets,
                   struct findings *findings) {
    switch (outcome) {
    case OUTCOME_SAME:
        report_same(work, bets, findings);
        break;
    case OUTCOME_OTHER:
        findings_add(
            findings, FINDING_WRONG, check,
            "Find out which file is right: what is stored stays, and nothing more of this one is taken", "%s",
            work->error.text);
        break;
    case OUTCOME_NOT_LISTED:
        findings_add(findings, FINDING_NOT_TOLD, check, NULL, "which bets are stored");
        break;
    case OUTCOME_NO_ANSWER:
        findings_add(findings, FINDING_WRONG, check, "Try again", "%s", work->error.text);
        break;
    case OUTCOME_NO_TIME:
        findings_add(findings, FINDING_OK, check, NULL,
                     "the file begins with %" PRIu64 " of the %" PRIu64
                     " stored bets; there was no time for the others",
                     work->same, work->stored);
        break;
    }
}

void stored_compare(struct bets *bets, struct target *target, uint64_t stored,
                    const struct error_code *refuses, const struct look_options *options,
                    struct findings *findings) {
    struct work work = {.options = options, .refuses = refuses, .stored = stored};
    enum outcome outcome;
    error_clear(&work.error);
    work.until_ms = clock_steady_ms() + COMPARE_MS_MAX;
    work.comparison = comparison_new(bets->reader);
    if (work.comparison == NULL) {
        outcome = no_answer(&work, N_("there is no memory"));
    } else if (!target_connect(target, options->wait_ms)) {
        outcome = no_answer(&work, N_("it cannot connect again"));
    } else {
        outcome = talk_begin(&work.talk, target->socket, options->tls, target->server->host, work.until_ms)
                      ? compare(&work)
                      : no_answer(&work, N_("it cannot connect again"));
        talk_end(&work.talk);
        target_close(target);
    }
    comparison_free(work.comparison);
    report(&work, outcome, bets, findings);
}
