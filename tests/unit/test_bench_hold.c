// The waiting agencies of the bench are held, all at the same time, until each has its winners.
// A thread of this test plays the central, and reads are as short as a story wants.
#include "cmocka_all.h"

#include "base/clock.h"
#include "bench/hold.h"
#include "bench/interrupt.h"
#include "bet/errors.h"
#include "wire/limits.h"
#include "wire/message.h"
#include "wire/reply.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WAITING = 3, ANSWER_BYTES_MAX = 256 * 1024, LONG_WINNERS = 200 * 1000 };

static size_t read_at_once; // the most that one read of this process takes
static int read_errors[2];  // how the next reads fail; 0: they do not

// In place of the C library's: an end leaves errno as any call may, and all but the longest come in pieces.
ssize_t read(int descriptor, void *bytes, size_t room) {
    for (int i = 0; i < 2; i++) {
        if (read_errors[i] != 0) {
            errno = read_errors[i];
            read_errors[i] = 0;
            return -1;
        }
    }
    long length = syscall(SYS_read, descriptor, bytes, room < read_at_once ? room : read_at_once);
    if (length == 0) {
        errno = EAGAIN;
    }
    return length;
}

// The central ----------------------------------------------------------------------------------------------

static struct {
    int listener;
    pthread_t thread;
    int connections[WAITING];
    struct sockaddr_storage from[WAITING];
    uint8_t first[ANSWER_BYTES_MAX]; // the answer to each as soon as both questions have come
    size_t first_length;
    bool closes; // then, instead of holding the second question
    bool asked_well;
} central;

static bool has_asked(int connection, uint32_t agency) {
    uint8_t expected[2 * MESSAGE_CONSULT_BYTES_MAX], bytes[sizeof expected];
    size_t length = message_encode_consult(expected, agency, false);
    length += message_encode_consult(expected + length, agency, true);
    return recv(connection, bytes, length, MSG_WAITALL) == (ssize_t)length &&
           memcmp(bytes, expected, length) == 0;
}

static void *answer_all(void *context) {
    (void)context;
    for (uint32_t i = 0; i < WAITING; i++) {
        socklen_t length = sizeof central.from[i];
        int connection = accept(central.listener, (struct sockaddr *)&central.from[i], &length);
        if (connection < 0) {
            break; // the story is over
        }
        central.connections[i] = connection;
        central.asked_well = central.asked_well && has_asked(connection, i % 2 + 1);
        (void)!send(connection, central.first, central.first_length, MSG_NOSIGNAL);
        if (central.closes) {
            shutdown(connection, SHUT_RDWR);
        }
    }
    return NULL;
}

static struct hold_options options;
static struct hold *hold;
static struct hold_result result;
static struct error error;

static bool listen_at(const struct sockaddr *address, socklen_t length) {
    central.listener = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    options =
        (struct hold_options){.address_length = sizeof options.address, .count = WAITING, .agencies = 2};
    return central.listener >= 0 && bind(central.listener, address, length) == 0 &&
           listen(central.listener, 16) == 0 &&
           getsockname(central.listener, (struct sockaddr *)&options.address, &options.address_length) == 0;
}

static int listen_here(void **state) {
    (void)state;
    alarm(60); // in case an answer is awaited for ever
    read_at_once = SIZE_MAX;
    error = (struct error){0};
    memset(&central, 0, sizeof central);
    memset(central.connections, -1, sizeof central.connections);
    central.asked_well = true;
    central.first_length = reply_encode_not_ready(central.first, 1000);
    const struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return listen_at((const struct sockaddr *)&here, sizeof here) ? 0 : -1;
}

static bool open_hold(void) {
    assert_int_equal(pthread_create(&central.thread, NULL, answer_all, NULL), 0);
    bool opened = hold_open(&options, &hold, &error);
    shutdown(central.listener, SHUT_RDWR);
    pthread_join(central.thread, NULL);
    return opened;
}

static int end(void **state) {
    (void)state;
    hold_close(&hold);
    assert_null(hold);
    for (int i = 0; i < WAITING; i++) {
        if (central.connections[i] >= 0) {
            close(central.connections[i]);
        }
    }
    close(central.listener);
    return 0;
}

static void send_all(int index, const void *bytes, size_t length) {
    assert_int_equal(send(central.connections[index], bytes, length, MSG_NOSIGNAL), length);
}

