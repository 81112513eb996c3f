// How the draw stands: what an order is answered with.
#ifndef QUINIELA_LEDGER_SURVEY_H
#define QUINIELA_LEDGER_SURVEY_H

#include "base/error.h"
#include "ledger/order.h"

struct ledger;

// Which agencies a status names as missing.
enum survey_what {
    SURVEY_UNFINISHED,
    SURVEY_CUT, // also those that the close has cut off
};

// Fills *status, whose ranges are freed before. Of a shared store the agencies' rows are read, since other
// servers change them; while that cannot be done, what this server has last counted is the answer,
// with when that was (`counted_at`), and what it has stored since.
// Without memory for all that are missing, `more_missing` is set: what an order has stored is answered as
// done.
void survey_status(struct ledger *ledger, enum survey_what what, struct order_status *status);

// Adds an agency, whose number is larger than those before, to the missing ones: to the last range, or as
// another one. Beyond ORDER_RANGES_MAX it only sets `more_missing`. False when out of memory.
bool survey_add_missing(struct order_status *status, uint32_t agency) MUST_CHECK;

// Writes the missing agencies beyond `after` as "3, 7-9", or as many as there is room for, and then "…"; of
// none "-".
void survey_missing_text(const struct order_status *status, uint32_t after, char *text, size_t size);

#endif
