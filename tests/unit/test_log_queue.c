// The log's queue keeps order and whole lines, also while nobody reads.
#include "cmocka_all.h"

#include "base/log_queue.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SMALL_BYTES = 4 * LOG_LINE_BYTES_MAX, WAIT_MS = 50, SOON_MS = 60 * 1000 };

static int reader, writer;
static char *text;
static atomic_int ticks;

static int set_up(void **state) {
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    reader = ends[0];
    writer = ends[1];
    fcntl(writer, F_SETPIPE_SZ, 4096);
    text = calloc(1, 1 << 20);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    close(reader);
    free(text);
    return 0;
}

static size_t tell_lost(uint64_t lines, int failure, char line[LOG_LINE_BYTES_MAX]) {
    return (size_t)(failure == 0 ? snprintf(line, LOG_LINE_BYTES_MAX, "lost %d\n", (int)lines)
                                 : snprintf(line, LOG_LINE_BYTES_MAX, "lost %d: %d\n", (int)lines, failure));
}

static void on_tick(void) {
    ticks++;
}

// How often a write has begun, and how often one has ended; and whether they came in any other order.
static atomic_int begun, ended;
static atomic_bool is_mixed;
static atomic_int late_ms; // that the thread waits before it writes, as on a busy machine

static void on_write(bool begins) {
    struct timespec late = {.tv_nsec = begins ? atomic_load(&late_ms) * 1000000L : 0};
    nanosleep(&late, NULL);
    if (atomic_load(&begun) - atomic_load(&ended) != (begins ? 0 : 1)) {
        atomic_store(&is_mixed, true);
    }
    atomic_fetch_add(begins ? &begun : &ended, 1);
}

static struct log_queue *start(int wait_ms) {
    struct log_queue_options options = {.descriptor = writer,
                                        .bytes = SMALL_BYTES,
                                        .wait_ms = wait_ms,
                                        .tell_lost = tell_lost,
                                        .tick = on_tick,
                                        .around = on_write};
    struct log_queue *queue;
    struct error error;
    assert_true(log_queue_start(&options, &queue, &error));
    return queue;
}

// So that the thread can write nothing until somebody reads.
static void fill_pipe(void) {
    char line[4096];
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\n';
    assert_int_equal(write(writer, line, sizeof line), sizeof line);
}

static void add(struct log_queue *queue, int number, size_t width, bool waits) {
    char line[LOG_LINE_BYTES_MAX];
    int length = snprintf(line, sizeof line, "%0*d\n", (int)width, number);
    log_queue_add(queue, line, (size_t)length, 1, waits);
}

// Reads until the pipe's other end is closed, or a line has `last`.
static void read_until(const char *last) {
    size_t length = strlen(text);
    ssize_t came;
    while ((last == NULL || strstr(text, last) == NULL) && (came = read(reader, text + length, 4096)) > 0) {
        length += (size_t)came;
        text[length] = '\0';
    }
}

// Reads all there is, and ends the queue.
static void end(struct log_queue *queue) {
    log_queue_add(queue, "the end\n", 8, 1, true);
    read_until("the end\n");
    assert_true(log_queue_end(&queue, SOON_MS));
    assert_null(queue);
    close(writer);
    read_until(NULL);
}

static void lines_come_at_once(void **state) {
    (void)state;
    struct log_queue *queue = start(WAIT_MS);
    add(queue, 1, 10, false);
    read_until("0000000001\n"); // without another line, or the end
    add(queue, 2, 10, false);
    read_until("0000000002\n");
    end(queue);
    assert_string_equal(text, "0000000001\n0000000002\nthe end\n");
}

