#include "agency/outcome.h"

#include "agency/file_report.h"
#include "agency/promises.h"
#include "agency/report.h"
#include "seal/errors.h"

static enum outcome_step keep(struct outcome *outcome, struct bet_slice documents) {
    const struct dialogue_options *options = outcome->options;
    report_winners(options, documents.text, documents.length);
    if (options->keep_winners == NULL ||
        options->keep_winners(options->keep_context, documents.text, documents.length, &outcome->error)) {
        return OUTCOME_DONE;
    }
    report_not_kept(&outcome->error);
    return OUTCOME_NOT_KEPT;
}

static enum outcome_step not_believed(struct outcome *outcome) {
    if (error_retryable(outcome->error.code)) {
        return OUTCOME_RETRIES;
    }
    report_not_believed(&outcome->error);
    return OUTCOME_FAILED;
}

// Whether the bets are still there to be looked at.
static bool can_hold(const struct dialogue_options *options) {
    return options->reader == NULL || reader_was_checked(options->reader);
}

static struct own_bets own_bets(const struct dialogue_options *options, uint64_t stored,
                                const struct promised_result *result) {
    uint64_t covered = promises_covered(options->promises);
    return (struct own_bets){.reader = options->reader,
                             .single = options->single,
                             .count = stored > covered ? stored : covered,
                             .number = result->number,
                             .winners = result->winners};
}

enum outcome_step outcome_begin(struct outcome *outcome, const struct dialogue_options *options,
                                uint64_t stored, const struct reply *reply) {
    struct promised_result result;
    outcome_end(outcome);
    outcome->options = options;
    if (options->promises == NULL) {
        return keep(outcome, reply->winners);
    }
    if (!promises_take_winners(options->promises, reply, &result, &outcome->error)) {
        return not_believed(outcome);
    }
    if (!can_hold(options)) {
        report_winners_unchecked(options);
        return keep(outcome, reply->winners);
    }
    struct own_bets own = own_bets(options, stored, &result);
    return told_winners_new(&own, reply->winners, &outcome->told, &outcome->error) ? OUTCOME_PAUSES
                                                                                   : OUTCOME_RETRIES;
}

static enum outcome_step refuse(struct outcome *outcome) {
    if (outcome->error.code == ERROR_FALSE_CLAIM) {
        promises_refute_winners(outcome->options->promises, told_winners_documents(outcome->told),
                                &outcome->error);
        report_not_believed(&outcome->error);
    } else {
        report_bad_line(&outcome->error);
    }
    return OUTCOME_FAILED;
}

enum outcome_step outcome_go_on(struct outcome *outcome) {
    bool more;
    if (!told_winners_step(outcome->told, &more, &outcome->error)) {
        return refuse(outcome);
    }
    if (more) {
        return OUTCOME_PAUSES;
    }
    report_believed_winners(told_winners_found(outcome->told));
    return keep(outcome, told_winners_documents(outcome->told));
}

void outcome_end(struct outcome *outcome) {
    told_winners_free(&outcome->told);
}
