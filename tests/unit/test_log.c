// Log lines have their exact shape, and each leaves in one write.
// Standard output is a socket here that keeps writes apart: what is received in one piece was written in one
// piece.
#include "cmocka_all.h"

#include "base/log.h"
#include "base/log_text.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TIME_LENGTH = 19, THREADS = 4, LINES_EACH = 200, WRITE_MAX = 128 * 1024 };

static int real_output = -1, log_reader = -1;
static char *received; // the last write, ended by a NUL

// Makes `output` the standard output, so that lines can be read from `reader`.
static void redirect(int output, int reader) {
    fflush(stdout);
    real_output = dup(STDOUT_FILENO);
    assert_true(real_output >= 0 && dup2(output, STDOUT_FILENO) >= 0);
    close(output);
    log_reader = reader;
}

static int set_up(void **state) {
    (void)state;
    int ends[2], room = WRITE_MAX;
    received = malloc(WRITE_MAX + 1);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    redirect(ends[1], ends[0]);
    log_set_level(LOG_LEVEL_INFO);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    dup2(real_output, STDOUT_FILENO);
    close(real_output);
    close(log_reader);
    free(received);
    return 0;
}

// The next write, without the time of its first line, whose shape is checked.
static const char *next_write(void) {
    static const char shape[] = "dddd-dd-dd dd:dd:dd";
    ssize_t length = recv(log_reader, received, WRITE_MAX, 0);
    assert_true(length > TIME_LENGTH);
    received[length] = '\0';
    for (int i = 0; i < TIME_LENGTH; i++) {
        bool is_digit = received[i] >= '0' && received[i] <= '9';
        assert_true(shape[i] == 'd' ? is_digit : received[i] == shape[i]);
    }
    return received + TIME_LENGTH;
}

static void assert_nothing_written(void) {
    char byte;
    assert_int_equal(recv(log_reader, &byte, 1, MSG_DONTWAIT), -1);
}

static void the_line_of_the_contract(void **state) {
    (void)state;
    log_event(LOG_LEVEL_INFO, "apuesta_enviada", LOG_SUCCESS, "dni: %s | numero: %d", "66423202", 2979);
    assert_string_equal(
        next_write(), " INFO     action: apuesta_enviada | result: success | dni: 66423202 | numero: 2979\n");
    assert_nothing_written();
}

static int calls_beside;

// Makes room for the line, which comes between the two calls.
static void make_room(bool begins) {
    if (begins) {
        assert_nothing_written();
    } else {
        assert_string_equal(next_write(), " INFO     action: a | result: success\n");
    }
    calls_beside++;
}

static void what_else_is_shown_makes_room(void **state) {
    (void)state;
    calls_beside = 0;
    log_set_beside(make_room);
    log_event(LOG_LEVEL_INFO, "a", LOG_SUCCESS, NULL);
    log_event(LOG_LEVEL_DEBUG, "a", LOG_SUCCESS, NULL);
    assert_int_equal(calls_beside, 2);
    log_set_beside(NULL);
    log_event(LOG_LEVEL_INFO, "a", LOG_SUCCESS, NULL);
    assert_int_equal(calls_beside, 2);
    assert_string_equal(next_write(), " INFO     action: a | result: success\n");
}

static void levels_and_results(void **state) {
    (void)state;
    log_set_level(LOG_LEVEL_DEBUG);
    log_event(LOG_LEVEL_DEBUG, "a", LOG_IN_PROGRESS, NULL);
    assert_string_equal(next_write(), " DEBUG    action: a | result: in_progress\n");
    log_event(LOG_LEVEL_WARNING, "a", LOG_FAIL, NULL);
    assert_string_equal(next_write(), " WARNING  action: a | result: fail\n");
    log_event(LOG_LEVEL_ERROR, "a", LOG_FAIL, "error: %s", "x");
    assert_string_equal(next_write(), " ERROR    action: a | result: fail | error: x\n");
    log_event(LOG_LEVEL_CRITICAL, "a", LOG_FAIL, NULL);
    assert_string_equal(next_write(), " CRITICAL action: a | result: fail\n");
}

static void lower_levels_are_dropped(void **state) {
    (void)state;
    for (enum log_level level = LOG_LEVEL_DEBUG; level <= LOG_LEVEL_CRITICAL; level++) {
        log_set_level(level);
        for (enum log_level of_line = LOG_LEVEL_DEBUG; of_line <= LOG_LEVEL_CRITICAL; of_line++) {
            assert_int_equal(log_enabled(of_line), of_line >= level);
            log_event(of_line, "a", LOG_SUCCESS, NULL);
            if (of_line >= level) {
                next_write();
            }
            assert_nothing_written();
        }
    }
}

