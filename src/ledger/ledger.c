#include "ledger/ledger.h"

#include "base/log.h"
#include "ledger/access.h"
#include "ledger/listing.h"
#include "ledger/notes.h"
#include "ledger/open_group.h"
#include "ledger/row_cache.h"
#include "ledger/sealing.h"
#include "ledger/sealing_show.h"
#include "ledger/signing.h"
#include "ledger/state.h"
#include "ledger/winners.h"

#include <stdio.h>
#include <stdlib.h>

bool ledger_open(const struct ledger_options *options, struct ledger **result, struct error *error) {
    *result = NULL;
    struct ledger *ledger = calloc(1, sizeof *ledger);
    if (ledger == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the ledger");
    }
    ledger->options = *options;
    ledger->cache = row_cache_new();
    if (ledger->cache == NULL) {
        free(ledger);
        return error_set(error, ERROR_NO_MEMORY, "no memory for the ledger");
    }
    snprintf(ledger->draw_name, sizeof ledger->draw_name, "%s", options->draw);
    ledger->listings = listings_new();
    if (ledger->listings == NULL) {
        ledger_close(&ledger);
        return error_set(error, ERROR_NO_MEMORY, "no memory for the ledger");
    }
    if (!access_open(ledger, error)) {
        ledger_close(&ledger);
        return false;
    }
    notes_tell_seal(ledger);
    notes_tell_if_all_told(ledger);
    *result = ledger;
    return true;
}

void ledger_close(struct ledger **pointer) {
    struct ledger *ledger = *pointer;
    *pointer = NULL;
    sealing_free(ledger);
    if (ledger->store != NULL) {
        store_close(&ledger->store);
        log_event(LOG_LEVEL_INFO, "close_resource", LOG_SUCCESS, "resource: store");
    }
    winners_free(ledger->winners);
    row_cache_free(ledger->cache);
    open_group_free(ledger);
    free(ledger->agencies);
    free(ledger->touched.numbers);
    listings_free(ledger->listings);
    signing_free(ledger);
    free(ledger);
}

struct recalling {
    void (*noted)(void *context, const struct ledger_note *note);
    void *context;
};

static bool recall_agency(void *context, const struct stored_agency *agency, struct error *error) {
    const struct recalling *recalling = context;
    (void)error;
    if (agency->voidings > 0) {
        recalling->noted(recalling->context, &(struct ledger_note){.kind = LEDGER_NOTE_RESET,
                                                                   .agency = agency->agency,
                                                                   .voiding = agency->voidings,
                                                                   .at = ""});
    }
    if (agency->finished_at[0] != '\0') {
        recalling->noted(recalling->context, &(struct ledger_note){.kind = LEDGER_NOTE_FINISHED,
                                                                   .agency = agency->agency,
                                                                   .ending = agency->ending,
                                                                   .bets = agency->bets,
                                                                   .at = agency->finished_at});
    }
    return true;
}

// The ledger of a shared store has not read the agencies' rows.
bool ledger_recall(const struct ledger *ledger, void (*noted)(void *context, const struct ledger_note *note),
                   void *context, struct error *error) {
    const struct stored_draw *draw = &ledger->draw;
    struct recalling recalling = {noted, context};
    if (!store_agencies(ledger->store, recall_agency, &recalling, error)) {
        return false;
    }
    if (draw->state != DRAW_OPEN) {
        noted(context, &(struct ledger_note){.kind = LEDGER_NOTE_SEALED, .at = draw->sealed_at});
    }
    if (sealing_is_shown(ledger)) {
        noted(context, &(struct ledger_note){.kind = LEDGER_NOTE_ROOT, .root = draw->root, .at = ""});
    }
    if (draw->forked_at[0] != '\0') {
        noted(context, &(struct ledger_note){.kind = LEDGER_NOTE_FORKED, .at = draw->forked_at});
    }
    if (draw->state == DRAW_DRAWN) {
        noted(context, &(struct ledger_note){.kind = LEDGER_NOTE_DRAWN,
                                             .bets = ledger->loaded.bets,
                                             .winners = winners_count(ledger->winners),
                                             .at = draw->drawn_at});
    }
    return true;
}

bool ledger_is_shared(const struct ledger *ledger) {
    return ledger->is_shared;
}

void ledger_tell_draw(const struct ledger *ledger, char text[LEDGER_DRAW_BYTES]) {
    snprintf(text, LEDGER_DRAW_BYTES, "%s, opened %s", ledger->draw_name, ledger->draw.opened_at);
}

uint32_t ledger_agencies(const struct ledger *ledger) {
    return ledger->draw.agencies;
}

const char *ledger_store_failure(const struct ledger *ledger) {
    return ledger->failure;
}

struct notice *ledger_notice(const struct ledger *ledger) {
    return ledger->options.notice;
}

void ledger_on_task_end(struct ledger *ledger, void (*wake)(void *context), void *context) {
    sealing_on_end(ledger, wake, context);
}

void ledger_interrupt(struct ledger *ledger) {
    sealing_interrupt(ledger);
}

void ledger_end_tasks(struct ledger *ledger) {
    sealing_stop(ledger);
}

bool ledger_winning_number(const struct ledger *ledger, uint16_t *number) {
    *number = ledger->draw.winning_number;
    return ledger->draw.has_number;
}

enum number_mode ledger_number_mode(const struct ledger *ledger) {
    return ledger->draw.number_mode;
}
