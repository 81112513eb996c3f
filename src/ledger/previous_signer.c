#include "ledger/previous_signer.h"

#include "bet/errors.h"
#include "bet/limits.h"
#include "ledger/rules_note.h"
#include "ledger/state.h"
#include "notary/notary.h"

#include <stdio.h>

// The signed draw that was opened last, besides this one.
struct newest {
    const char *besides;
    char name[DRAW_NAME_BYTES_MAX + 1]; // "": there is none
    char opened_at[STORE_TIME_BYTES];
};

static bool look_at(void *context, const char *name, const struct stored_draw *draw, struct error *error) {
    struct newest *newest = context;
    (void)error;
    if (draw->rules > 0 && strcmp(name, newest->besides) != 0 &&
        strcmp(draw->opened_at, newest->opened_at) >= 0) {
        snprintf(newest->name, sizeof newest->name, "%s", name);
        memcpy(newest->opened_at, draw->opened_at, sizeof newest->opened_at);
    }
    return true;
}

static bool read_key(const struct ledger_options *options, const char *draw, struct vkey *key,
                     struct error *error) {
    struct store *store;
    struct rules *rules = NULL;
    if (!options->open_reader(options->context, draw, &store, error)) {
        return false;
    }
    bool done = rules_note_first(store, &rules, error);
    store_close(&store);
    if (done && rules == NULL) {
        return error_set(error, ERROR_STORE_FAILED, "the rules of draw \"%s\" are missing", draw);
    }
    if (done) {
        *key = rules->key;
    }
    rules_free(rules);
    return done;
}

bool previous_signer_check(struct ledger *ledger, struct error *error) {
    return previous_signer_preview(&ledger->options, ledger->store, ledger->draw_name, error);
}

bool previous_signer_preview(const struct ledger_options *options, struct store *store, const char *draw,
                             struct error *error) {
    const struct notary *notary = options->notary;
    struct newest newest = {.besides = draw};
    struct vkey key;
    char text[VKEY_TEXT_BYTES];
    if (!store_draws(store, look_at, &newest, error)) {
        return false;
    }
    if (newest.name[0] == '\0') {
        return true;
    }
    if (!read_key(options, newest.name, &key, error)) {
        return false;
    }
    if (vkey_equal(&key, &notary->terms.key) ||
        (notary->previous != NULL && vkey_equal(&key, signing_key_public(notary->previous)))) {
        return true;
    }
    vkey_format(&key, text);
    return error_set(error, ERROR_BAD_SETTING,
                     "PREVIOUS_SIGN_KEY: draw \"%s\", the one before, was signed by %s: its key must sign "
                     "the rules of draw \"%s\", too (PREVIOUS_SIGN_KEY, PREVIOUS_SIGN_NAME)",
                     newest.name, text, draw);
}
