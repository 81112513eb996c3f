// Judges when the cut-off is kept: by the rule of the clock (src/ledger/cutoff_clock.h), of which it has a
// version of its own, that looks at the clock all the time. The central looks at it once a second, so it may
// be as much behind.
#ifndef QUINIELA_TESTS_SIM_CUTOFF_JUDGE_H
#define QUINIELA_TESTS_SIM_CUTOFF_JUDGE_H

#include <stdbool.h>

void cutoff_judge_begin(void);

// The stored draw is open and has this cut-off, in UTC ("": none); or it is not open (NULL).
void cutoff_judge_set(const char *closes_at);

// The central has started: it knows of no step before. A call of the store fails, so that no close can be
// expected for a while. The clock is about to be set, and has been set.
void cutoff_judge_started(void);
void cutoff_judge_trouble(void);
void cutoff_judge_stepped(void);

// The ledger has its turn: fails the world if the draw is still open, and should not be.
void cutoff_judge_turn(void);

// Whether the cut-off has been reached, at some moment so far; and whether it is passed by all that the
// central can believe now.
bool cutoff_judge_was_due(void);
bool cutoff_judge_is_passed(void);

#endif
