#include "ledger/number_counts.h"

#include "base/clock.h"
#include "bet/chunk.h"
#include "bet/errors.h"
#include "bet/limits.h"
#include "store/store.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static_assert((int)NUMBER_COUNTS == BET_NUMBER_MAX + 1, "a count for each number that can be bet");

enum { REST_MS_MIN = 2000, REST_TIMES = 20 }; // between two counts

struct tally {
    uint64_t numbers[NUMBER_COUNTS], bets;
};

struct number_counts {
    bool (*open_reader)(void *context, const char *draw, struct store **store, struct error *error);
    void *context;
    char draw[DRAW_NAME_BYTES_MAX + 1];
    atomic_bool stop;
    struct tally counting; // the thread's own while it runs
    pthread_mutex_t mutex; // of all that follows
    pthread_t thread;
    bool has_thread, is_running; // a thread that has ended is still to be joined
    uint64_t next_ms;            // of the steady clock: before that no count begins
    bool has_last;
    struct tally last;
    uint64_t last_ms; // when it began: it has what was stored by then
    char failure[ERROR_TEXT_BYTES];
};

struct number_counts *number_counts_new(bool (*open_reader)(void *context, const char *draw,
                                                            struct store **store, struct error *error),
                                        void *context, const char *draw) {
    struct number_counts *counts = calloc(1, sizeof *counts);
    if (counts != NULL) {
        counts->open_reader = open_reader;
        counts->context = context;
        snprintf(counts->draw, sizeof counts->draw, "%s", draw);
        pthread_mutex_init(&counts->mutex, NULL);
    }
    return counts;
}

void number_counts_free(struct number_counts *counts) {
    if (counts == NULL) {
        return;
    }
    atomic_store(&counts->stop, true);
    if (counts->has_thread) {
        pthread_join(counts->thread, NULL);
    }
    pthread_mutex_destroy(&counts->mutex);
    free(counts);
}

// Counting ------------------------------------------------------------------------------------------------

static bool count_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    struct number_counts *counts = context;
    if (atomic_load_explicit(&counts->stop, memory_order_relaxed)) {
        return error_set(error, ERROR_SYSTEM, "the count of the numbers was stopped");
    }
    for (uint32_t i = 0; i < chunk->count; i++) {
        uint16_t number = chunk_number(chunk->numbers, i);
        if (number > BET_NUMBER_MAX) {
            return error_set(error, ERROR_STORE_FAILED, "agency %u has a bet on %u, which is no number",
                             (unsigned)chunk->agency, (unsigned)number);
        }
        counts->counting.numbers[number]++;
    }
    counts->counting.bets += chunk->count;
    return true;
}

// In a shared store the rows change meanwhile; one that is not shared is as of when it was opened.
static bool count(struct number_counts *counts, struct error *error) {
    struct store *store = NULL;
    memset(&counts->counting, 0, sizeof counts->counting);
    if (!counts->open_reader(counts->context, counts->draw, &store, error)) {
        return false;
    }
    bool done = store_snapshot(store, error) && store_numbers(store, count_chunk, counts, error);
    store_close(&store);
    return done;
}

static void *run(void *argument) {
    struct number_counts *counts = argument;
    uint64_t begun_ms = clock_steady_ms();
    struct error error;
    pthread_setname_np(pthread_self(), "counting");
    bool done = count(counts, &error);
    uint64_t now_ms = clock_steady_ms(), rest_ms = REST_TIMES * (now_ms - begun_ms);
    pthread_mutex_lock(&counts->mutex);
    if (done) {
        counts->last = counts->counting;
        counts->last_ms = begun_ms;
        counts->has_last = true;
    }
    snprintf(counts->failure, sizeof counts->failure, "%s", done ? "" : error.text);
    counts->next_ms = now_ms + (rest_ms > REST_MS_MIN ? rest_ms : REST_MS_MIN);
    counts->is_running = false;
    pthread_mutex_unlock(&counts->mutex);
    return NULL;
}

// Whoever is told that no count is running may start one, so the thread that has ended needs nothing more of
// the mutex: it can be waited for while that is held.
static void start(struct number_counts *counts) {
    if (counts->has_thread) {
        pthread_join(counts->thread, NULL);
    }
    int failure = pthread_create(&counts->thread, NULL, run, counts);
    counts->has_thread = counts->is_running = failure == 0;
    if (failure != 0) {
        struct error error;
        error_set_system(&error, failure, "cannot start the thread that counts the numbers");
        memcpy(counts->failure, error.text, sizeof counts->failure);
        counts->next_ms = clock_steady_ms() + REST_MS_MIN;
    }
}

void number_counts_want(struct number_counts *counts) {
    pthread_mutex_lock(&counts->mutex);
    if (!counts->is_running && clock_steady_ms() >= counts->next_ms) {
        start(counts);
    }
    pthread_mutex_unlock(&counts->mutex);
}

bool number_counts_read(struct number_counts *counts, uint64_t numbers[NUMBER_COUNTS], uint64_t *bets,
                        uint32_t *age_s, char failure[ERROR_TEXT_BYTES]) {
    pthread_mutex_lock(&counts->mutex);
    bool has_last = counts->has_last;
    if (has_last) {
        memcpy(numbers, counts->last.numbers, sizeof counts->last.numbers);
        *bets = counts->last.bets;
        *age_s = (uint32_t)((clock_steady_ms() - counts->last_ms) / 1000);
    }
    memcpy(failure, counts->failure, ERROR_TEXT_BYTES);
    pthread_mutex_unlock(&counts->mutex);
    return has_last;
}