static void tell(int index, const char *documents) {
    static uint8_t frame[ANSWER_BYTES_MAX];
    send_all(index, frame, reply_encode_winners(frame, documents, strlen(documents)));
}

// The first answer to each.
static void answer_text(const char *text) {
    central.first_length = strlen(text) + FRAME_HEADER_BYTES;
    memcpy(central.first, (const uint8_t[]){0, 0, 0, (uint8_t)strlen(text)}, FRAME_HEADER_BYTES);
    memcpy(central.first + FRAME_HEADER_BYTES, text, strlen(text));
}

// Stories --------------------------------------------------------------------------------------------------

static void all_are_held_and_answered(void **state) {
    (void)state;
    assert_true(open_hold());
    assert_true(central.asked_well);
    for (int i = 0; i < WAITING; i++) {
        const struct sockaddr_in *from = (const struct sockaddr_in *)&central.from[i];
        assert_int_equal(ntohl(from->sin_addr.s_addr), INADDR_LOOPBACK + 1);
        tell(i, i == 0 ? "" : "22,7574");
    }
    uint64_t before_ns = clock_steady_ns();
    assert_true(hold_collect(hold, &result, &error));
    assert_int_equal(result.winners_bytes, 2 * strlen("22,7574"));
    assert_true(before_ns <= result.first_ns && result.first_ns < result.last_ns &&
                result.last_ns <= clock_steady_ns());
    for (int i = 0; i < WAITING; i++) { // whoever has its answer leaves
        char byte;
        assert_int_equal(recv(central.connections[i], &byte, 1, 0), 0);
    }
}

static void earlier_answers_count_too(void **state) {
    (void)state;
    assert_true(open_hold());
    for (int i = 0; i < WAITING; i++) {
        tell(i, "22");
    }
    assert_true(hold_collect(hold, &result, &error));
    assert_int_equal(result.winners_bytes, WAITING * 2);
}

static const char *told; // documents

static void *tell_everyone(void *context) {
    (void)context;
    for (int i = 0; i < WAITING; i++) {
        tell(i, told);
    }
    return NULL;
}

static void an_answer_may_come_in_pieces_of_any_length(void **state) {
    static char long_one[LONG_WINNERS + 1];
    memset(long_one, '7', LONG_WINNERS);
    static const size_t lengths[] = {1, 3, 5000, SIZE_MAX};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        read_at_once = lengths[i];
        told = read_at_once < 5000 ? "22,7574,1" : long_one;
        assert_true(open_hold());
        pthread_t telling; // more than a socket takes if nobody reads
        assert_int_equal(pthread_create(&telling, NULL, tell_everyone, NULL), 0);
        assert_true(hold_collect(hold, &result, &error));
        pthread_join(telling, NULL);
        assert_int_equal(result.winners_bytes, WAITING * strlen(told));
        end(state);
        assert_int_equal(listen_here(state), 0);
    }
}

// An answer that is incomplete is freed, too.
static void a_waiting_agency_may_leave_before_its_answer(void **state) {
    (void)state;
    assert_true(open_hold());
    send_all(0, "\0\0", 2);
    tell(1, "22");
    send_all(2, "\0", 1);
    hold_close(&hold);
    char byte;
    for (int i = 0; i < WAITING; i++) {
        assert_true(recv(central.connections[i], &byte, 1, 0) <= 0);
    }
    hold_close(&hold);
}

static void ipv6_needs_no_source_address(void **state) {
    (void)state;
    close(central.listener);
    const struct sockaddr_in6 here = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    if (!listen_at((const struct sockaddr *)&here, sizeof here)) {
        printf("skipped: there is no IPv6 here\n");
        return;
    }
    assert_true(open_hold());
    assert_true(central.asked_well);
}

static void assert_fails(const struct error_code *code, const char *text) {
    assert_false(open_hold());
    assert_null(hold);
    assert_string_equal(error.text, text);
    assert_error(&error, code);
}

static void a_central_that_is_not_there_is_named(void **state) {
    (void)state;
    close(central.listener);
    central.listener = -1;
    assert_fails(ERROR_NETWORK, "waiting agency 1: cannot ask: Connection refused");
}

