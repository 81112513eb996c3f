// A name is looked up for as long as we like and no longer, and whoever does that is gone afterwards.
// Who looks it up is a process of its own; what it finds is the test's.
#include "cmocka_all.h"

#include "net/lookup.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HANG_MS = 40 * 1000, SHORT_MS = 20 }; // the one less than ctest gives

// What the process does.
static int failure, count;
static bool dies, hangs;
static int go = -1; // it waits until this can be read

int getaddrinfo(const char *name, const char *port, const struct addrinfo *hints, struct addrinfo **found) {
    char byte;
    assert_string_equal(name, "central");
    assert_null(port);
    assert_int_equal(hints->ai_socktype, SOCK_STREAM);
    while (hangs) {
        pause();
    }
    if (dies) {
        raise(SIGKILL);
    }
    if (go >= 0) {
        (void)!recv(go, &byte, 1, 0);
    }
    *found = NULL;
    for (int i = count; i > 0 && failure == 0; i--) {
        struct addrinfo *one = calloc(1, sizeof *one);
        struct sockaddr_in *address = calloc(1, sizeof *address);
        *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl((uint32_t)i)};
        one->ai_addr = (struct sockaddr *)address;
        one->ai_addrlen = sizeof *address;
        one->ai_next = *found;
        *found = one;
    }
    return failure;
}

// The answer comes in pieces, and a signal may come between them.
static size_t piece = SIZE_MAX;
static int signals;

ssize_t __real_read(int descriptor, void *bytes, size_t length);
ssize_t __wrap_read(int descriptor, void *bytes, size_t length);
ssize_t __wrap_read(int descriptor, void *bytes, size_t length) {
    if (signals > 0) {
        signals--;
        errno = EINTR;
        return -1;
    }
    return __real_read(descriptor, bytes, length < piece ? length : piece);
}

ssize_t __real_write(int descriptor, const void *bytes, size_t length);
ssize_t __wrap_write(int descriptor, const void *bytes, size_t length);
ssize_t __wrap_write(int descriptor, const void *bytes, size_t length) {
    if (signals > 0) {
        signals--;
        errno = EINTR;
        return -1;
    }
    return __real_write(descriptor, bytes, length < piece ? length : piece);
}

static struct lookup lookup;
static int interrupt[2];

static int set_up(void **state) {
    (void)state;
    failure = signals = 0;
    count = 1;
    dies = hangs = false;
    go = -1;
    piece = SIZE_MAX;
    return pipe(interrupt);
}

static int tear_down(void **state) {
    (void)state;
    close(interrupt[0]);
    close(interrupt[1]);
    return 0;
}

static void begin(uint64_t timeout_ms) {
    struct error error;
    assert_true(lookup_begin(&lookup, "central", timeout_ms, &error));
}

static void end(void) {
    int answers = lookup.answers;
    lookup_end(&lookup);
    if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD) {
        fail_msg("the process is still there");
    }
    struct pollfd closed = {.fd = answers};
    assert_int_equal(poll(&closed, 1, 0), 1);
    assert_int_equal(closed.revents, POLLNVAL);
}

static void assert_found(int wanted) {
    begin(HANG_MS);
    assert_int_equal(lookup_wait(&lookup, interrupt[0]), LOOKUP_FOUND);
    assert_int_equal(lookup.answer.count, wanted);
    for (int i = 0; i < wanted; i++) {
        struct sockaddr_in address;
        memcpy(&address, &lookup.answer.addresses[i], sizeof address);
        assert_int_equal(ntohl(address.sin_addr.s_addr), i + 1);
    }
    end();
}

static void all_addresses_are_found_in_their_order(void **state) {
    (void)state;
    assert_found(1);
    count = 5;
    assert_found(5);
    count = LOOKUP_ADDRESSES_MAX + 1;
    assert_found(LOOKUP_ADDRESSES_MAX);
}

static void an_answer_may_come_in_pieces(void **state) {
    (void)state;
    signals = 2;
    count = 5;
    assert_found(5);
    piece = 1;
    assert_found(5);
}

static void a_name_without_addresses_is_not_found(void **state) {
    (void)state;
    begin(HANG_MS);
    failure = EAI_NONAME; // of the next one: this process has begun
    assert_int_equal(lookup_wait(&lookup, interrupt[0]), LOOKUP_FOUND);
    end();
    begin(HANG_MS);
    assert_int_equal(lookup_wait(&lookup, interrupt[0]), LOOKUP_FAILED);
    assert_int_equal(lookup.answer.failure, EAI_NONAME);
    end();
    failure = count = 0;
    begin(HANG_MS);
    assert_int_equal(lookup_wait(&lookup, interrupt[0]), LOOKUP_FAILED);
    end();
}

static void a_process_that_is_ended_has_found_nothing(void **state) {
    (void)state;
    dies = true;
    begin(HANG_MS);
    assert_int_equal(lookup_wait(&lookup, interrupt[0]), LOOKUP_FAILED);
    assert_int_equal(lookup.answer.failure, EAI_SYSTEM);
    assert_int_equal(lookup.answer.count, 0);
    end();
}

static void whoever_does_not_answer_is_waited_for_no_longer(void **state) {
    (void)state;
    hangs = true;
    begin(SHORT_MS);
    assert_int_equal(lookup_wait(&lookup, interrupt[0]), LOOKUP_LATE);
    assert_int_equal(lookup_wait(&lookup, interrupt[0]), LOOKUP_LATE);
    end();
}

static void an_interruption_is_seen_to_and_the_answer_still_comes(void **state) {
    (void)state;
    int gate[2];
    char byte;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, gate), 0);
    go = gate[0];
    begin(HANG_MS);
    assert_int_equal(write(interrupt[1], "x", 1), 1);
    assert_int_equal(lookup_wait(&lookup, interrupt[0]), LOOKUP_INTERRUPTED);
    assert_int_equal(lookup_wait(&lookup, interrupt[0]), LOOKUP_INTERRUPTED); // not seen to yet
    assert_int_equal(read(interrupt[0], &byte, 1), 1);
    assert_int_equal(write(gate[1], "x", 1), 1);
    assert_int_equal(lookup_wait(&lookup, interrupt[0]), LOOKUP_FOUND);
    end();
    close(gate[0]);
    close(gate[1]);
}

#define LOOKUP_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        LOOKUP_TEST(all_addresses_are_found_in_their_order),
        LOOKUP_TEST(an_answer_may_come_in_pieces),
        LOOKUP_TEST(a_name_without_addresses_is_not_found),
        LOOKUP_TEST(a_process_that_is_ended_has_found_nothing),
        LOOKUP_TEST(whoever_does_not_answer_is_waited_for_no_longer),
        LOOKUP_TEST(an_interruption_is_seen_to_and_the_answer_still_comes),
    };
    return cmocka_run_group_tests_name("lookup", tests, NULL, NULL);
}
