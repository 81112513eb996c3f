#include "ledger/terms_preview.h"

#include "bet/errors.h"
#include "ledger/state.h"
#include "ledger/terms.h"

#include <stdio.h>
#include <stdlib.h>

static struct stored_draw new_draw(const struct ledger_options *options) {
    struct stored_draw draw = {.agencies = options->agencies, .number_mode = options->number_mode};
    draw.has_number = draw.number_mode == NUMBER_FIXED;
    draw.winning_number = draw.has_number ? options->winning_number : 0;
    return draw;
}

bool terms_preview(const struct ledger_options *options, const struct stored_draw *found,
                   const struct stored_totals *totals, struct stored_draw *draw, struct error *error) {
    if (found != NULL && found->erased_at[0] != '\0') {
        return error_set(error, ERROR_STORE_FAILED, "draw \"%s\" was erased at %s: start with another DRAW",
                         options->draw, found->erased_at);
    }
    struct ledger *ledger = calloc(1, sizeof *ledger);
    if (ledger == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the draw");
    }
    ledger->options = *options;
    snprintf(ledger->draw_name, sizeof ledger->draw_name, "%s", options->draw);
    ledger->draw = found == NULL ? new_draw(options) : *found;
    ledger->loaded.rows = totals->rows;
    ledger->loaded.last_row = totals->last;
    ledger->loaded.bets = totals->bets;
    bool good = terms_take(ledger, found != NULL, error);
    *draw = ledger->draw;
    free(ledger->agencies);
    free(ledger->touched.numbers);
    free(ledger);
    return good;
}
