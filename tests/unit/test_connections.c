// Who reads too slowly is closed, and when there is no room, the least useful connection.
#include "connections_story.h"

#include "net/limits.h"
#include "stream/limits.h"

#include <errno.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>

// Slow readers --------------------------------------------------------------------------------------------

static size_t unsent(const struct peer *peer) {
    return peer->connection == NULL ? 0 : peer->connection->writer.out.unsent;
}

// Reads until the server has got rid of another slice.
static void read_a_slice(struct peer *peer) {
    static uint8_t bytes[WRITE_BYTES_MAX];
    size_t before = unsent(peer);
    for (int i = 0; i < 1000 && peer->connection != NULL && before - unsent(peer) < WRITE_BYTES_MAX; i++) {
        assert_true(recv(peer->socket, bytes, 512, 0) > 0);
        run();
    }
}

static void who_reads_a_slice_in_each_timeout_may_take_as_long_as_it_likes(void **state) {
    (void)state;
    struct peer *peer = say(come(), "l123456789");
    assert_int_equal(peer->connection->waits_for, WATCH_SENDING);
    for (int i = 0; i < 12; i++) {
        pass(SEND_TIMEOUT_MS - 1);
        if (peer->connection == NULL) {
            fail_msg("it was closed within its time, after %d slices", i);
        }
        read_a_slice(peer);
    }
    assert_int_equal(loop->connections.closings.closed[CLOSE_SEND_TIMEOUT].count, 0);
    pass(SEND_TIMEOUT_MS - 1);
    assert_non_null(peer->connection);
    pass(1);
    assert_null(peer->connection);
}

static void who_reads_less_than_a_slice_in_its_time_is_closed(void **state) {
    (void)state;
    struct peer *peer = say(come(), "l123456789");
    pass(SEND_TIMEOUT_MS / 2);
    read_a_slice(peer);
    for (int passed_ms = 0; passed_ms < SEND_TIMEOUT_MS; passed_ms += SEND_TIMEOUT_MS / 6) {
        if (peer->connection == NULL) {
            fail_msg("it was closed after %d ms of %d", passed_ms, SEND_TIMEOUT_MS);
        }
        uint8_t bytes[100];
        assert_true(recv(peer->socket, bytes, sizeof bytes, 0) > 0);
        run();
        pass(SEND_TIMEOUT_MS / 6);
    }
    if (peer->connection != NULL) {
        fail_msg("whoever reads 100 bytes now and then is kept for ever");
    }
    // What nobody reads must not stay with the kernel.
    uint8_t bytes[4096];
    ssize_t length;
    while ((length = recv(peer->socket, bytes, sizeof bytes, 0)) > 0) {
    }
    assert_int_equal(length, -1);
    assert_int_equal(errno, ECONNRESET);
}

// Few of its answers wait, so it is still read.
static void who_says_more_and_does_not_read_gains_no_time(void **state) {
    (void)state;
    struct peer *peer = come();
    for (int i = 0; i < 10000 && unsent(peer) == 0; i++) {
        say(peer, "s123456789");
    }
    assert_int_equal(peer->connection->waits_for, WATCH_SENDING);
    assert_true(peer->connection->is_reading);
    for (int passed_ms = 0; passed_ms < SEND_TIMEOUT_MS; passed_ms += SEND_TIMEOUT_MS / 6) {
        assert_non_null(peer->connection);
        say(peer, "x123456789");
        pass(SEND_TIMEOUT_MS / 6);
    }
    if (peer->connection != NULL) {
        fail_msg("whoever says something now and then need not read");
    }
}

static int unacknowledged(const struct peer *peer) {
    int descriptor, count;
    assert_int_equal(uv_fileno((uv_handle_t *)&peer->connection->socket, &descriptor), 0);
    assert_int_equal(ioctl(descriptor, SIOCOUTQ, &count), 0);
    return count;
}

