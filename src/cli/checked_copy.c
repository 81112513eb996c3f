#include "cli/checked_copy.h"

#include "base/clock.h"
#include "bet/errors.h"
#include "ledger/check.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>

enum { SAY_EVERY_MS = 1000 };

struct copying {
    uint64_t next_ms; // when to say next how far it is
    const char *draw; // that is being checked
};

static void on_progress(void *context, uint64_t done, uint64_t all) {
    struct copying *copying = context;
    uint64_t now = clock_steady_ms();
    if (now >= copying->next_ms) {
        copying->next_ms = now + SAY_EVERY_MS;
        printf("copied: %" PRIu64 " %%\n", all == 0 ? 100 : done * 100 / all);
        (void)fflush(stdout);
    }
}

static void on_damage(void *context, const char *damage) {
    const struct copying *copying = context;
    printf("draw %s: damaged: %s\n", copying->draw, damage);
}

static bool check(void *context, const char *address, const char *draw, struct error *error) {
    struct copying *copying = context;
    struct store *store;
    struct check_result result;
    if (!store_open(address, draw, STORE_READ, &store, error)) {
        return false;
    }
    copying->draw = draw;
    const struct check_watch watch = {.on_damage = on_damage, .context = copying};
    bool done = check_draw(store, &watch, &result, error);
    store_close(&store);
    if (!done) {
        return false;
    }
    if (result.damages > 0) {
        return error_set(error, ERROR_STORE_FAILED, "draw \"%.64s\" is damaged: nothing was copied", draw);
    }
    printf("draw %s: good: %" PRIu64 " chunks with %" PRIu64 " bets | winners: %" PRIu64 "\n", draw,
           result.chunks, result.bets, result.winners);
    (void)fflush(stdout);
    return true;
}

bool checked_copy(const char *address, const char *to, struct store_backed_up *done, struct error *error) {
    struct copying copying = {.next_ms = clock_steady_ms() + SAY_EVERY_MS};
    const struct store_backup backup = {.progress = on_progress, .check = check, .context = &copying};
    return store_backup(address, to, &backup, done, error);
}
