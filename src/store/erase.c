#include "store/erase.h"

#include "bet/errors.h"
#include "store/backend.h"
#include "store/no_draw.h"

#include <stdio.h>

bool store_may_be_erased(const char *name, const struct stored_draw *draw, struct error *error) {
    if (draw->state == DRAW_DRAWN || draw->erased_at[0] != '\0') {
        return true;
    }
    return error_set(
        error, ERROR_STORE_FAILED,
        "draw \"%.64s\" is %s, and only a drawn one can be erased, as its bets still take part: %s", name,
        draw_state_name(draw->state),
        draw->state == DRAW_OPEN
            ? "close it first (quiniela close, with a server running), and have it drawn"
            : "have it drawn first, by a server (quiniela draw gives a number that it waits for)");
}

static bool erase(struct store *store, struct error *error) {
    struct stored_draw draw;
    bool found;
    bool done = store_begin(store, error) && store_lock_draw(store, error) &&
                store_get_draw(store, &draw, &found, error) && (found || store_no_draw(store, error)) &&
                store_may_be_erased(store_draw_name(store), &draw, error) &&
                store_erase(store, &draw, error) && store_commit(store, error);
    stored_draw_forget(&draw);
    return done;
}

bool store_erase_draw(const char *address, const char *draw, struct error *error) {
    const struct store_kind *kind = store_kind_of(address);
    struct store *store;
    if (!store_open(address, draw, STORE_SERVE, &store, error)) {
        return false;
    }
    bool done = erase(store, error);
    store_close(&store);
    if (!done || kind->scrub == NULL || kind->scrub(address, error)) {
        return done;
    }
    char reason[ERROR_TEXT_BYTES];
    snprintf(reason, sizeof reason, "%s", error->text);
    return error_set(
        error, error->code,
        "draw \"%s\" is erased, but what its rows have left on the disk is not: %.200s: erase it again", draw,
        reason);
}
