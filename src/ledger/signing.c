#include "ledger/signing.h"

#include "base/clock.h"
#include "base/log.h"
#include "ledger/notice.h"
#include "ledger/previous_signer.h"
#include "ledger/signing_folder.h"
#include "ledger/state.h"
#include "notary/notary.h"
#include "notary/signed_rules.h"
#include "seal/instant.h"

#include <stdlib.h>
#include <string.h>

bool signing_is_on(const struct ledger *ledger) {
    return ledger->draw.rules > 0;
}

// Records ---------------------------------------------------------------------------------------------------

// Whether the newest record says already what the draw is to be.
static bool is_said(const struct rules *rules, const struct draw_terms *terms) {
    char close[STORE_TIME_BYTES] = "", pulse[STORE_TIME_BYTES] = "";
    if (rules->has_close) {
        instant_format(rules->close, close);
    }
    if (rules->how == RULES_BEACON) {
        instant_format(rules->pulse.time, pulse);
    }
    return rules->agencies == terms->agencies && strcmp(close, terms->closes_at) == 0 &&
           (terms->pulse == NULL || strcmp(pulse, terms->pulse) == 0);
}

static bool make_record(const struct ledger *ledger, const struct stored_draw *draw,
                        const struct draw_terms *terms, struct signed_rules **made, struct error *reason) {
    const struct notary *notary = ledger->options.notary;
    const struct rules *newest = signed_draw_rules(&ledger->signed_draw);
    return newest == NULL ? signed_rules_first(notary, ledger->draw_name, terms, draw->secret, made, reason)
                          : signed_rules_next(notary, newest, terms, clock_epoch_ms() / 1000, made, reason);
}

bool signing_change(struct ledger *ledger, struct stored_draw *draw, const char *pulse, struct error *refusal,
                    struct error *error) {
    struct kept_rules *rules = &ledger->signed_draw.rules;
    const struct draw_terms terms = {
        .agencies = draw->agencies, .closes_at = draw->closes_at, .pulse = pulse};
    struct signed_rules *made;
    struct error reason;
    error_clear(refusal);
    if (!draw->has_secret || (rules->count > 0 && is_said(kept_rules_newest(rules), &terms))) {
        return true;
    }
    bool done = make_record(ledger, draw, &terms, &made, &reason);
    if (done) {
        done = kept_rules_add(rules, (struct slice){made->note, made->size},
                              &ledger->options.notary->terms.key, &reason);
        free(made);
    }
    if (!done && reason.code == ERROR_NO_MEMORY) {
        *error = reason;
        return false;
    }
    if (!done) {
        *refusal = reason;
        return true;
    }
    draw->rules = (uint32_t)rules->count;
    return true;
}

bool signing_take_terms(struct ledger *ledger, struct error *error) {
    struct stored_draw *draw = &ledger->draw;
    uint32_t before = draw->rules;
    struct error refusal;
    if (!draw->has_secret || draw->state != DRAW_OPEN || ledger->loaded.has_terms) {
        return true;
    }
    if ((before == 0 && !previous_signer_check(ledger, error)) ||
        !signing_change(ledger, draw, NULL, &refusal, error)) {
        return false;
    }
    if (refusal.code != ERROR_NONE) {
        *error = refusal;
        return false;
    }
    ledger->draw_is_stored = ledger->draw_is_stored && draw->rules == before;
    return true;
}

bool signing_put(struct ledger *ledger, struct error *error) {
    const struct signed_draw *signed_draw = &ledger->signed_draw;
    for (size_t number = signed_draw->stored; number < signed_draw->rules.count; number++) {
        const struct kept_record *record = &signed_draw->rules.records[number];
        const struct stored_paper paper = {.kind = PAPER_RULES,
                                           .number = (uint32_t)number,
                                           .bytes = (const uint8_t *)record->note,
                                           .length = record->size};
        if (!store_add_paper(ledger->store, &paper, error)) {
            return false;
        }
    }
    return true;
}

// Keeping and showing ---------------------------------------------------------------------------------------

bool signing_is_behind(const struct ledger *ledger) {
    const struct signed_draw *signed_draw = &ledger->signed_draw;
    return signed_draw->kept < signed_draw->stored || signed_draw->shown < signed_draw->stored;
}

bool signing_keep(struct ledger *ledger, struct error *error) {
    struct signed_draw *signed_draw = &ledger->signed_draw;
    for (size_t number = 0; number < signed_draw->stored; number++) {
        const struct kept_record *record = &signed_draw->rules.records[number];
        char name[FOLDER_NAME_BYTES_MAX];
        signing_folder_rules_name(number, name);
        if (!signing_folder_keep(ledger, name, (struct slice){record->note, record->size}, error)) {
            return false;
        }
        signed_draw->kept = number < signed_draw->kept ? signed_draw->kept : number + 1;
    }
    return true;
}

// All stored notes, one after the other.
static char *join(const struct signed_draw *signed_draw, size_t *length) {
    *length = 0;
    for (size_t i = 0; i < signed_draw->stored; i++) {
        *length += signed_draw->rules.records[i].size;
    }
    char *all = malloc(*length + 1);
    if (all == NULL) {
        return NULL;
    }
    char *end = all;
    for (size_t i = 0; i < signed_draw->stored; i++) {
        const struct kept_record *record = &signed_draw->rules.records[i];
        memcpy(end, record->note, record->size);
        end += record->size;
    }
    return all;
}

static bool show(struct ledger *ledger, struct error *error) {
    struct signed_draw *signed_draw = &ledger->signed_draw;
    struct notice *notice = ledger->options.notice;
    size_t length;
    char *all = notice == NULL ? NULL : join(signed_draw, &length);
    bool done = notice == NULL || (all != NULL && notice_put_rules(notice, (struct slice){all, length}));
    free(all);
    if (!done) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the rules of draw \"%s\"", ledger->draw_name);
    }
    if (notice != NULL) {
        notice_put_secret(notice, signed_draw_origin(signed_draw), ledger->draw.secret);
    }
    signed_draw->shown = signed_draw->stored;
    log_event(LOG_LEVEL_INFO, "rules", LOG_SUCCESS, "draw: %s | signed_by: %s | records: %zu",
              ledger->draw_name, ledger->options.notary->terms.key.name, signed_draw->shown);
    return true;
}

bool signing_show(struct ledger *ledger, struct error *error) {
    return !signing_is_behind(ledger) || (signing_keep(ledger, error) && show(ledger, error));
}

bool signing_settle(struct ledger *ledger, struct error *error) {
    struct signed_draw *signed_draw = &ledger->signed_draw;
    bool is_opening = !ledger->loaded.has_terms;
    size_t stored = signed_draw->stored = signed_draw->rules.count;
    signed_draw->shown = signed_draw->shown < stored ? signed_draw->shown : stored;
    if (signing_show(ledger, error)) {
        return true;
    }
    if (!is_opening) {
        struct log_source source = {.error = error_name(error->code)}; // limited: it is tried again and again
        (void)log_event_limited(&source, LOG_LEVEL_ERROR, "rules", LOG_FAIL,
                                "draw: %s | error: %s | message: %s", ledger->draw_name, source.error,
                                error->text);
    }
    return !is_opening;
}

void signing_forget(struct ledger *ledger) {
    stored_draw_forget(&ledger->draw);
    if (ledger->options.notice != NULL) {
        notice_remove_secret(ledger->options.notice);
    }
}

void signing_free(struct ledger *ledger) {
    kept_rules_free(&ledger->signed_draw.rules);
    stored_draw_forget(&ledger->draw);
}