static void the_beginning_and_the_end_of_a_write_are_told(void **state) {
    (void)state;
    atomic_store(&begun, 0);
    atomic_store(&ended, 0);
    fill_pipe();
    struct log_queue *queue = start(SOON_MS);
    add(queue, 1, 10, false);
    for (int i = 0; i < SOON_MS && atomic_load(&begun) == 0; i++) {
        usleep(1000);
    }
    assert_int_equal(atomic_load(&begun), 1); // by the thread, which cannot write yet
    assert_int_equal(atomic_load(&ended), 0);
    read_until("0000000001\n");
    end(queue);
    assert_int_equal(atomic_load(&begun), atomic_load(&ended));
    assert_false(atomic_load(&is_mixed));
}

static void *add_many(void *queue) {
    for (int i = 0; i < 3000; i++) {
        add(queue, i, (size_t)(1 + i % 200), true);
    }
    return NULL;
}

// Many times around the ring, with somebody who reads.
static void expect_all_whole_and_in_order(void) {
    struct log_queue *queue = start(SOON_MS);
    pthread_t adder;
    assert_int_equal(pthread_create(&adder, NULL, add_many, queue), 0);
    read_until("02999\n");
    pthread_join(adder, NULL);
    end(queue);
    char *at = text;
    for (int i = 0; i < 3000; i++) {
        char *line_end = strchr(at, '\n');
        assert_non_null(line_end);
        assert_int_equal(strtol(at, NULL, 10), i);
        at = line_end + 1;
    }
    assert_string_equal(at, "the end\n");
}

static void all_lines_come_whole_and_in_order(void **state) {
    (void)state;
    expect_all_whole_and_in_order();
}

// A pipe that says "not now" instead of waiting, as another program may have made it, loses nothing.
static void a_pipe_that_does_not_wait_loses_nothing(void **state) {
    (void)state;
    assert_int_equal(fcntl(writer, F_SETFL, O_NONBLOCK), 0);
    expect_all_whole_and_in_order();
}

// How many lines were written, and how many the queue says were lost; they are in order, and the count stands
// where the lines are missing.
static void count_lines(int *written, int *lost) {
    int next = 0;
    *written = *lost = 0;
    for (char *line = strtok(text, "\n"); strcmp(line, "the end") != 0; line = strtok(NULL, "\n")) {
        int count;
        if (line[0] == 'x') {
            continue; // the pipe's
        }
        if (sscanf(line, "lost %d", &count) == 1) {
            *lost += count;
            next += count;
        } else {
            assert_int_equal(strtol(line, NULL, 10), next++);
            (*written)++;
        }
    }
}

static void who_does_not_wait_is_never_held_up(void **state) {
    (void)state;
    enum { LINES = 1000 };
    struct log_queue *queue = start(SOON_MS); // a wait would be noticed
    int written, lost;
    fill_pipe();
    for (int i = 0; i < LINES; i++) {
        add(queue, i, 100, false);
    }
    read_until("lost");
    add(queue, LINES, 100, false);
    end(queue);
    count_lines(&written, &lost);
    assert_true(lost > 0);
    assert_int_equal(written + lost, LINES + 1);
}

static atomic_int waits_begun;
static _Thread_local int own_waits_begun;