// All of it is with the kernel, and the other side's takes no more.
static void who_takes_no_more_of_its_last_answer_is_closed(void **state) {
    (void)state;
    struct peer *peer = come();
    for (int i = 0; i < 10000 && unacknowledged(peer) < 3000; i++) {
        say(peer, "s123456789");
    }
    assert_int_equal(unsent(peer), 0);
    say(peer, "w123456789");
    assert_int_equal(peer->connection->stage, STAGE_LINGERING);
    for (int passed_ms = 0; passed_ms < SEND_TIMEOUT_MS - 100; passed_ms += 100) {
        pass(100);
        assert_non_null(peer->connection);
    }
    for (int passed_ms = 0; passed_ms < 2 * SEND_TIMEOUT_MS; passed_ms += 100) {
        pass(100);
    }
    if (peer->connection != NULL) {
        fail_msg("it is waited for ever until a last answer has arrived");
    }
}

// Without waiting for anything else to happen.
static void who_is_greeted_hears_it_at_once(void **state) {
    (void)state;
    greets = true;
    struct peer *peer = accept_next(loop);
    static uint8_t bytes[PIECE_BYTES];
    assert_true(recv(peer->socket, bytes, sizeof bytes, MSG_DONTWAIT) > 0);
}

// Room ----------------------------------------------------------------------------------------------------

// In the order in which they are missed, those that are missed least first.
enum sort { LINGERING, SILENT, OPENING, IN_MESSAGE, IDLE, NOT_READING, HELD, SORTS };
static const char *const names[SORTS] = {
    "lingering", "silent", "in its first message", "in a message", "with no message", "not reading", "held"};
static struct peer *of[SORTS];

// Those that would be missed most come first: it is not their age that counts.
static void come_in_every_sort(void) {
    of[HELD] = say(come(), "h123456789");
    of[NOT_READING] = say(come(), "l123456789");
    of[IDLE] = say(come(), "x123456789");
    of[IN_MESSAGE] = say(come(), "x123456789x12");
    of[OPENING] = say(come(), "x12");
    of[SILENT] = come();
    of[LINGERING] = say(come(), "f123456789");
}

static void assert_left(int first) {
    for (int i = 0; i < SORTS; i++) {
        if ((of[i]->connection != NULL) != (i >= first)) {
            fail_msg("when %d of %d had to go, the one that was %s %s", first, SORTS, names[i],
                     i < first ? "stayed" : "was closed");
        }
    }
}

static void
when_as_many_as_may_be_are_here_the_least_missed_goes_and_only_in_the_end_who_is_held(void **state) {
    (void)state;
    come_in_every_sort();
    assert_left(0);
    for (int i = 0; i < SORTS; i++) {
        net->capacity.max = atomic_load(&net->capacity.connections);
        assert_true(eviction_make_room(&loop->connections, WANTS_PLACE));
        run();
        assert_left(i + 1);
    }
}

static void where_only_held_ones_are_the_oldest_goes(void **state) {
    (void)state;
    struct peer *first = say(come(), "h123456789"), *second = say(come(), "h123456789");
    net->capacity.max = 2;
    assert_true(eviction_make_room(&loop->connections, WANTS_PLACE));
    run();
    assert_null(first->connection);
    assert_non_null(second->connection);
}

static void where_there_is_room_again_nobody_goes(void **state) {
    (void)state;
    struct peer *peer = come();
    net->capacity.max = 2;
    assert_true(eviction_make_room(&loop->connections, WANTS_PLACE));
    run();
    assert_non_null(peer->connection);
}

