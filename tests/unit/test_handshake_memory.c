// What TLS holds of a handshake, or of a part of a record, is counted as held for its peer.
#include "connections_tls_story.h"

enum { HANDSHAKES = 8, MEMORY = HANDSHAKES * TLS_HANDSHAKE_BYTES }; // room is made above seven, down to six

static int set_up_little(void **state) {
    (void)state;
    return begin_tls(MEMORY);
}

static size_t held(void) {
    spares_free(&loop->connections.spares); // which count
    return atomic_load(&net->memory_pool.held);
}

// So many were closed for it, as the log will say; and so many of them in a handshake, as the audit log does.
static void assert_no_memory(unsigned count, int handshakes) {
    assert_int_equal(loop->connections.closings.closed[CLOSE_NO_MEMORY].count, count);
    assert_int_equal(seen.without_memory, handshakes);
}

static void say_header(const struct peer *half) {
    static const uint8_t header[] = {22, 3, 1, 2, 0};
    assert_int_equal(write(half->socket, header, sizeof header), sizeof header);
}

static struct peer *begin_hello(void) {
    struct peer *half = come();
    say_header(half);
    run();
    return half;
}

static void one_that_has_not_begun_is_not_counted(void **state) {
    (void)state;
    come();
    run();
    assert_int_equal(held(), 0);
}

static void from_its_first_byte_on_it_is_counted(void **state) {
    (void)state;
    const struct peer *half = begin_hello();
    assert_int_equal(held(), TLS_HANDSHAKE_BYTES);
    connection_abort(half->connection);
    assert_int_equal(held(), 0);
    run();
    assert_int_equal(held(), 0);
}

static void once_it_is_over_only_a_part_of_a_record_is_counted(void **state) {
    (void)state;
    static const uint8_t part[] = {23, 3, 3, 1, 0, 7};
    greet();
    assert_true(held() >= TLS_HANDSHAKE_BYTES);
    shake_hands();
    run();
    assert_int_equal(held(), 0);
    say_secretly("s123456789");
    run();
    hear();
    run();
    assert_int_equal(seen.messages, 1);
    assert_int_equal(held(), 0);
    assert_int_equal(write(peer->socket, part, sizeof part), sizeof part);
    run();
    assert_int_equal(held(), TLS_PART_BYTES);
}

static void one_that_was_refused_is_counted_until_it_is_closed(void **state) {
    (void)state;
    static const uint8_t plain[] = "PING PING PING";
    struct peer *other = come();
    assert_int_equal(write(other->socket, plain, sizeof plain), sizeof plain);
    run();
    assert_non_null(other->connection);
    assert_true(held() >= TLS_HANDSHAKE_BYTES);
    connection_abort(other->connection);
    assert_int_equal(held(), 0);
}

static void many_are_closed_before_they_hold_too_much(void **state) {
    (void)state;
    for (int i = 0; i < HANDSHAKES; i++) {
        begin_hello();
    }
    for (int i = 0; i < HANDSHAKES; i++) {
        assert_int_equal(peers[i].connection == NULL, i < 2);
    }
    assert_no_memory(2, 2);
    greet(); // an agency is served beside them
    shake_hands();
}

// The digit: that many hundred thousand bytes of answers, which it does not read.
static struct peer *hold_much(const char *text) {
    greet();
    shake_hands();
    say_secretly(text);
    run();
    assert_non_null(peer->connection);
    return peer;
}

static void where_they_hold_most_they_go_before_one_with_much(void **state) {
    (void)state;
    const struct peer *honest = hold_much("c223456789");
    size_t before = held();
    assert_true(before / 2 > TLS_HANDSHAKE_BYTES);
    for (int i = 0; i < HANDSHAKES; i++) {
        begin_hello();
    }
    assert_non_null(honest->connection);
    assert_null(peers[1].connection);
    assert_non_null(peers[HANDSHAKES].connection);
    assert_true(seen.without_memory > 0);
    assert_no_memory((unsigned)seen.without_memory, seen.without_memory);
}

static void where_they_hold_little_it_is_who_holds_much_that_goes(void **state) {
    (void)state;
    begin_hello();
    const struct peer *greedy = hold_much("c323456789");
    begin_hello();
    assert_non_null(greedy->connection);
    begin_hello();
    assert_null(greedy->connection);
    assert_non_null(peers[0].connection);
    assert_no_memory(1, 0);
}

// What the service keeps is got back by closing nobody.
static void run_while_all_is_kept(struct connection *connection) {
    spares_free(&loop->connections.spares);
    connection_charge(connection, MEMORY - 1000);
    connection_hold(connection);
    run();
    connection_refund(connection, MEMORY - 1000);
    connection_release(connection);
}

static void where_there_is_no_room_for_its_bytes_it_is_closed_and_that_is_said(void **state) {
    (void)state;
    greet();
    shake_hands();
    run();
    struct connection *connection = peer->connection;
    say_secretly("x123456789");
    run_while_all_is_kept(connection);
    assert_int_equal(seen.messages, 0);
    assert_no_memory(1, 0);
}

static void in_a_handshake_the_service_is_told_of_that(void **state) {
    (void)state;
    const struct peer *half = come();
    run();
    say_header(half);
    run_while_all_is_kept(half->connection);
    assert_null(half->connection);
    assert_no_memory(1, 1);
}

#define MEMORY_TEST(test) cmocka_unit_test_setup_teardown(test, set_up_little, tear_down_tls)

int main(void) {
    const struct CMUnitTest tests[] = {
        MEMORY_TEST(one_that_has_not_begun_is_not_counted),
        MEMORY_TEST(from_its_first_byte_on_it_is_counted),
        MEMORY_TEST(once_it_is_over_only_a_part_of_a_record_is_counted),
        MEMORY_TEST(one_that_was_refused_is_counted_until_it_is_closed),
        MEMORY_TEST(many_are_closed_before_they_hold_too_much),
        MEMORY_TEST(where_they_hold_most_they_go_before_one_with_much),
        MEMORY_TEST(where_there_is_no_room_for_its_bytes_it_is_closed_and_that_is_said),
        MEMORY_TEST(in_a_handshake_the_service_is_told_of_that),
        MEMORY_TEST(where_they_hold_little_it_is_who_holds_much_that_goes),
    };
    return cmocka_run_group_tests_name("handshake_memory", tests, NULL, NULL);
}
