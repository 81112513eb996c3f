#include "ledger/pulse.h"

#include "base/clock.h"
#include "bet/limits.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    BLOCK_AGENCIES = 64 * 1024, // whose times are one block of memory, made when one of them is heard of
    BLOCKS = AGENCIES_MAX / BLOCK_AGENCIES + 1,
    TALLIES = 64, // a second each, the current one among them
};

static_assert((int)TALLIES > (int)PULSE_SECONDS_MAX,
              "the seconds that count are there beside the current one");

// Times are seconds of the steady clock since the pulse began, from 1: 0 is never. Each value stands for
// itself, so nothing has to be ordered between threads but a block and its zeros.
typedef atomic_uint_least32_t heard_at;

struct pulse {
    uint64_t begun_ms;
    _Atomic(heard_at *) heard[BLOCKS];
    atomic_uint_least64_t tallies[TALLIES]; // the second in the upper half, its bets in the lower
    atomic_uint_least64_t works_since_ms;   // 0: it does not
    atomic_uint_least64_t
        step; // of its work: since when, and in the lowest bit whether that is a call; 0: none
    _Atomic(const char *) store_failure; // NULL: it does not fail
};

struct pulse *pulse_new(void) {
    struct pulse *pulse = calloc(1, sizeof *pulse);
    if (pulse != NULL) {
        pulse->begun_ms = clock_steady_ms();
    }
    return pulse;
}

void pulse_free(struct pulse *pulse) {
    for (size_t i = 0; pulse != NULL && i < BLOCKS; i++) {
        free(atomic_load(&pulse->heard[i]));
    }
    free(pulse);
}

uint32_t pulse_age_s(const struct pulse *pulse) {
    return (uint32_t)((clock_steady_ms() - pulse->begun_ms) / 1000);
}

static uint32_t second(const struct pulse *pulse) {
    return pulse_age_s(pulse) + 1;
}

// Work ----------------------------------------------------------------------------------------------------

static void begin_step(struct pulse *pulse, uint64_t now, bool is_in_call) {
    atomic_store_explicit(&pulse->step, now << 1 | is_in_call, memory_order_relaxed);
}

void pulse_begin_work(struct pulse *pulse) {
    uint64_t now = clock_steady_ms();
    atomic_store_explicit(&pulse->works_since_ms, now, memory_order_relaxed);
    begin_step(pulse, now, false);
}

void pulse_end_work(struct pulse *pulse) {
    atomic_store_explicit(&pulse->works_since_ms, 0, memory_order_relaxed);
    atomic_store_explicit(&pulse->step, 0, memory_order_relaxed);
}

void pulse_note_call(void *pulse, bool is_in_call) {
    begin_step(pulse, clock_steady_ms(), is_in_call);
}

static uint64_t since_ms(uint64_t since) {
    uint64_t now = clock_steady_ms();
    return since == 0 || now < since ? 0 : now - since;
}

uint64_t pulse_busy_ms(const struct pulse *pulse) {
    return since_ms(atomic_load_explicit(&pulse->works_since_ms, memory_order_relaxed));
}

static uint64_t step_ms(const struct pulse *pulse, bool is_in_call) {
    uint64_t step = atomic_load_explicit(&pulse->step, memory_order_relaxed);
    return (step & 1) == is_in_call ? since_ms(step >> 1) : 0;
}

uint64_t pulse_call_ms(const struct pulse *pulse) {
    return step_ms(pulse, true);
}

uint64_t pulse_stuck_ms(const struct pulse *pulse) {
    return step_ms(pulse, false);
}

void pulse_set_store_failure(struct pulse *pulse, const char *cause) {
    atomic_store_explicit(&pulse->store_failure, cause, memory_order_relaxed);
}

const char *pulse_store_failure(const struct pulse *pulse) {
    return atomic_load_explicit(&pulse->store_failure, memory_order_relaxed);
}

bool pulse_store_fails(const struct pulse *pulse) {
    return pulse_store_failure(pulse) != NULL;
}

// Agencies ------------------------------------------------------------------------------------------------

static heard_at *make_block(struct pulse *pulse, uint32_t number) {
    heard_at *block = calloc(BLOCK_AGENCIES, sizeof *block);
    atomic_store_explicit(&pulse->heard[number], block, memory_order_release);
    return block;
}

// Without memory nobody knows that it was heard of.
void pulse_hear(struct pulse *pulse, uint32_t agency) {
    uint32_t number = agency / BLOCK_AGENCIES;
    heard_at *block = atomic_load_explicit(&pulse->heard[number], memory_order_relaxed);
    block = block != NULL ? block : make_block(pulse, number);
    if (block != NULL) {
        atomic_store_explicit(&block[agency % BLOCK_AGENCIES], second(pulse), memory_order_relaxed);
    }
}

uint32_t pulse_heard_s(const struct pulse *pulse, uint32_t agency) {
    if (agency > AGENCIES_MAX) {
        return PULSE_NEVER;
    }
    heard_at *block = atomic_load_explicit(&pulse->heard[agency / BLOCK_AGENCIES], memory_order_acquire);
    uint32_t heard =
        block == NULL ? 0 : atomic_load_explicit(&block[agency % BLOCK_AGENCIES], memory_order_relaxed);
    return heard == 0 ? PULSE_NEVER : heard - 1;
}

// Bets ----------------------------------------------------------------------------------------------------

void pulse_add_bets(struct pulse *pulse, uint64_t bets) {
    uint32_t now = second(pulse);
    atomic_uint_least64_t *tally = &pulse->tallies[now % TALLIES];
    uint64_t so_far = atomic_load_explicit(tally, memory_order_relaxed), begun = (uint64_t)now << 32;
    if (so_far >> 32 != now) {
        so_far = begun;
    }
    uint64_t sum = (so_far - begun) + bets;
    atomic_store_explicit(tally, begun + (sum < UINT32_MAX ? sum : UINT32_MAX), memory_order_relaxed);
}

uint64_t pulse_bets(const struct pulse *pulse, uint32_t seconds) {
    uint32_t now = second(pulse);
    uint64_t bets = 0;
    assert(seconds <= PULSE_SECONDS_MAX);
    for (size_t i = 0; i < TALLIES; i++) {
        uint64_t tally = atomic_load_explicit(&pulse->tallies[i], memory_order_relaxed);
        uint64_t of = tally >> 32;
        bets += of < now && now - of <= seconds ? tally & UINT32_MAX : 0;
    }
    return bets;
}
