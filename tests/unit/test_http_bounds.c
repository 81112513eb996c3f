// Connections are bounded in number, and whoever is idle or slow gives way to those who come.
#include "http_story.h"

#include "http/bounds.h"

#include <netdb.h>

#define ASK "GET /fixed HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define ASK_STREAM "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"

// As values -------------------------------------------------------------------------------------------------

static uint64_t peer_of(const char *text) {
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *found;
    assert_int_equal(getaddrinfo(text, NULL, &hints, &found), 0);
    uint64_t peer = bounds_peer(found->ai_addr);
    freeaddrinfo(found);
    return peer;
}

static void a_peer_is_an_address_or_a_network(void **state) {
    (void)state;
    const struct sockaddr local = {.sa_family = AF_UNIX};
    assert_int_equal(peer_of("127.0.0.1"), 0);
    assert_int_equal(peer_of("127.9.8.7"), 0);
    assert_int_equal(peer_of("::1"), 0);
    assert_int_equal(peer_of("::ffff:127.0.0.1"), 0);
    assert_int_equal(bounds_peer(&local), 0);
    assert_true(peer_of("192.0.2.1") != 0);
    assert_true(peer_of("192.0.2.1") != peer_of("192.0.2.2"));
    assert_int_equal(peer_of("192.0.2.1"), peer_of("::ffff:192.0.2.1"));
    assert_int_equal(peer_of("2001:db8:1:2::1"), peer_of("2001:db8:1:2:ffff::9"));
    assert_true(peer_of("2001:db8:1:2::1") != peer_of("2001:db8:1:3::1"));
}

static struct bounds bounds;
static struct bounds_entry entries[16];

static void enter(int number, uint64_t peer) {
    bounds_enter(&bounds, &entries[number], peer, (uint64_t)number);
}

static void assert_gives_way(uint64_t peer, const struct bounds_entry *entry) {
    assert_false(bounds_have_room(&bounds, peer));
    assert_ptr_equal(bounds_give_way(&bounds, peer), entry);
}

static void whoever_has_asked_nothing_longest_gives_way(void **state) {
    (void)state;
    bounds_begin(&bounds, 8);
    for (int i = 0; i < 8; i++) {
        assert_true(bounds_have_room(&bounds, 0));
        enter(i, 0);
    }
    assert_gives_way(0, &entries[0]);
    assert_gives_way(7, &entries[0]);
    bounds_move(&bounds, &entries[0], BOUNDS_ANSWERING, 20);
    bounds_move(&bounds, &entries[1], BOUNDS_STREAMING, 20);
    assert_gives_way(0, &entries[2]);
    bounds_move(&bounds, &entries[2], BOUNDS_ASKING, 30);
    assert_gives_way(0, &entries[3]);
    for (int i = 2; i < 8; i++) {
        bounds_move(&bounds, &entries[i], BOUNDS_STREAMING, 40);
    }
    assert_gives_way(0, &entries[0]); // before any stream
    bounds_move(&bounds, &entries[0], BOUNDS_STREAMING, 50);
    assert_gives_way(0, NULL);
    bounds_leave(&bounds, &entries[3]);
    assert_true(bounds_have_room(&bounds, 0));
}

static void a_peer_has_half_and_makes_room_for_itself(void **state) {
    (void)state;
    bounds_begin(&bounds, 8);
    enter(0, 7);
    for (int i = 1; i <= 4; i++) {
        assert_true(bounds_have_room(&bounds, 9));
        enter(i, 9);
    }
    assert_gives_way(9, &entries[1]); // not the other's, which has been there longer
    assert_true(bounds_have_room(&bounds, 7));
    assert_true(bounds_have_room(&bounds, 0));
    for (int i = 5; i < 8; i++) {
        enter(i, 0);
    }
    assert_gives_way(9, &entries[1]);
    assert_gives_way(7, &entries[0]);
}

