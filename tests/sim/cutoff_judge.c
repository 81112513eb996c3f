#include "cutoff_judge.h"

#include "shared_disk.h"
#include "world.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum {
    STEP_MS = 2000,   // a step of more than this …
    DOUBT_MS = 10000, // … counts after this time
    LATE_MS = 3500,   // the central looks once a second; it may be slow, and wait a second after a failure
    PIECES_MAX = 256
};

// From a moment on, the time of day that counts has this offset (shared_disk_clock_offset).
struct piece_of_time {
    uint64_t from_ms;
    int64_t offset;
};

static struct {
    struct piece_of_time pieces[PIECES_MAX]; // the last one is now
    uint32_t count;
    bool doubts; // the clock has stepped, and that does not count …
    uint64_t doubt_until;
    bool has_cutoff, was_due;
    int64_t cutoff_ms; // as world_wall_ms
    uint64_t trouble_ms;
    char closes_at[32];
} judge;

static void count_on(uint64_t from_ms, int64_t offset) {
    if (judge.count == PIECES_MAX) {
        judge.count--;
        memmove(judge.pieces, judge.pieces + 1, judge.count * sizeof judge.pieces[0]);
    }
    judge.pieces[judge.count++] = (struct piece_of_time){from_ms, offset};
}

static int64_t counting(void) {
    return judge.pieces[judge.count - 1].offset;
}

// Brings the pieces up to now.
static void look(void) {
    int64_t difference = shared_disk_clock_offset() - counting();
    bool is_step = difference > STEP_MS || difference < -STEP_MS;
    if (judge.doubts && world_now_ms() >= judge.doubt_until) {
        judge.doubts = false;
        count_on(judge.doubt_until, shared_disk_clock_offset());
    } else if (is_step && !judge.doubts) {
        judge.doubts = true;
        judge.doubt_until = world_now_ms() + DOUBT_MS;
    } else if (!is_step) {
        judge.doubts = false;
        if (difference != 0) {
            count_on(world_now_ms(), shared_disk_clock_offset());
        }
    }
}

void cutoff_judge_begin(void) {
    memset(&judge, 0, sizeof judge);
    count_on(0, 0);
}

// The time of day is now what the clock says.
static void believe_clock(void) {
    judge.doubts = false;
    count_on(world_now_ms(), shared_disk_clock_offset());
}

void cutoff_judge_started(void) {
    believe_clock();
    cutoff_judge_trouble();
}

void cutoff_judge_trouble(void) {
    judge.trouble_ms = world_now_ms();
}

void cutoff_judge_stepped(void) {
    look();
}

// Whether the cut-off has been reached `ms` ago, by every (or any) offset that the central may count with
// now: those of the last LATE_MS.
static bool is_reached(uint64_t ms, bool by_every) {
    uint64_t now = world_now_ms(), since = now > LATE_MS ? now - LATE_MS : 0;
    int64_t would_be = world_wall_ms() - world_clock_offset() - (int64_t)ms;
    for (uint32_t i = judge.count; i-- > 0;) {
        bool reached = would_be + judge.pieces[i].offset >= judge.cutoff_ms;
        if (reached != by_every) {
            return reached;
        }
        if (judge.pieces[i].from_ms <= since) {
            break; // this one began before
        }
    }
    return by_every;
}

void cutoff_judge_set(const char *closes_at) {
    struct tm fields = {0};
    if (closes_at == NULL || closes_at[0] == '\0') {
        judge.has_cutoff = judge.was_due = false;
        judge.closes_at[0] = '\0';
        return;
    }
    if (strcmp(closes_at, judge.closes_at) == 0) {
        return;
    }
    if (strptime(closes_at, "%Y-%m-%dT%H:%M:%SZ", &fields) == NULL || strlen(closes_at) >= 32) {
        world_fail("the cut-off is \"%s\"", closes_at);
        return;
    }
    if (!judge.has_cutoff) {
        believe_clock(); // whoever orders one looks at it, too
    }
    memcpy(judge.closes_at, closes_at, strlen(closes_at) + 1);
    judge.cutoff_ms = (int64_t)timegm(&fields) * 1000;
    judge.has_cutoff = true;
    judge.was_due = false;
    cutoff_judge_trouble(); // it may have been passed already: that leads to a close soon, not at once
}

void cutoff_judge_turn(void) {
    look();
    if (!judge.has_cutoff) {
        return;
    }
    judge.was_due = judge.was_due || is_reached(0, false);
    if (world_now_ms() > judge.trouble_ms + LATE_MS && is_reached(LATE_MS, true)) {
        world_fail("the draw is open, and its cut-off was at %s: it is late", judge.closes_at);
    }
}

bool cutoff_judge_was_due(void) {
    if (judge.has_cutoff) {
        look();
        judge.was_due = judge.was_due || is_reached(0, false);
    }
    return judge.was_due;
}

bool cutoff_judge_is_passed(void) {
    look();
    return judge.has_cutoff && is_reached(0, true);
}