// What is kept for the store, its log and the loops' own is in net/limits.h.
static void there_is_place_for_as_many_as_there_are_descriptors(void **state) {
    (void)state;
    struct rlimit limit, few;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    struct net_options options = {.port_count = 2, .loops = 3, .backlog = 8};
    struct error error;
    assert_true(place_parse("127.0.0.1", &options.place, &error));
    const int kept = DESCRIPTORS_KEPT + 3 * (DESCRIPTORS_KEPT_LOOP + 1 * 2);
    static const struct {
        int descriptors;
        uint32_t wanted;
        int most; // above what is kept
    } cases[] = {{200, 0, 200}, {200, 201, 200}, {200, 199, 199}, {1, 0, 1}, {0, 0, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct net *other;
        few = (struct rlimit){(rlim_t)(kept + cases[i].descriptors), limit.rlim_max};
        options.connections_max = cases[i].wanted;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
        bool opened = net_open(&options, &handler, NULL, &other, &error);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
        assert_true(opened);
        assert_int_equal(other->capacity.max, cases[i].most);
        net_close(&other);
    }
}

// Closing one may not help then.
static void when_descriptors_are_short_nobodys_work_is_given_up(void **state) {
    (void)state;
    come_in_every_sort();
    for (int i = LINGERING; i <= OPENING; i++) {
        assert_true(eviction_make_room(&loop->connections, WANTS_DESCRIPTOR));
        run();
        assert_left(i + 1);
    }
    assert_false(eviction_make_room(&loop->connections, WANTS_DESCRIPTOR));
    run();
    assert_left(IN_MESSAGE);
}

static void when_descriptors_are_short_who_has_been_idle_for_long_goes(void **state) {
    (void)state;
    struct peer *held = say(come(), "h123456789"), *idle = say(come(), "x123456789");
    pass(29999);
    assert_false(eviction_make_room(&loop->connections, WANTS_DESCRIPTOR));
    pass(1);
    assert_true(eviction_make_room(&loop->connections, WANTS_DESCRIPTOR));
    run();
    assert_null(idle->connection);
    assert_false(eviction_make_room(&loop->connections, WANTS_DESCRIPTOR));
    assert_non_null(held->connection);
}

static void all_are_told_that_there_is_no_more(void **state) {
    (void)state;
    char byte;
    struct peer *all[] = {come(), say(come(), "h123456789"), say(come(), "x123456789")};
    connections_finish(&loop->connections);
    run();
    for (int i = 0; i < 3; i++) {
        assert_int_equal(recv(all[i]->socket, &byte, 1, MSG_DONTWAIT), 0);
    }
}

// As a service may do that closes one connection when another one is gone: here the next in line.
static void who_is_closed_may_take_along_who_follows(void **state) {
    (void)state;
    struct peer *all[] = {come(), come(), come(), come()};
    all[0]->takes_along = all[1];
    connections_abort(&loop->connections);
    for (int i = 0; i < 4; i++) {
        if (all[i]->connection != NULL) {
            fail_msg("number %d was forgotten", i + 1);
        }
    }
    assert_int_equal(atomic_load(&net->capacity.connections), 0);
}

#define CONNECTIONS_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CONNECTIONS_TEST(who_reads_a_slice_in_each_timeout_may_take_as_long_as_it_likes),
        CONNECTIONS_TEST(who_reads_less_than_a_slice_in_its_time_is_closed),
        CONNECTIONS_TEST(who_says_more_and_does_not_read_gains_no_time),
        CONNECTIONS_TEST(who_takes_no_more_of_its_last_answer_is_closed),
        CONNECTIONS_TEST(who_is_greeted_hears_it_at_once),
        CONNECTIONS_TEST(
            when_as_many_as_may_be_are_here_the_least_missed_goes_and_only_in_the_end_who_is_held),
        CONNECTIONS_TEST(where_only_held_ones_are_the_oldest_goes),
        CONNECTIONS_TEST(there_is_place_for_as_many_as_there_are_descriptors),
        CONNECTIONS_TEST(where_there_is_room_again_nobody_goes),
        CONNECTIONS_TEST(when_descriptors_are_short_nobodys_work_is_given_up),
        CONNECTIONS_TEST(when_descriptors_are_short_who_has_been_idle_for_long_goes),
        CONNECTIONS_TEST(who_is_closed_may_take_along_who_follows),
        CONNECTIONS_TEST(all_are_told_that_there_is_no_more),
    };
    return cmocka_run_group_tests_name("connections", tests, NULL, NULL);
}
