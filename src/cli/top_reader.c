#include "cli/top_reader.h"

#include "base/clock.h"
#include "store/address.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { REST_TIMES = 4, END_MS = 500 };

struct top_reader {
    const struct top_source *source;
    uint64_t every_ms;
    pthread_t thread;
    bool is_running;
    int has_news, stops; // descriptors
    // The thread's own.
    struct top_memory memory;
    struct top_facts *last;
    pthread_mutex_t mutex; // of all that follows
    pthread_cond_t changed;
    bool is_stopping, has_ended, wants_numbers, is_asked;
    struct top_facts *facts; // those that nobody has taken yet, or NULL
    struct top_numbers numbers;
};

// Reading ---------------------------------------------------------------------------------------------------

static struct top_facts *copy_of(const struct top_facts *facts) {
    struct top_facts *copy = malloc(sizeof *copy);
    if (copy == NULL) {
        return NULL;
    }
    *copy = *facts;
    copy->agencies = reallocarray(NULL, facts->count + 1, sizeof *copy->agencies);
    if (copy->agencies == NULL) {
        free(copy);
        return NULL;
    }
    for (size_t i = 0; i < facts->count; i++) {
        copy->agencies[i] = facts->agencies[i];
    }
    return copy;
}

static void tell(const struct top_reader *reader) {
    (void)eventfd_write(reader->has_news, 1);
}

// What cannot be read stays as it was, and is tried again.
static bool read_facts(struct top_reader *reader, struct error *error) {
    struct top_facts *facts;
    if (!top_read(reader->source, &reader->memory, reader->last, &facts, error)) {
        return false;
    }
    top_facts_free(reader->last);
    reader->last = facts;
    struct top_facts *copy = copy_of(facts);
    pthread_mutex_lock(&reader->mutex);
    if (copy != NULL) {
        top_facts_free(reader->facts);
        reader->facts = copy;
    }
    pthread_mutex_unlock(&reader->mutex);
    tell(reader);
    return copy != NULL || error_set(error, ERROR_NO_MEMORY, "no memory for the agencies");
}

static void read_numbers(struct top_reader *reader, struct top_numbers *numbers) {
    top_read_numbers(reader->source, numbers);
    pthread_mutex_lock(&reader->mutex);
    reader->numbers = *numbers;
    pthread_mutex_unlock(&reader->mutex);
    tell(reader);
}

static struct timespec after(uint64_t ms) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    uint64_t ns = (uint64_t)at.tv_nsec + ms % 1000 * 1000000;
    at.tv_sec += (time_t)(ms / 1000 + ns / 1000000000);
    at.tv_nsec = (long)(ns % 1000000000);
    return at;
}

// Until it is time, or somebody has asked. False: it is to stop. *numbers: they are wanted.
static bool wait_for_turn(struct top_reader *reader, uint64_t rest_ms, bool *numbers) {
    struct timespec at = after(rest_ms);
    pthread_mutex_lock(&reader->mutex);
    int status = 0;
    while (!reader->is_stopping && !reader->is_asked && status == 0) {
        status = pthread_cond_timedwait(&reader->changed, &reader->mutex, &at);
    }
    bool goes_on = !reader->is_stopping;
    reader->is_asked = false;
    *numbers = reader->wants_numbers;
    pthread_mutex_unlock(&reader->mutex);
    return goes_on;
}

static void *run(void *argument) {
    struct top_reader *reader = argument;
    struct top_numbers *numbers = calloc(1, sizeof *numbers);
    struct error ignored;
    uint64_t rest_ms = reader->every_ms;
    bool wants_numbers;
    while (wait_for_turn(reader, rest_ms, &wants_numbers)) {
        uint64_t begun_ms = clock_steady_ms();
        if (wants_numbers && numbers != NULL) {
            read_numbers(reader, numbers);
        }
        (void)read_facts(reader, &ignored);
        uint64_t took_ms = clock_steady_ms() - begun_ms;
        rest_ms = took_ms > reader->every_ms / REST_TIMES ? REST_TIMES * took_ms : reader->every_ms;
    }
    free(numbers);
    pthread_mutex_lock(&reader->mutex);
    reader->has_ended = true;
    pthread_cond_signal(&reader->changed);
    pthread_mutex_unlock(&reader->mutex);
    return NULL;
}