static void names_of_levels(void **state) {
    (void)state;
    static const struct {
        const char *name;
        enum log_level level;
    } cases[] = {{"DEBUG", LOG_LEVEL_DEBUG},    {"info", LOG_LEVEL_INFO},   {"Warning", LOG_LEVEL_WARNING},
                 {"WARN", LOG_LEVEL_WARNING},   {"error", LOG_LEVEL_ERROR}, {"CRITICAL", LOG_LEVEL_CRITICAL},
                 {"fatal", LOG_LEVEL_CRITICAL}, {"trace", LOG_LEVEL_DEBUG}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum log_level level = cases[i].level == LOG_LEVEL_INFO ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO;
        assert_true(log_level_parse(cases[i].name, &level));
        assert_int_equal(level, cases[i].level);
    }
    static const char *const none[] = {"", "INFOS", "INF", " INFO", "1"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        enum log_level level = LOG_LEVEL_ERROR;
        assert_false(log_level_parse(none[i], &level));
        assert_int_equal(level, LOG_LEVEL_ERROR);
    }
}

static void values_cannot_make_lines(void **state) {
    (void)state;
    log_event(LOG_LEVEL_INFO, "a", LOG_FAIL, "b: %s", "x\ny\r\t\x1b[1m\x7f.");
    assert_string_equal(next_write(), " INFO     action: a | result: fail | b: x?y???[1m?.\n");
    log_event(LOG_LEVEL_INFO, "a", LOG_FAIL, "b: %s", "Núñez 日本 \xc2\xa0.");
    assert_string_equal(next_write(), " INFO     action: a | result: fail | b: Núñez 日本 \xc2\xa0.\n");
    // U+0085 ends a line too, for some readers; U+009B begins an escape sequence.
    log_event(LOG_LEVEL_INFO, "a", LOG_FAIL, "b: %s", "x\xc2\x85y\xc2\x9bz\xc2");
    assert_string_equal(next_write(), " INFO     action: a | result: fail | b: x??y??z\xc2\n");
}

static void what_a_full_disk_does_not_take_is_counted(void **state) {
    (void)state;
    int socket = dup(STDOUT_FILENO), full = open("/dev/full", O_WRONLY);
    dup2(full, STDOUT_FILENO);
    log_event(LOG_LEVEL_INFO, "a", LOG_SUCCESS, NULL);
    log_event(LOG_LEVEL_INFO, "b", LOG_SUCCESS, NULL);
    dup2(socket, STDOUT_FILENO);
    close(socket);
    close(full);
    log_event(LOG_LEVEL_INFO, "c", LOG_SUCCESS, NULL);
    assert_string_equal(
        next_write(),
        " WARNING  action: log | result: fail | error: No space left on device | lines_lost: 2\n");
    assert_string_equal(next_write(), " INFO     action: c | result: success\n");
}

static void a_line_too_long_is_cut(void **state) {
    (void)state;
    static const char begin[] = " INFO     action: a | result: success | b: ";
    enum { FIXED = TIME_LENGTH + sizeof begin - 1 };
    static char value[2 * LOG_LINE_BYTES_MAX];
    memset(value, 'v', sizeof value - 1);
    for (size_t length = LOG_LINE_BYTES_MAX - FIXED - 8; length < sizeof value;
         length += length < 2100 ? 1 : 999) {
        log_event(LOG_LEVEL_INFO, "a", LOG_SUCCESS, "b: %.*s", (int)length, value);
        size_t written = strlen(next_write()) + TIME_LENGTH, whole = FIXED + length + 1;
        assert_true(written <= LOG_LINE_BYTES_MAX);
        assert_true(written == whole || written >= LOG_LINE_BYTES_MAX - 1); // nothing is cut that has room
        assert_memory_equal(received + TIME_LENGTH, begin, sizeof begin - 1);
        assert_ptr_equal(strchr(received, '\n'), received + written - 1);
        assert_nothing_written();
    }
}

static void held_lines_leave_together(void **state) {
    (void)state;
    log_hold();
    for (int i = 0; i < 10; i++) {
        log_event(LOG_LEVEL_INFO, "a", LOG_SUCCESS, "i: %d", i);
    }
    assert_nothing_written();
    log_release();
    next_write();
    assert_nothing_written();
    const char *at = received;
    for (int i = 0; i < 10; i++) {
        char expected[64];
        int length =
            snprintf(expected, sizeof expected, " INFO     action: a | result: success | i: %d\n", i);
        assert_memory_equal(at + TIME_LENGTH, expected, (size_t)length);
        at += TIME_LENGTH + length;
    }
    assert_string_equal(at, "");
    log_hold();
    log_release();
    assert_nothing_written();
    log_event(LOG_LEVEL_INFO, "b", LOG_SUCCESS, NULL); // not held any more
    next_write();
}

// Reads writes until `lines` lines have come, each "i: N" with the next N.
static void assert_lines_in_order(int lines) {
    int next = 0;
    while (next < lines) {
        next_write();
        for (char *line = strtok(received, "\n"); line != NULL; line = strtok(NULL, "\n")) {
            const char *number = strstr(line, "| i: ");
            assert_non_null(number);
            assert_int_equal(atoi(number + 5), next++);
        }
    }
    assert_int_equal(next, lines);
}

static void *hold_many(void *argument) {
    log_hold();
    for (int i = 0; i < *(int *)argument; i++) {
        log_event(LOG_LEVEL_INFO, "a", LOG_SUCCESS, "i: %d | %100s", i, "");
    }
    log_release();
    return NULL;
}