// In place of the C library's: counts.
int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until) {
    typedef int timedwait(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    static timedwait *_Atomic library;
    if (library == NULL) {
        void *found = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
        timedwait *function;
        memcpy(&function, &found, sizeof function);
        library = function;
    }
    waits_begun++;
    own_waits_begun++;
    return library(condition, mutex, until);
}

// It waits, and does not ask again and again whether it has waited.
static void who_waits_leaves_the_processor_to_others(void **state) {
    (void)state;
    struct log_queue *queue = start(4 * WAIT_MS);
    fill_pipe();
    waits_begun = 0;
    for (int i = 0; i < 300; i++) {
        add(queue, i, 100, true);
    }
    assert_in_range(waits_begun, 1, 100);
    read_until("lost");
    end(queue);
}

static void who_waits_has_patience_once(void **state) {
    (void)state;
    enum { LINES = 1000 };
    struct log_queue *queue = start(WAIT_MS);
    int written, lost;
    fill_pipe();
    for (int i = 0; i < LINES; i++) { // if each waited anew, this would take a minute
        add(queue, i, 100, true);
    }
    read_until("lost");
    add(queue, LINES, 100, true);
    end(queue);
    count_lines(&written, &lost);
    assert_true(lost > 0);
    assert_int_equal(written + lost, LINES + 1);
}

static void there_is_patience_again_when_there_was_room(void **state) {
    (void)state;
    struct log_queue *queue = start(WAIT_MS);
    for (int round = 1; round <= 2; round++) {
        own_waits_begun = 0;
        for (int i = 0; i < 400; i++) { // more than there is room for
            add(queue, i, 100, true);
        }
        if (own_waits_begun == 0) {
            fail_msg("nobody waited for the reader in round %d", round);
        }
        read_until("lost");
        text[0] = '\0';
    }
    end(queue);
}

static void *hurry(void *queue) {
    log_queue_hurry(queue);
    return NULL;
}

static void who_waits_is_hurried(void **state) {
    (void)state;
    struct log_queue *queue = start(3600 * 1000);
    pthread_t hurrying;
    fill_pipe();
    for (int i = 0; i < SMALL_BYTES / 101 + 1; i++) {
        add(queue, i, 100, false); // full
    }
    assert_int_equal(pthread_create(&hurrying, NULL, hurry, queue), 0);
    for (int i = 0; i < 100; i++) {
        add(queue, i, 100, true); // comes back
    }
    pthread_join(hurrying, NULL);
    read_until("lost");
    end(queue);
}

static void the_end_waits_for_nobody_for_long(void **state) {
    (void)state;
    struct log_queue *queue = start(WAIT_MS);
    for (int i = 0; i < 70; i++) {
        add(queue, i, 100, false);
    }
    assert_false(log_queue_end(&queue, 20)); // its thread waits for a reader
    read_until("00069\n");                   // and goes on when there is one
    close(writer);
}

static void the_end_waits_for_a_thread_that_is_late(void **state) {
    (void)state;
    struct log_queue *queue = start(WAIT_MS);
    atomic_store(&late_ms, 300);
    add(queue, 7, 100, false);
    assert_true(log_queue_end(&queue, 20)); // nothing keeps it from writing
    atomic_store(&late_ms, 0);
    close(writer);
    read_until(NULL);
    assert_non_null(strstr(text, "00007\n"));
}

static void a_reader_that_is_gone_stops_nothing(void **state) {
    (void)state;
    struct log_queue *queue = start(SOON_MS);
    close(reader);
    for (int i = 0; i < 1000; i++) {
        add(queue, i, 100, true);
    }
    assert_true(log_queue_end(&queue, SOON_MS));
    close(writer);
}

static void it_ticks_when_asked(void **state) {
    (void)state;
    struct log_queue *queue = start(WAIT_MS);
    ticks = 0;
    log_queue_want_tick(queue);
    log_queue_want_tick(queue);
    while (ticks == 0) {
        usleep(1000);
    }
    end(queue);
    assert_int_equal(ticks, 1);
}

#define QUEUE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(lines_come_at_once),
        QUEUE_TEST(the_beginning_and_the_end_of_a_write_are_told),
        QUEUE_TEST(all_lines_come_whole_and_in_order),
        QUEUE_TEST(a_pipe_that_does_not_wait_loses_nothing),
        QUEUE_TEST(who_does_not_wait_is_never_held_up),
        QUEUE_TEST(who_waits_leaves_the_processor_to_others),
        QUEUE_TEST(who_waits_has_patience_once),
        QUEUE_TEST(there_is_patience_again_when_there_was_room),
        QUEUE_TEST(who_waits_is_hurried),
        QUEUE_TEST(the_end_waits_for_nobody_for_long),
        QUEUE_TEST(the_end_waits_for_a_thread_that_is_late),
        QUEUE_TEST(a_reader_that_is_gone_stops_nothing),
        QUEUE_TEST(it_ticks_when_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
