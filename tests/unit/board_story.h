// What the stories of the board have in common: a store that is read again and again, by a clock that the
// story sets.
#ifndef QUINIELA_TESTS_BOARD_STORY_H
#define QUINIELA_TESTS_BOARD_STORY_H

#include "cmocka_all.h"

#include "base/moment.h"
#include "board/reading.h"
#include "board/states.h"
#include "ledger/pulse.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

enum { NOON = 1795608000 }; // 2026-11-25 12:00 UTC

static struct {
    uint64_t passed_ms; // since noon
    time_t set_s;       // how far the clock was set since then
    struct pulse *pulse;
    struct pace pace;
    struct store *(*open)(void); // to read
    struct store *store;         // that is kept open, as a shared one is
    struct board_snapshot *last;
    uint64_t last_ms;
} night;

uint64_t __wrap_clock_steady_ms(void);
uint64_t __wrap_clock_steady_ms(void) {
    return 1000 + night.passed_ms;
}

static inline void night_begin(void) {
    memset(&night, 0, sizeof night);
    night.pulse = pulse_new();
    assert_non_null(night.pulse);
}

static inline void night_end(void) {
    board_snapshot_free(night.last);
    night.last = NULL;
    pulse_free(night.pulse);
    if (night.store != NULL) {
        store_close(&night.store);
    }
}

static inline bool try_to_look(struct board_snapshot **next, struct error *error) {
    struct board_sight sight = {.pulse = night.pulse,
                                .pulse_began = NOON + night.set_s,
                                .now = NOON + night.set_s + (time_t)(night.passed_ms / 1000),
                                .now_ms = 1000 + night.passed_ms,
                                .before_ms = night.last_ms,
                                .pace = &night.pace};
    night.store = night.store == NULL ? night.open() : night.store;
    bool done = board_read(night.store, &sight, night.last, next, error);
    if (!done || !store_is_shared(night.store)) {
        store_close(&night.store);
    }
    return done;
}

static inline void keep(struct board_snapshot *next) {
    board_snapshot_free(night.last);
    night.last = next;
    night.last_ms = 1000 + night.passed_ms;
}

// Reads the store once more, so many seconds later.
static inline const struct board_snapshot *look_after(unsigned seconds) {
    struct board_snapshot *next;
    struct error error;
    night.passed_ms += seconds * UINT64_C(1000);
    must(try_to_look(&next, &error), &error);
    keep(next);
    return next;
}

static inline const struct board_agency *row_of(uint32_t agency) {
    assert_in_range(agency, 1, night.last->count);
    assert_int_equal(night.last->agencies[agency - 1].agency, agency);
    return &night.last->agencies[agency - 1];
}

#define assert_state(agency, name) assert_string_equal(board_state_name(row_of(agency)->state), name)
#define assert_waits_for(what) assert_string_equal(board_waits_for(night.last), what)

#endif
