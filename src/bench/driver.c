#include "bench/driver.h"

#include "agency/limits.h"
#include "base/clock.h"
#include "bench/worker.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/prctl.h>

enum {
    TICK_MS = 200,
    TIMER_SLACK_NS = 1000, // the kernel's default of 50 µs would show in the latencies of paced chunks
};

struct driver {
    const struct driver_options *options;
    struct driver_result *result;
    struct run run;
    pthread_mutex_t mutex;
    pthread_cond_t ended;
    uint32_t running; // threads
};

struct driver_thread {
    struct driver *driver;
    pthread_t thread;
    struct worker worker;
    uint64_t ended_ns;
    bool failed;
    struct error error;
};

void driver_result_free(struct driver_result *result) {
    free(result->marks_ns);
    result->marks_ns = NULL;
}

// Threads -------------------------------------------------------------------------------------------------

// One thread has ended.
static void leave(struct driver *driver) {
    pthread_mutex_lock(&driver->mutex);
    driver->running--;
    pthread_cond_signal(&driver->ended);
    pthread_mutex_unlock(&driver->mutex);
}

static void *run_thread(void *context) {
    struct driver_thread *thread = context;
    struct driver *driver = thread->driver;
    prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
    thread->failed = !worker_run(&thread->worker, &thread->error);
    thread->ended_ns = clock_steady_ns();
    if (thread->failed) {
        atomic_store(&driver->run.stopping, true);
    }
    leave(driver);
    return NULL;
}

// Waits until every thread has ended, and ticks meanwhile.
static void wait_for_threads(struct driver *driver) {
    uint64_t tick_ns = clock_steady_ns() + (uint64_t)TICK_MS * 1000000;
    pthread_mutex_lock(&driver->mutex);
    while (driver->running > 0) {
        struct timespec until = {(time_t)(tick_ns / CLOCK_SECOND_NS), (long)(tick_ns % CLOCK_SECOND_NS)};
        pthread_cond_clockwait(&driver->ended, &driver->mutex, CLOCK_MONOTONIC, &until);
        uint64_t now_ns = clock_steady_ns();
        if (now_ns >= tick_ns) { // else a thread has ended
            pthread_mutex_unlock(&driver->mutex);
            driver->options->tick(driver->options->context, atomic_load(&driver->run.acknowledged),
                                  now_ns - driver->run.start_ns);
            pthread_mutex_lock(&driver->mutex);
            tick_ns = now_ns + (uint64_t)TICK_MS * 1000000;
        }
    }
    pthread_mutex_unlock(&driver->mutex);
}

static bool start_threads(struct driver *driver, struct driver_thread *threads, struct error *error) {
    uint32_t wanted = driver->options->threads;
    bool good = true;
    driver->run.start_ns = clock_steady_ns();
    for (uint32_t i = 0; i < wanted && good; i++) {
        pthread_mutex_lock(&driver->mutex);
        driver->running++;
        pthread_mutex_unlock(&driver->mutex);
        int failure = pthread_create(&threads[i].thread, NULL, run_thread, &threads[i]);
        if (failure != 0) {
            good = error_set_system(error, failure, "cannot start a thread");
            leave(driver);
            atomic_store(&driver->run.stopping, true);
            wanted = i;
        }
    }
    wait_for_threads(driver);
    for (uint32_t i = 0; i < wanted; i++) {
        pthread_join(threads[i].thread, NULL);
    }
    return good;
}

static bool gather(struct driver *driver, struct driver_thread *threads, struct error *error) {
    struct driver_result *result = driver->result;
    for (uint32_t i = 0; i < driver->options->threads; i++) {
        if (threads[i].failed) {
            *error = threads[i].error;
            return false;
        }
        histogram_merge(&result->ack_ns, &threads[i].worker.shared.ack_ns);
        result->text_bytes += threads[i].worker.shared.text_bytes;
        result->ended_ns = threads[i].ended_ns > result->ended_ns ? threads[i].ended_ns : result->ended_ns;
    }
    result->bets = atomic_load(&driver->run.acknowledged);
    result->chunks = result->ack_ns.count;
    result->elapsed_ns = result->ended_ns - driver->run.start_ns;
    result->marks = result->bets / DRIVER_MARK_BETS;
    return true;
}

static bool run(struct driver *driver, struct driver_thread *threads, struct error *error) {
    for (uint32_t i = 0; i < driver->options->threads; i++) {
        if (!worker_prepare(&threads[i].worker, i, error)) {
            return false;
        }
    }
    driver->options->started(driver->options->context);
    return start_threads(driver, threads, error) && gather(driver, threads, error);
}

bool driver_run(const struct driver_options *options, struct driver_result *result, struct error *error) {
    assert(options->threads >= 1 && options->threads <= options->agencies && options->window <= WINDOW_MAX &&
           options->payload->count >= options->chunk_size);
    *result = (struct driver_result){0};
    result->marks_ns = calloc(options->bets / DRIVER_MARK_BETS + 1, sizeof *result->marks_ns);
    struct driver driver = {
        .options = options, .result = result, .run = {.options = options, .marks_ns = result->marks_ns}};
    struct driver_thread *threads = calloc(options->threads, sizeof *threads);
    if (result->marks_ns == NULL || threads == NULL) {
        free(threads);
        return error_set(error, ERROR_NO_MEMORY, "no memory for the threads");
    }
    for (uint32_t i = 0; i < options->threads; i++) {
        threads[i].driver = &driver;
        worker_init(&threads[i].worker, &driver.run);
    }
    pthread_mutex_init(&driver.mutex, NULL);
    pthread_cond_init(&driver.ended, NULL);
    bool done = run(&driver, threads, error);
    for (uint32_t i = 0; i < options->threads; i++) {
        worker_end(&threads[i].worker);
    }
    pthread_cond_destroy(&driver.ended);
    pthread_mutex_destroy(&driver.mutex);
    free(threads);
    return done;
}
