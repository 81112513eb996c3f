#include "board/health.h"

#include "board/store_shown.h"
#include "ledger/notice.h"
#include "ledger/pulse.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

// Each adds a line to `out`, unless that is NULL, for each reason that it finds. Returns whether it found
// any.
typedef bool (*find_reasons)(const struct board_view *view, FILE *out);

static bool takes_too_long(const struct board_view *view, uint64_t ms) {
    const struct board_snapshot *snapshot = view->snapshot;
    bool has_ended = snapshot->has_draw && snapshot->draw.state != DRAW_OPEN;
    return ms / 1000 > (has_ended ? HEALTH_DRAW_S_MAX : HEALTH_BUSY_S_MAX);
}

static bool is_stuck(const struct board_view *view, FILE *out) {
    uint64_t stuck_ms = pulse_stuck_ms(view->options->pulse);
    bool is = takes_too_long(view, stuck_ms);
    if (is && out != NULL) {
        fprintf(out, "ledger: it has been at one thing for %" PRIu64 " s\n", stuck_ms / 1000);
    }
    return is;
}

static bool store_hangs(const struct board_view *view, FILE *out) {
    uint64_t call_s = pulse_call_ms(view->options->pulse) / 1000;
    if (call_s > HEALTH_BUSY_S_MAX && out != NULL) {
        fprintf(out, "store: it has not answered for %" PRIu64 " s\n", call_s);
    }
    return call_s > HEALTH_BUSY_S_MAX;
}

// Many calls of the store, one after the other, and none of them long.
static bool is_slow(const struct board_view *view, FILE *out) {
    const struct pulse *pulse = view->options->pulse;
    uint64_t busy_ms = pulse_busy_ms(pulse);
    bool is = takes_too_long(view, busy_ms) && !pulse_store_fails(pulse) && !is_stuck(view, NULL) &&
              !store_hangs(view, NULL);
    if (is && out != NULL) {
        fprintf(out, "ledger: it has been at one thing for %" PRIu64 " s\n", busy_ms / 1000);
    }
    return is;
}

static bool store_fails(const struct board_view *view, FILE *out) {
    const char *cause = pulse_store_failure(view->options->pulse);
    if (cause != NULL && out != NULL) {
        fprintf(out, "store: nothing can be stored: %s\n", cause);
    }
    return cause != NULL;
}

static bool store_is_unread(const struct board_view *view, FILE *out) {
    char trouble[ERROR_TEXT_BYTES];
    bool is = store_shown_trouble(view->snapshot, time(NULL), trouble);
    if (is && out != NULL) {
        fprintf(out, "store: %s%s\n",
                view->snapshot->trouble[0] == '\0' ? "" : "it cannot be read: ", trouble);
    }
    return is;
}

static bool is_draining(const struct board_view *view, FILE *out) {
    bool draining = view->options->is_draining != NULL && view->options->is_draining(view->options->context);
    if (draining && out != NULL) {
        fputs("draining: it takes no more bets, and ends\n", out);
    }
    return draining;
}

static bool seal_fails(const struct board_view *view, FILE *out) {
    struct notice *notice = view->options->notice;
    const char *cause = notice == NULL ? NULL : notice_cause(notice);
    if (cause != NULL && out != NULL) {
        fprintf(out, "seal: it, or the result, cannot be made or kept: %s\n", cause);
    }
    return cause != NULL;
}

static const find_reasons of_life[] = {is_stuck, NULL};
static const find_reasons of_readiness[] = {is_stuck,        store_hangs, is_slow,    store_fails,
                                            store_is_unread, is_draining, seal_fails, NULL};

static bool find_any(const struct board_view *view, const find_reasons *reasons, FILE *out) {
    bool any = false;
    for (; *reasons != NULL; reasons++) {
        any = (*reasons)(view, out) || any;
    }
    return any;
}

bool health_is_live(const struct board_view *view) {
    return !find_any(view, of_life, NULL);
}

bool health_is_ready(const struct board_view *view) {
    return !find_any(view, of_readiness, NULL);
}

static bool say(const struct board_view *view, const find_reasons *reasons, char **text, size_t *length) {
    *text = NULL;
    *length = 0;
    FILE *out = open_memstream(text, length);
    if (out == NULL) {
        return !find_any(view, reasons, NULL);
    }
    bool is_well = !find_any(view, reasons, out);
    if (is_well) {
        fputs("ok\n", out);
    }
    if (fclose(out) != 0) {
        free(*text);
        *text = NULL;
    }
    return is_well;
}

bool health_live(const struct board_view *view, char **text, size_t *length) {
    return say(view, of_life, text, length);
}

bool health_ready(const struct board_view *view, char **text, size_t *length) {
    return say(view, of_readiness, text, length);
}