static void stream(int number, uint64_t peer) {
    assert_null(bounds_stream_gives_way(&bounds, peer));
    enter(number, peer);
    bounds_move(&bounds, &entries[number], BOUNDS_STREAMING, (uint64_t)number);
}

static void streams_have_half_and_the_oldest_gives_way(void **state) {
    (void)state;
    bounds_begin(&bounds, 8);
    for (int i = 0; i < 4; i++) {
        stream(i, 0);
    }
    assert_ptr_equal(bounds_stream_gives_way(&bounds, 0), &entries[0]);
    assert_ptr_equal(bounds_stream_gives_way(&bounds, 7), &entries[0]);
    bounds_move(&bounds, &entries[2], BOUNDS_ASKING, 2);
    assert_null(bounds_stream_gives_way(&bounds, 0));
    bounds_leave(&bounds, &entries[1]);
    bounds_leave(&bounds, &entries[2]);
    assert_int_equal(bounds.count, 2);
    assert_int_equal(bounds.streams, 2);
}

// Of eight streams a peer has two; this machine has no bound of its own, but gives way first if it has most.
static void a_peer_has_a_quarter_of_the_streams(void **state) {
    (void)state;
    bounds_begin(&bounds, 16);
    stream(0, 7);
    stream(1, 9);
    stream(2, 9);
    assert_ptr_equal(bounds_stream_gives_way(&bounds, 9), &entries[1]); // there is room, but not for it
    for (int i = 3; i < 8; i++) {
        stream(i, 0);
    }
    assert_ptr_equal(bounds_stream_gives_way(&bounds, 7), &entries[3]);
    assert_ptr_equal(bounds_stream_gives_way(&bounds, 9), &entries[1]);
    for (int i = 3; i < 7; i++) {
        bounds_leave(&bounds, &entries[i]);
    }
    for (int i = 3; i < 7; i++) {
        stream(i, (uint64_t)(100 + i));
    }
    assert_ptr_equal(bounds_stream_gives_way(&bounds, 200), &entries[1]);
    bounds_leave(&bounds, &entries[1]);
    stream(1, 201);
    assert_ptr_equal(bounds_stream_gives_way(&bounds, 200), &entries[0]); // all have one
}

static void hold(int number, size_t mib) {
    bounds_hold(&bounds, &entries[number], mib << 20, (uint64_t)number);
}

static void assert_holds_longest(int newcomer, int number) {
    assert_false(bounds_may_hold(&bounds, &entries[newcomer]));
    assert_ptr_equal(bounds_holds_longest(&bounds, &entries[newcomer]), &entries[number]);
}

static void large_texts_have_room_together(void **state) {
    (void)state;
    bounds_begin(&bounds, 16);
    enter(0, 0);
    enter(1, 7);
    enter(2, 7);
    enter(3, 9);
    enter(4, 9);
    bounds_hold(&bounds, &entries[0], HTTP_SMALL_BYTES, 1);
    assert_int_equal(bounds.bytes, 0);
    hold(1, 7);
    assert_true(bounds_may_hold(&bounds, &entries[2]));
    assert_null(bounds_holds_longest(&bounds, &entries[2]));
    hold(3, 8);
    assert_holds_longest(4, 3); // its peer has its part
    assert_true(bounds_may_hold(&bounds, &entries[2]));
    assert_true(bounds_may_hold(&bounds, &entries[0]));
    hold(0, 17);
    assert_holds_longest(2, 0);
    assert_holds_longest(4, 3);
    hold(0, 0);
    assert_true(bounds_may_hold(&bounds, &entries[2]));
    bounds_leave(&bounds, &entries[3]);
    assert_int_equal(bounds.bytes, 7 << 20);
}

// As a server -----------------------------------------------------------------------------------------------

