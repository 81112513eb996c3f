#include "doctor/stored.h"

#include "agency/comparison.h"
#include "base/clock.h"
#include "bet/errors.h"

#include <inttypes.h>
#include <stdio.h>

static const char check[] = "what is stored";

enum outcome { OUTCOME_SAME, OUTCOME_OTHER, OUTCOME_NOT_LISTED, OUTCOME_NO_ANSWER, OUTCOME_NO_TIME };

struct work {
    struct talk talk;
    struct comparison *comparison;
    const struct look_options *options;
    uint64_t stored, same, until_ms; // bets; how many of the first are the same
    struct error error;              // of OUTCOME_OTHER and OUTCOME_NO_ANSWER
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
    error_set(&work->error, ERROR_NETWORK, "%s", reason);
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
            return no_answer(work, "the connection was lost");
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

static void report_same(const struct work *work, const struct bets *bets, struct findings *findings) {
    char rest[64] = "";
    if (bets->is_whole) {
        snprintf(rest, sizeof rest, "; %" PRIu64 " are to be sent", bets->count - work->stored);
    }
    findings_add(findings, FINDING_OK, check, NULL,
                 "the file begins with the %" PRIu64 " bets that are stored%s", work->stored, rest);
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
                    const struct look_options *options, struct findings *findings) {
    struct work work = {.options = options, .stored = stored};
    enum outcome outcome;
    error_clear(&work.error);
    work.until_ms = clock_steady_ms() + COMPARE_MS_MAX;
    work.comparison = comparison_new(bets->reader);
    if (work.comparison == NULL) {
        outcome = no_answer(&work, "there is no memory");
    } else if (!target_connect(target, options->wait_ms)) {
        outcome = no_answer(&work, "it cannot connect again");
    } else {
        outcome = talk_begin(&work.talk, target->socket, options->tls, target->server->host, work.until_ms)
                      ? compare(&work)
                      : no_answer(&work, "it cannot connect again");
        talk_end(&work.talk);
        target_close(target);
    }
    comparison_free(work.comparison);
    report(&work, outcome, bets, findings);
}