// Beginning and end -----------------------------------------------------------------------------------------

static void free_reader(struct top_reader *reader) {
    top_memory_free(&reader->memory);
    top_facts_free(reader->last);
    top_facts_free(reader->facts);
    store_interrupt_on(-1);
    if (reader->has_news >= 0) {
        close(reader->has_news);
    }
    if (reader->stops >= 0) {
        close(reader->stops);
    }
    pthread_cond_destroy(&reader->changed);
    pthread_mutex_destroy(&reader->mutex);
    free(reader);
}

static struct top_reader *new_reader(const struct top_source *source, struct error *error) {
    struct top_reader *reader = calloc(1, sizeof *reader);
    pthread_condattr_t steady;
    if (reader == NULL) {
        error_set(error, ERROR_NO_MEMORY, "no memory for what is read");
        return NULL;
    }
    reader->source = source;
    pthread_mutex_init(&reader->mutex, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&reader->changed, &steady);
    pthread_condattr_destroy(&steady);
    reader->has_news = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    reader->stops = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (reader->has_news < 0 || reader->stops < 0) {
        error_set_system(error, errno, "cannot make a descriptor");
        free_reader(reader);
        return NULL;
    }
    return reader;
}

bool top_reader_begin(const struct top_source *source, struct top_reader **result, struct error *error) {
    struct top_reader *reader = new_reader(source, error);
    if (reader != NULL && !read_facts(reader, error)) {
        free_reader(reader);
        reader = NULL;
    }
    *result = reader;
    return reader != NULL;
}

bool top_reader_run(struct top_reader *reader, uint64_t every_ms, struct error *error) {
    reader->every_ms = every_ms;
    store_interrupt_on(reader->stops);
    int failure = pthread_create(&reader->thread, NULL, run, reader);
    reader->is_running = failure == 0;
    return reader->is_running || error_set_system(error, failure, "cannot start the thread that reads");
}

int top_reader_descriptor(const struct top_reader *reader) {
    return reader->has_news;
}

void top_reader_take(struct top_reader *reader, struct top_facts **facts, struct top_numbers *numbers) {
    eventfd_t ignored;
    (void)eventfd_read(reader->has_news, &ignored);
    pthread_mutex_lock(&reader->mutex);
    if (reader->facts != NULL) {
        top_facts_free(*facts);
        *facts = reader->facts;
        reader->facts = NULL;
    }
    *numbers = reader->numbers;
    pthread_mutex_unlock(&reader->mutex);
}

void top_reader_want_numbers(struct top_reader *reader, bool wanted) {
    pthread_mutex_lock(&reader->mutex);
    reader->is_asked = reader->is_asked || (wanted && !reader->wants_numbers);
    reader->wants_numbers = wanted;
    pthread_cond_signal(&reader->changed);
    pthread_mutex_unlock(&reader->mutex);
}

// Until the thread has nothing more to do, or for END_MS. False: it is still at a read that nothing ends.
static bool wait_for_end(struct top_reader *reader) {
    struct timespec at = after(END_MS);
    int status = 0;
    pthread_mutex_lock(&reader->mutex);
    while (!reader->has_ended && status == 0) {
        status = pthread_cond_timedwait(&reader->changed, &reader->mutex, &at);
    }
    bool has_ended = reader->has_ended;
    pthread_mutex_unlock(&reader->mutex);
    return has_ended;
}

bool top_reader_stop(struct top_reader *reader) {
    pthread_mutex_lock(&reader->mutex);
    reader->is_stopping = true;
    pthread_cond_signal(&reader->changed);
    pthread_mutex_unlock(&reader->mutex);
    (void)eventfd_write(reader->stops, 1);
    if (reader->is_running) {
        if (!wait_for_end(reader)) {
            return false;
        }
        pthread_join(reader->thread, NULL);
    }
    free_reader(reader);
    return true;
}