// Sixteen that say nothing, and one who asks.
static void an_idle_connection_makes_room_for_a_request(void **state) {
    (void)state;
    int idle[16], client;
    int64_t evicted = counter_read(&http_counters.connections_evicted);
    for (int i = 0; i < 16; i++) {
        idle[i] = come();
        say(idle[i], ASK);
        hear_until(idle[i], "fixed\n");
    }
    client = come();
    say(client, ASK);
    hear_until(client, "fixed\n");
    close(client);
    hear_all(idle[0]); // it has been idle longest
    assert_int_equal(counter_read(&http_counters.connections_evicted), evicted + 1);
    for (int i = 1; i < 16; i++) {
        say(idle[i], ASK);
        hear_until(idle[i], "fixed\n");
        close(idle[i]);
    }
}

static void a_flood_of_connections_lets_a_request_in(void **state) {
    (void)state;
    int flood[200];
    for (int i = 0; i < 200; i++) {
        flood[i] = come();
    }
    for (int i = 0; i < 3; i++) {
        int client = come();
        say(client, ASK);
        hear_until(client, "fixed\n");
        close(client);
    }
    for (int i = 0; i < 200; i++) {
        close(flood[i]);
    }
}

// Eight have room. The ninth, asked for from the same machine, comes in nevertheless.
static void streams_leave_room_for_requests_and_for_newcomers(void **state) {
    (void)state;
    int streams[12], client;
    int64_t evicted = counter_read(&http_counters.connections_evicted);
    atomic_store(&pieces_given, 1);
    for (int i = 0; i < 12; i++) {
        streams[i] = come();
        say(streams[i], ASK_STREAM);
        hear_until(streams[i], "eeeeee");
    }
    client = come();
    say(client, ASK);
    hear_until(client, "fixed\n");
    close(client);
    for (int i = 0; i < 4; i++) {
        hear_all(streams[i]); // the oldest have given way
    }
    atomic_store(&pieces_given, 2);
    for (int i = 4; i < 12; i++) {
        hear_until(streams[i], "eeeeee");
        close(streams[i]);
    }
    assert_int_equal(counter_read(&http_counters.connections_evicted), evicted + 4);
}