static void more_held_lines_than_there_is_room_for(void **state) {
    (void)state;
    int lines = 2000; // 300 KB
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, hold_many, &lines), 0);
    assert_lines_in_order(lines);
    pthread_join(thread, NULL);
    assert_nothing_written();
}

static void *log_lines(void *argument) {
    for (int i = 0; i < LINES_EACH; i++) {
        log_event(LOG_LEVEL_INFO, "a", LOG_SUCCESS, "thread: %d | i: %d", *(int *)argument, i);
    }
    return NULL;
}

static void lines_of_several_threads_never_mix(void **state) {
    (void)state;
    pthread_t threads[THREADS];
    int numbers[THREADS], next[THREADS] = {0};
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, log_lines, &numbers[i]), 0);
    }
    for (int i = 0; i < THREADS * LINES_EACH; i++) {
        int thread, number, length = 0;
        const char *line = next_write();
        assert_int_equal(sscanf(line, " INFO action: a | result: success | thread: %d | i: %d%n", &thread,
                                &number, &length),
                         2);
        assert_string_equal(line + length, "\n");
        assert_int_equal(number, next[thread]++);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
}

static void *log_one(void *argument) {
    log_event(LOG_LEVEL_INFO, "a", LOG_SUCCESS, NULL);
    return argument;
}

// Takes everything out of the pipe until a line has ended in it, or the thread has and left nothing more.
static bool a_line_comes(pthread_t thread) {
    bool ended = false, came = false;
    while (!came && !ended) {
        ended = pthread_tryjoin_np(thread, NULL) == 0; // before looking: what it wrote is there then
        ssize_t length;
        while ((length = read(log_reader, received, WRITE_MAX)) > 0) {
            came = came || memchr(received, '\n', (size_t)length) != NULL;
        }
        sched_yield();
    }
    if (!ended) {
        pthread_join(thread, NULL);
    }
    return came;
}

// Makes a pipe whose ends do not block the standard output.
static void redirect_to_pipe(void) {
    int ends[2];
    tear_down(NULL);
    received = malloc(WRITE_MAX + 1);
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    fcntl(ends[1], F_SETPIPE_SZ, 4096);
    redirect(ends[1], ends[0]);
}

// Many rounds, since the line need not be tried before there is room again; in most rounds it is.
static void a_full_pipe_loses_no_line(void **state) {
    (void)state;
    redirect_to_pipe();
    for (int round = 0; round < 200; round++) {
        pthread_t thread;
        while (write(STDOUT_FILENO, "x", 1) == 1) {
        }
        assert_int_equal(pthread_create(&thread, NULL, log_one, NULL), 0);
        sched_yield();
        assert_true(a_line_comes(thread));
    }
}

// A pipe with room for less than what is written, whose end does not block: writes are short, and fail with
// EAGAIN.
static void a_slow_reader_gets_everything(void **state) {
    (void)state;
    enum { LINES = 300 };
    int lines = LINES, next = 0;
    pthread_t thread;
    redirect_to_pipe();
    assert_int_equal(pthread_create(&thread, NULL, hold_many, &lines), 0);
    size_t length = 0;
    while (next < LINES) {
        poll(&(struct pollfd){.fd = log_reader, .events = POLLIN}, 1, -1);
        ssize_t came = read(log_reader, received + length, 1000);
        assert_true(came > 0);
        for (ssize_t i = 0; i < came; i++) {
            next += received[length + (size_t)i] == '\n';
        }
        length += (size_t)came;
        assert_true(length + 1000 < WRITE_MAX);
    }
    pthread_join(thread, NULL);
    received[length] = '\0';
    next = 0;
    for (char *line = strtok(received, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        assert_int_equal(atoi(strstr(line, "| i: ") + 5), next++);
    }
    assert_int_equal(next, LINES);
}

static void a_log_that_nobody_reads_stops_nothing(void **state) {
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    close(log_reader);
    log_reader = -1;
    log_event(LOG_LEVEL_INFO, "a", LOG_SUCCESS, NULL); // comes back
    log_hold();
    log_event(LOG_LEVEL_INFO, "a", LOG_SUCCESS, NULL);
    log_release();
}

#define LOG_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        LOG_TEST(the_line_of_the_contract),
        LOG_TEST(what_else_is_shown_makes_room),
        LOG_TEST(levels_and_results),
        LOG_TEST(lower_levels_are_dropped),
        LOG_TEST(names_of_levels),
        LOG_TEST(values_cannot_make_lines),
        LOG_TEST(a_line_too_long_is_cut),
        LOG_TEST(what_a_full_disk_does_not_take_is_counted),
        LOG_TEST(a_line_too_long_is_cut),
        LOG_TEST(held_lines_leave_together),
        LOG_TEST(more_held_lines_than_there_is_room_for),
        LOG_TEST(lines_of_several_threads_never_mix),
        LOG_TEST(a_full_pipe_loses_no_line),
        LOG_TEST(a_slow_reader_gets_everything),
        LOG_TEST(a_log_that_nobody_reads_stops_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
