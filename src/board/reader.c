#include "board/reader.h"

#include "base/clock.h"
#include "base/log.h"
#include "board/reading.h"
#include "ledger/pulse.h"
#include "store/store.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { REST_TIMES = 30 }; // the processor time of a reading

struct reader {
    struct reader_options options;
    pthread_t thread;
    // Of the thread alone.
    struct store *store; // a shared one; NULL: it is to be opened
    struct board_snapshot *last;
    struct pace pace;
    time_t pulse_began;
    uint64_t read_ms; // when the last reading that succeeded began
    uint64_t rest_ms; // after the last reading
    bool is_failing;
    // Of both, under the mutex.
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool stop;
    uint64_t wanted_ms;           // when somebody last wanted to know; 0: never
    uint64_t begun_ms;            // when the reading began that is under way; 0: none is
    struct board_snapshot *fresh; // NULL: it was taken
};

// Reading ---------------------------------------------------------------------------------------------------

// The age is in whole seconds, and so is the time: their difference may waver by one, and would change the
// time of everybody who was heard of.
static time_t pulse_began(struct reader *reader, time_t now) {
    time_t began = now - (time_t)pulse_age_s(reader->options.pulse);
    time_t off = began - reader->pulse_began;
    if (off < -1 || off > 1) {
        reader->pulse_began = began;
    }
    return reader->pulse_began;
}

static void log_change(struct reader *reader, const struct error *error) {
    if (error != NULL && !reader->is_failing) {
        log_event(LOG_LEVEL_WARNING, "read_for_board", LOG_FAIL, "error: %s | message: %s",
                  error_name(error->code), error->text);
    } else if (error == NULL && reader->is_failing) {
        log_event(LOG_LEVEL_INFO, "read_for_board", LOG_SUCCESS, "message: the store can be read again");
    }
    reader->is_failing = error != NULL;
}

static bool open_if_closed(struct reader *reader, struct error *error) {
    return reader->store != NULL || reader->options.open(reader->options.context, &reader->store, error);
}

// A store in a file shows one moment from its opening to its end, and until then its log cannot begin anew. A
// connection to a database is kept.
static void close_if_in_file(struct reader *reader) {
    if (!store_is_shared(reader->store)) {
        store_close(&reader->store);
    }
}

// Without memory for the snapshot the last one stays. The time is exact: time() may be behind by a tick, and
// a step that has just ended would be passed over.
static struct board_snapshot *read_next(struct reader *reader) {
    struct board_sight sight = {.pulse = reader->options.pulse,
                                .now = (time_t)(clock_epoch_ms() / 1000),
                                .now_ms = clock_steady_ms(),
                                .before_ms = reader->read_ms,
                                .pace = &reader->pace};
    struct board_snapshot *next;
    struct error error;
    sight.pulse_began = pulse_began(reader, sight.now);
    if (open_if_closed(reader, &error) && board_read(reader->store, &sight, reader->last, &next, &error)) {
        reader->read_ms = sight.now_ms;
        close_if_in_file(reader);
        log_change(reader, NULL);
        return next;
    }
    if (reader->store != NULL) {
        store_close(&reader->store);
    }
    log_change(reader, &error);
    return board_read_failed(reader->last, error_cause(&error));
}

static void hand_over(struct reader *reader, struct board_snapshot *next) {
    if (next != NULL) {
        board_measure(reader->options.measured, &next->measures);
    }
    struct board_snapshot *copy = next == NULL ? NULL : board_snapshot_copy(next), *before = NULL;
    if (next != NULL) {
        board_snapshot_free(reader->last);
        reader->last = next;
    }
    pthread_mutex_lock(&reader->mutex);
    reader->begun_ms = 0;
    if (copy != NULL) {
        before = reader->fresh;
        reader->fresh = copy;
    }
    pthread_mutex_unlock(&reader->mutex);
    board_snapshot_free(before);
}

// The thread ------------------------------------------------------------------------------------------------

uint64_t reader_rest_ms(uint64_t took_ms, uint64_t used_ms) {
    uint64_t rest_ms = used_ms * REST_TIMES > took_ms ? used_ms * REST_TIMES : took_ms;
    return rest_ms < READ_REST_MS_MAX ? rest_ms : READ_REST_MS_MAX;
}

static uint64_t processor_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