// So many requests that the answers to them fill what the system takes for a reader that does not read.
static int asking_without_reading(const char *request) {
    enum { REQUESTS = 2000 };
    int small = 4096, client = come();
    assert_int_equal(setsockopt(client, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
    char *text = calloc(REQUESTS, strlen(request) + 1), *end = text;
    assert_non_null(text);
    for (int i = 0; i < REQUESTS; i++) {
        end = stpcpy(end, request);
    }
    (void)!send(client, text, (size_t)(end - text), MSG_NOSIGNAL | MSG_DONTWAIT);
    free(text);
    return client;
}

static void await_standstill(void) {
    enum { TICKS = 4 };
    for (int before = -1; before != atomic_load(&answered);) {
        before = atomic_load(&answered);
        await_at_least(&ticks, atomic_load(&ticks) + TICKS);
    }
}

// A stream that does not begin keeps no place from anybody.
static void a_stream_that_has_not_begun_gives_way(void **state) {
    (void)state;
    int clients[16];
    for (int i = 0; i < 16; i++) {
        clients[i] = asking_without_reading("HEAD /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    await_standstill();
    assert_int_equal(ask("GET /fixed HTTP/1.0\r\n\r\n"), 200);
    for (int i = 0; i < 16; i++) {
        close(clients[i]);
    }
}

static int asking_with_little_room(const char *request) {
    int small = 4096, client = come();
    assert_int_equal(setsockopt(client, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
    say(client, request);
    return client;
}

// Eight answers of 4 MiB have room, and then none until one is read or gone. Small ones always have.
static void large_answers_that_are_not_read_have_a_bound(void **state) {
    (void)state;
    static const char large[] = "GET /large HTTP/1.0\r\n\r\n";
    int clients[8], before = atomic_load(&answered);
    for (int i = 0; i < 8; i++) {
        clients[i] = asking_with_little_room(large);
    }
    await_at_least(&answered, before + 8);
    assert_int_equal(ask(large), 503);
    assert_heard("\r\nRetry-After: ");
    assert_int_equal(ask("GET /made HTTP/1.0\r\n\r\n"), 200);
    for (int i = 0; i < 8; i++) {
        close(clients[i]);
    }
    while (ask("HEAD /large HTTP/1.0\r\n\r\n") != 200) {
        await_at_least(&ticks, atomic_load(&ticks) + 1);
    }
}

// Pieces of streams wait for such room, and whoever takes it longest gives it up.
static void a_piece_waits_until_the_slowest_has_ended(void **state) {
    (void)state;
    int clients[8], stream = come(), before = atomic_load(&answered);
    for (int i = 0; i < 8; i++) {
        clients[i] = asking_with_little_room("GET /large HTTP/1.0\r\n\r\n");
        await_at_least(&answered, before + i + 1);
    }
    say(stream, ASK_STREAM);
    hear_until(stream, "\r\n\r\n");
    atomic_store(&pieces_asked, 0);
    atomic_store(&pieces_given, 1);
    await_at_least(&ticks, atomic_load(&ticks) + 2);
    assert_int_equal(atomic_load(&pieces_asked), 0);
    hear_until(stream, "eeeeee");
    for (int i = 1; i < 8; i++) {
        close(clients[i]);
    }
    hear_all(clients[0]);
    close(stream);
}

static int start_counting_this_machine(void **state) {
    static const struct http_patience patience = {
        .request_ms = 60000, .idle_s = 60, .answer_ms = 60000, .stream_idle_s = 60, .loopback_counts = true};
    struct http_options options = story_options();
    (void)state;
    options.patience = &patience;
    start_with(&options);
    return 0;
}

static void one_peer_has_half(void **state) {
    (void)state;
    int clients[9];
    for (int i = 0; i < 9; i++) {
        clients[i] = come();
        say(clients[i], ASK);
        hear_until(clients[i], "fixed\n");
    }
    hear_all(clients[0]);
    for (int i = 1; i < 9; i++) {
        say(clients[i], ASK);
        hear_until(clients[i], "fixed\n");
        close(clients[i]);
    }
}

static void one_peer_has_a_quarter_of_the_streams(void **state) {
    (void)state;
    int streams[4];
    atomic_store(&pieces_given, 1);
    for (int i = 0; i < 4; i++) {
        streams[i] = come();
        say(streams[i], ASK_STREAM);
        hear_until(streams[i], "eeeeee");
    }
    hear_all(streams[0]);
    hear_all(streams[1]);
    close(streams[2]);
    close(streams[3]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_peer_is_an_address_or_a_network),
        cmocka_unit_test(whoever_has_asked_nothing_longest_gives_way),
        cmocka_unit_test(a_peer_has_half_and_makes_room_for_itself),
        cmocka_unit_test(streams_have_half_and_the_oldest_gives_way),
        cmocka_unit_test(a_peer_has_a_quarter_of_the_streams),
        cmocka_unit_test(large_texts_have_room_together),
        cmocka_unit_test_setup_teardown(an_idle_connection_makes_room_for_a_request, start, stop),
        cmocka_unit_test_setup_teardown(a_flood_of_connections_lets_a_request_in, start, stop),
        cmocka_unit_test_setup_teardown(streams_leave_room_for_requests_and_for_newcomers, start, stop),
        cmocka_unit_test_setup_teardown(a_stream_that_has_not_begun_gives_way, start, stop),
        cmocka_unit_test_setup_teardown(large_answers_that_are_not_read_have_a_bound, start, stop),
        cmocka_unit_test_setup_teardown(a_piece_waits_until_the_slowest_has_ended, start, stop),
        cmocka_unit_test_setup_teardown(one_peer_has_half, start_counting_this_machine, stop),
        cmocka_unit_test_setup_teardown(one_peer_has_a_quarter_of_the_streams, start_counting_this_machine,
                                        stop),
    };
    return cmocka_run_group_tests_name("http_bounds", tests, NULL, NULL);
}