static void an_end_is_not_an_answer(void **state) {
    (void)state;
    central.closes = true;
    central.first_length = 0;
    assert_fails(ERROR_BAD_MESSAGE, "waiting agency 1: the central closed the connection without answering");
}

static void nor_is_an_end_after_the_first_answer(void **state) {
    (void)state;
    assert_true(open_hold());
    shutdown(central.connections[1], SHUT_RDWR);
    assert_false(hold_collect(hold, &result, &error));
    assert_string_equal(error.text, "waiting agency 2: the central closed the connection without answering");
}

static void a_reset_is_not_an_answer(void **state) {
    (void)state;
    assert_true(open_hold());
    const struct linger none = {.l_onoff = 1};
    assert_int_equal(setsockopt(central.connections[1], SOL_SOCKET, SO_LINGER, &none, sizeof none), 0);
    close(central.connections[1]);
    central.connections[1] = -1;
    assert_false(hold_collect(hold, &result, &error));
    assert_string_equal(error.text, "waiting agency 2: the central closed the connection without answering");
}

static void an_empty_wake_up_is_not_an_end(void **state) {
    (void)state;
    read_errors[0] = EAGAIN;
    read_errors[1] = EINTR;
    assert_true(open_hold());
    assert_int_equal(read_errors[0] | read_errors[1], 0);
}

static void winners_before_all_are_waiting_are_wrong(void **state) {
    (void)state;
    answer_text("{\"type_message\":2,\"payload\":\"22\"}");
    assert_fails(ERROR_BAD_MESSAGE, "waiting agency 1: the draw was made before everyone was waiting for it");
}

static void an_agency_that_is_not_held_is_named(void **state) {
    (void)state;
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    size_t length = reply_encode_not_ready(frame, 1000);
    assert_true(open_hold());
    send_all(2, frame, length);
    assert_false(hold_collect(hold, &result, &error));
    assert_string_equal(error.text, "waiting agency 3: the central does not hold the question");
}

static void an_answer_to_something_else_is_named(void **state) {
    (void)state;
    answer_text("{\"type_message\":1,\"payload\":null,\"next\":3}");
    assert_fails(ERROR_BAD_MESSAGE, "waiting agency 1: this is not an answer to a consultation");
}

static void an_error_is_reported(void **state) {
    (void)state;
    answer_text(
        "{\"type_message\":4,\"payload\":{\"code\":\"busy\",\"message\":\"so it is\",\"retryable\":true}}");
    assert_fails(ERROR_BAD_MESSAGE, "waiting agency 1: so it is");
}

static void nonsense_is_reported(void **state) {
    (void)state;
    answer_text("{");
    assert_false(open_hold());
    assert_error(&error, ERROR_BAD_JSON);
}

static void an_answer_that_is_too_long_is_named(void **state) {
    (void)state;
    memcpy(central.first, (const uint8_t[]){4, 0, 0, 1}, FRAME_HEADER_BYTES); // one byte more than 64 MiB
    central.first_length = FRAME_HEADER_BYTES;
    assert_fails(ERROR_BAD_MESSAGE, "waiting agency 1: the answer is too long");
}

static void an_interruption_ends_it(void **state) {
    (void)state;
    assert_true(open_hold());
    bench_interrupt();
    assert_false(hold_collect(hold, &result, &error));
    assert_error(&error, ERROR_SHUTTING_DOWN);
    assert_string_equal(error.text, "interrupted");
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, listen_here, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(all_are_held_and_answered),
        STORY(earlier_answers_count_too),
        STORY(an_answer_may_come_in_pieces_of_any_length),
        STORY(a_waiting_agency_may_leave_before_its_answer),
        STORY(ipv6_needs_no_source_address),
        STORY(a_central_that_is_not_there_is_named),
        STORY(an_end_is_not_an_answer),
        STORY(nor_is_an_end_after_the_first_answer),
        STORY(a_reset_is_not_an_answer),
        STORY(an_empty_wake_up_is_not_an_end),
        STORY(winners_before_all_are_waiting_are_wrong),
        STORY(an_agency_that_is_not_held_is_named),
        STORY(an_answer_to_something_else_is_named),
        STORY(an_error_is_reported),
        STORY(nonsense_is_reported),
        STORY(an_answer_that_is_too_long_is_named),
        STORY(an_interruption_ends_it), // the last one, as it cannot be undone
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