// When the next reading is due, by the steady clock. A step's end is looked for from when the last one began,
// so that none is passed over.
static uint64_t due_ms(const struct reader *reader, uint64_t begun_ms, uint64_t ended_ms, uint64_t step_ms) {
    bool is_wanted = reader->wanted_ms != 0 && ended_ms < reader->wanted_ms + READ_WANTED_MS;
    uint64_t soon_ms = begun_ms + reader->options.every_ms;
    uint64_t due = is_wanted && soon_ms < step_ms ? soon_ms : step_ms;
    uint64_t rest_until = ended_ms + reader->rest_ms;
    return due > rest_until ? due : rest_until;
}

static void wait_until(struct reader *reader, uint64_t due) {
    struct timespec at = {(time_t)(due / 1000), (long)(due % 1000) * 1000000};
    pthread_cond_timedwait(&reader->changed, &reader->mutex, &at);
}

// Waits for the next reading. False: it is to stop.
static bool rest(struct reader *reader, uint64_t begun_ms) {
    enum { STEP_MS = READ_STEP_S * 1000 };
    uint64_t ended_ms = clock_steady_ms(), now_ms = ended_ms, due;
    uint64_t step_ms = ended_ms + STEP_MS - clock_epoch_ms() % STEP_MS + 1; // both clocks are rounded down
    pthread_mutex_lock(&reader->mutex);
    while (!reader->stop && (due = due_ms(reader, begun_ms, ended_ms, step_ms)) > now_ms) {
        wait_until(reader, due);
        now_ms = clock_steady_ms();
    }
    bool goes_on = !reader->stop;
    reader->begun_ms = now_ms;
    pthread_mutex_unlock(&reader->mutex);
    return goes_on;
}

// One that fails may only have waited.
static void read_once(struct reader *reader, uint64_t begun_ms) {
    uint64_t used_ms = processor_ms();
    hand_over(reader, read_next(reader));
    used_ms = processor_ms() - used_ms;
    reader->rest_ms =
        reader->is_failing ? reader->options.every_ms : reader_rest_ms(clock_steady_ms() - begun_ms, used_ms);
}

static void *run(void *argument) {
    struct reader *reader = argument;
    uint64_t begun_ms;
    pthread_setname_np(pthread_self(), "board");
    do {
        begun_ms = clock_steady_ms();
        read_once(reader, begun_ms);
    } while (rest(reader, begun_ms));
    if (reader->store != NULL) {
        store_close(&reader->store);
    }
    return NULL;
}

static void free_reader(struct reader *reader) {
    pthread_cond_destroy(&reader->changed);
    pthread_mutex_destroy(&reader->mutex);
    board_snapshot_free(reader->last);
    board_snapshot_free(reader->fresh);
    free(reader);
}

bool reader_start(const struct reader_options *options, struct reader **result, struct error *error) {
    struct reader *reader = calloc(1, sizeof *reader);
    pthread_condattr_t steady;
    *result = NULL;
    if (reader == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory to read for the board");
    }
    reader->options = *options;
    reader->options.every_ms = options->every_ms == 0 ? READ_EVERY_MS : options->every_ms;
    reader->begun_ms = clock_steady_ms();
    pthread_mutex_init(&reader->mutex, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&reader->changed, &steady);
    pthread_condattr_destroy(&steady);
    int failure = pthread_create(&reader->thread, NULL, run, reader);
    if (failure != 0) {
        free_reader(reader);
        return error_set_system(error, failure, "cannot start the thread that reads for the board");
    }
    *result = reader;
    return true;
}

void reader_stop(struct reader **pointer) {
    struct reader *reader = *pointer;
    *pointer = NULL;
    if (reader == NULL) {
        return;
    }
    pthread_mutex_lock(&reader->mutex);
    reader->stop = true;
    pthread_cond_signal(&reader->changed);
    pthread_mutex_unlock(&reader->mutex);
    pthread_join(reader->thread, NULL);
    free_reader(reader);
}

// By another thread -----------------------------------------------------------------------------------------

void reader_want(struct reader *reader) {
    pthread_mutex_lock(&reader->mutex);
    reader->wanted_ms = clock_steady_ms();
    pthread_cond_signal(&reader->changed);
    pthread_mutex_unlock(&reader->mutex);
}

struct board_snapshot *reader_take(struct reader *reader) {
    pthread_mutex_lock(&reader->mutex);
    struct board_snapshot *fresh = reader->fresh;
    reader->fresh = NULL;
    pthread_mutex_unlock(&reader->mutex);
    return fresh;
}

uint64_t reader_busy_ms(struct reader *reader) {
    pthread_mutex_lock(&reader->mutex);
    uint64_t begun_ms = reader->begun_ms, now_ms = clock_steady_ms();
    pthread_mutex_unlock(&reader->mutex);
    return begun_ms == 0 || now_ms < begun_ms ? 0 : now_ms - begun_ms;
}
