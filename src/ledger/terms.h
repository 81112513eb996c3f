// The terms of a draw: how many agencies it waits for, which number wins or that it comes by an order, and
// the cut-off. They come from the store, or from the settings of the server. A draw that has begun keeps its
// own. So a flag forgotten at a restart can neither seal it nor make another number win. What an order has
// changed since (changed_at) stays, whatever the settings of a later start say, unless they are to change the
// draw. Where its cut-off has passed, nothing changes it.
#ifndef QUINIELA_LEDGER_TERMS_H
#define QUINIELA_LEDGER_TERMS_H

#include "base/error.h"

struct ledger;

// The stored draw does not fit the setting: ledger_options.agencies, or ledger_options.winning_number.
extern const struct error_code ERROR_AGENCIES_MISMATCH[1];
extern const struct error_code ERROR_NUMBER_MISMATCH[1];
// … or ledger_options.closes_text, which may also be no moment that is ahead.
extern const struct error_code ERROR_CUTOFF_MISMATCH[1];

// For the first load, once the rows of the draw (`found`: it has one) and of its agencies have been read.
// Decides between the stored terms and the settings of this start. ERROR_AGENCIES_MISMATCH,
// ERROR_NUMBER_MISMATCH or ERROR_CUTOFF_MISMATCH when they do not fit together; the text says what to type
// instead. ERROR_NO_MEMORY.
bool terms_take(struct ledger *ledger, bool found, struct error *error) MUST_CHECK;

#endif
