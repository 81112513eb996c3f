#include "agency/progress.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

enum { BAR_CELLS = 30, REDRAW_MS = 100 };

static bool shown;
static uint64_t shown_at_ms;

void progress_show(uint32_t agency, uint64_t done, uint64_t total, uint64_t bets) {
    uint64_t now = clock_steady_ms();
    if (!isatty(STDERR_FILENO) || (shown && now - shown_at_ms < REDRAW_MS && done < total)) {
        return;
    }
    char bar[BAR_CELLS + 1] = {0};
    uint64_t filled = total == 0 ? 0 : done * BAR_CELLS / total;
    for (unsigned i = 0; i < BAR_CELLS; i++) {
        bar[i] = i < filled ? '#' : '.';
    }
    fprintf(stderr, "\r\033[Kagency %" PRIu32 " [%s] %3" PRIu64 " %%  %" PRIu64 " bets stored", agency, bar,
            total == 0 ? 0 : done * 100 / total, bets);
    fflush(stderr);
    shown = true;
    shown_at_ms = now;
}

void progress_clear(void) {
    if (shown) {
        fprintf(stderr, "\r\033[K");
        fflush(stderr);
        shown = false;
    }
}
