// What comes of the winners that the central tells: believed or not, printed, kept.
#ifndef QUINIELA_AGENCY_OUTCOME_H
#define QUINIELA_AGENCY_OUTCOME_H

#include "agency/dialogue_options.h"
#include "agency/told_winners.h"
#include "base/error.h"
#include "wire/reply.h"

#include <stdint.h>

// The next step.
enum outcome_step {
    OUTCOME_PAUSES,   // so that other events are not kept waiting; continue with outcome_go_on
    OUTCOME_DONE,     // the winners are reported and kept
    OUTCOME_NOT_KEPT, // they are reported, and cannot be kept: `error`
    OUTCOME_RETRIES,  // ask again later: `error`
    OUTCOME_FAILED,   // for good, and it has been reported: `error`
};

struct outcome {
    const struct dialogue_options *options;
    struct told_winners *told; // NULL until it is held against the bets
    struct error error;
};

// Takes the answer. Of a signed draw the winners are held against the agency's own bets, of which the central
// has taken `stored`; whatever has a receipt takes part, too. The caller ends it with outcome_end.
enum outcome_step outcome_begin(struct outcome *outcome, const struct dialogue_options *options,
                                uint64_t stored, const struct reply *reply);

// Continues after OUTCOME_PAUSES.
enum outcome_step outcome_go_on(struct outcome *outcome);

// Frees what it holds.
void outcome_end(struct outcome *outcome);

#endif
