#include "cli/upgrading.h"

#include "base/clock.h"
#include "base/log.h"
#include "bet/errors.h"
#include "cli/upgrade_watch.h"
#include "ledger/check.h"
#include "store/store.h"
#include "store/upgrade.h"
#include "store/version.h"

#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SAY_EVERY_MS = 1000, RETRY_MS = 1000 };

struct upgrading {
    upgrading_say say;
    void *context;
    const char *draw; // that is being checked
    uint64_t next_ms; // when to say next how far it is
    struct {
        const char *what;
        uint64_t begun_ms, done;
    } part; // that is being done, and how much of it there was in the beginning
};

static void say(const struct upgrading *upgrading, enum upgrading_tone tone, const char *format, ...)
    PRINTF_LIKE(3, 4);

static void say(const struct upgrading *upgrading, enum upgrading_tone tone, const char *format, ...) {
    char text[ERROR_TEXT_BYTES];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    upgrading->say(upgrading->context, tone, text);
}

// How many seconds it will take at the pace of this part until now. 0: that cannot be told yet.
static uint64_t seconds_left(struct upgrading *upgrading, const char *what, uint64_t done, uint64_t all,
                             uint64_t now) {
    if (upgrading->part.what == NULL || strcmp(upgrading->part.what, what) != 0 ||
        done < upgrading->part.done) {
        upgrading->part.what = what;
        upgrading->part.begun_ms = now;
        upgrading->part.done = done;
    }
    uint64_t since = done - upgrading->part.done;
    return since == 0 ? 0 : (now - upgrading->part.begun_ms) * (all - done) / since / 1000;
}

static void on_progress(void *context, const char *what, uint64_t done, uint64_t all) {
    struct upgrading *upgrading = context;
    uint64_t now = clock_steady_ms();
    uint64_t left = seconds_left(upgrading, what, done, all, now);
    if (now < upgrading->next_ms && done != all) {
        return;
    }
    upgrading->next_ms = now + SAY_EVERY_MS;
    char more[48] = "";
    if (left > 0) {
        snprintf(more, sizeof more, ", some %" PRIu64 " s more", left);
    }
    say(upgrading, UPGRADING_PROGRESS, "%s: %" PRIu64 " %%%s", what, all == 0 ? 100 : done * 100 / all, more);
}

// The end of it is said by its result. Rows of agencies that are damaged may say fewer bets than there are.
static void on_bets(void *context, uint64_t bets, uint64_t all) {
    if (bets < all) {
        on_progress(context, "bets of the draw checked", bets, all);
    }
}

static void on_note(void *context, const char *text) {
    say(context, UPGRADING_NOTE, "%s", text);
}

static void on_damage(void *context, const char *damage) {
    const struct upgrading *upgrading = context;
    say(upgrading, UPGRADING_DAMAGE, "draw %s: damaged: %s", upgrading->draw, damage);
}

static bool check(void *context, const char *address, const char *draw, struct error *error) {
    struct upgrading *upgrading = context;
    struct store *store;
    struct check_result result;
    if (!store_open(address, draw, STORE_READ_UPGRADED, &store, error)) {
        return false;
    }
    upgrading->draw = draw;
    struct check_watch watch = {.on_damage = on_damage, .on_progress = on_bets, .context = upgrading};
    bool done = check_draw(store, &watch, &result, error);
    store_close(&store);
    if (!done) {
        return false;
    }
    if (result.damages > 0) {
        return error_set(
            error, ERROR_STORE_FAILED,
            "draw \"%.64s\" is damaged, so the store is not upgraded, and stays as it was; keep it, and "
            "restore it from a copy",
            draw);
    }
    say(upgrading, UPGRADING_PROGRESS,
        "draw %s: good: %" PRIu64 " chunks with %" PRIu64 " bets, %" PRIu64 " winners", draw, result.chunks,
        result.bets, result.winners);
    return true;
}

static void say_result(const struct upgrading *upgrading, const struct store_upgraded *upgraded,
                       uint64_t ms) {
    if (upgraded->from != STORE_VERSION) {
        say(upgrading, UPGRADING_PROGRESS,
            "upgraded from version %" PRId64 " to %d in %" PRIu64 ".%" PRIu64 " s; what it was is kept: %s",
            upgraded->from, STORE_VERSION, ms / 1000, ms % 1000 / 100, upgraded->kept);
    } else {
        say(upgrading, UPGRADING_PROGRESS, "nothing to do: it is of version %d", STORE_VERSION);
    }
}

bool upgrading_run(const char *address, bool must_exist, upgrading_say say_text, void *context,
                   struct error *error) {
    struct upgrading upgrading = {
        .say = say_text, .context = context, .next_ms = clock_steady_ms() + SAY_EVERY_MS};
    struct store_upgrade upgrade = {
        .progress = on_progress, .note = on_note, .check = check, .context = &upgrading};
    struct store_upgraded upgraded;
    uint64_t begun_ms = clock_steady_ms();
    if (!store_upgrade(address, &upgrade, &upgraded, error)) {
        return false;
    }
    if (upgraded.from == 0 && must_exist) {
        char shown[STORE_ADDRESS_BYTES];
        store_show_address(address, shown);
        return error_set(error, ERROR_STORE_FAILED, "%.150s: there is no such store", shown);
    }
    if (must_exist || (upgraded.from != 0 && upgraded.from != STORE_VERSION)) {
        say_result(&upgrading, &upgraded, clock_steady_ms() - begun_ms);
    }
    return true;
}

static void log_text(void *context, enum upgrading_tone tone, const char *text) {
    static const enum log_level levels[] = {[UPGRADING_PROGRESS] = LOG_LEVEL_INFO,
                                            [UPGRADING_NOTE] = LOG_LEVEL_WARNING,
                                            [UPGRADING_DAMAGE] = LOG_LEVEL_ERROR};
    (void)context;
    upgrade_watch_line_begin();
    log_event(levels[tone], "upgrade", tone == UPGRADING_DAMAGE ? LOG_FAIL : LOG_SUCCESS, "message: %s",
              text);
    upgrade_watch_line_end();
}

bool upgrading_at_start(const char *address, struct error *error) {
    while (!upgrading_run(address, false, log_text, NULL, error)) {
        if (error->code != ERROR_STORE_AWAY && error->code != ERROR_STORE_STALE) {
            return false;
        }
        upgrade_watch_line_begin();
        log_event(LOG_LEVEL_ERROR, "upgrade", LOG_FAIL, "error: %s | message: %s | retry_ms: %d",
                  error_name(error->code), error->text, RETRY_MS);
        upgrade_watch_line_end();
        (void)poll(NULL, 0, RETRY_MS);
    }
    return true;
}
