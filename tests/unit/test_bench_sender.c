// An agency of the bench sends the chunks of its payload as soon as window and rate allow.
#include "bench_story.h"

#include "bet/errors.h"
#include "stream/limits.h"

// What is sent ---------------------------------------------------------------------------------------------

static void the_chunks_are_those_of_the_payload(void **state) {
    (void)state;
    for (int i = 0; i < 8; i++) {
        shared.prepared = (i & 1) != 0;
        shared.positions = (i & 2) != 0;
        shared.finish = (i & 4) != 0;
        connect_as(SOCK_STREAM, 7, 2);
        assert_false(sender_done(&sender));
        assert_int_equal(sender_due_ns(&sender, &shared), 0);
        write_due();
        expect_chunk(MESSAGE_SEND_CHUNK, shared.positions ? 0 : -1, 2, 3);
        expect_chunk(MESSAGE_SEND_CHUNK, shared.positions ? 3 : -1, 0, 3);
        expect_chunk(shared.finish ? MESSAGE_SEND_LAST_CHUNK : MESSAGE_SEND_CHUNK, shared.positions ? 6 : -1,
                     3, 1);
        assert_sent();
        assert_true(sender_due_ns(&sender, &shared) == UINT64_MAX);
        assert_false(sender_done(&sender));
        disconnect();
    }
}

// As expect_chunk, with what asks for a receipt after the bets.
static void expect_asking_chunk(enum message_type type, int64_t first, uint64_t place, uint32_t count) {
    static const char asks[] = ",\"receipt\":true}";
    size_t begin = expected_length;
    expect_chunk(type, first, place, count);
    memcpy(expected + expected_length - 1, asks, sizeof asks - 1); // in place of the last brace
    expected_length += sizeof asks - 2;
    frame_write_header(expected + begin, expected_length - begin - FRAME_HEADER_BYTES);
}

static void receipts_are_asked_for_in_each_chunk(void **state) {
    (void)state;
    shared.receipts = true;
    for (int i = 0; i < 2; i++) {
        shared.prepared = i == 1;
        connect_as(SOCK_STREAM, 4, 0);
        write_due();
        expect_asking_chunk(MESSAGE_SEND_CHUNK, 0, 0, 3);
        expect_asking_chunk(MESSAGE_SEND_LAST_CHUNK, 3, 3, 1);
        assert_sent();
        disconnect();
    }
}

static void full_chunks_are_not_followed_by_an_empty_one(void **state) {
    (void)state;
    connect_as(SOCK_STREAM, 3, 0);
    write_due();
    expect_chunk(MESSAGE_SEND_LAST_CHUNK, 0, 0, 3);
    assert_sent();
}

static void an_agency_without_bets_says_that_it_has_finished(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        shared.prepared = i == 1;
        connect_as(SOCK_STREAM, 0, 4);
        assert_false(sender_done(&sender));
        write_due();
        expect_chunk(MESSAGE_SEND_LAST_CHUNK, 0, 4, 0);
        assert_sent();
        acknowledge(0);
        assert_int_equal(read_answers(), 0);
        assert_true(sender_done(&sender));
        disconnect();
    }
    shared.finish = false;
    connect_as(SOCK_STREAM, 0, 4);
    assert_true(sender_done(&sender));
    write_due();
    assert_sent();
}

static void a_chunk_may_be_larger_than_the_one_before(void **state) {
    (void)state;
    connect_as(SOCK_STREAM, 2, 0);
    shared.chunk_size = 1;
    sender.chunks = 2;
    shared.window = 1;
    write_due();
    expect_chunk(MESSAGE_SEND_CHUNK, 0, 0, 1);
    assert_sent();
    acknowledge(1);
    assert_int_equal(read_answers(), 1);
    sender.bets = 5;
    shared.chunk_size = 4;
    write_due();
    expect_chunk(MESSAGE_SEND_LAST_CHUNK, 1, 1, 4);
    assert_sent();
}

static void a_bad_bet_is_not_sent(void **state) {
    (void)state;
    payload.text[0] = ',';
    connect_as(SOCK_STREAM, 3, 0);
    assert_false(sender_write(&sender, &shared, &error));
    assert_error(&error, ERROR_BAD_BET);
    assert_sent();
}

static void no_write_carries_more_than_is_allowed(void **state) {
    (void)state;
    use_large_chunks();
    for (int i = 0; i < 2; i++) {
        shared.prepared = i == 1;
        connect_as(SOCK_SEQPACKET, 2000, 0);
        write_due();
        expect_chunk(MESSAGE_SEND_LAST_CHUNK, 0, 0, 2000);
        size_t length = 0;
        ssize_t got;
        while ((got = read(central, seen + length, sizeof seen - length)) > 0) {
            length += (size_t)got;
            assert_true(got == WRITE_BYTES_MAX || length == expected_length);
        }
        assert_int_equal(length, expected_length);
        assert_memory_equal(seen, expected, length);
        expected_length = 0;
        disconnect();
    }
}

static void what_the_kernel_does_not_take_is_sent_later(void **state) {
    (void)state;
    use_large_chunks();
    for (int i = 0; i < 2; i++) {
        shared.prepared = i == 1;
        connect_as(SOCK_STREAM, 4000, 0);
        const int least = 1;
        assert_int_equal(setsockopt(sender.channel.descriptor, SOL_SOCKET, SO_SNDBUF, &least, sizeof least),
                         0);
        expect_chunk(MESSAGE_SEND_CHUNK, 0, 0, 2000);
        expect_chunk(MESSAGE_SEND_LAST_CHUNK, 2000, 0, 2000);
        size_t length = 0;
        bool ever_blocked = false;
        while (length < expected_length) {
            write_due();
            ever_blocked = ever_blocked || sender.blocked;
            assert_true(!sender.blocked || sender_due_ns(&sender, &shared) == UINT64_MAX);
            ssize_t got = read(central, seen + length, 1000);
            assert_true(got > 0);
            length += (size_t)got;
        }
        assert_true(ever_blocked);
        write_due();
        assert_false(sender.blocked || channel_has_unsent(&sender.channel));
        assert_memory_equal(seen, expected, expected_length);
        expected_length = 0;
        acknowledge(2000);
        acknowledge(4000);
        assert_int_equal(read_answers(), 4000);
        assert_true(sender_done(&sender));
        disconnect();
    }
}

static void no_more_are_in_flight_than_the_window_allows(void **state) {
    (void)state;
    shared.chunk_size = 1;
    shared.window = 2;
    connect_as(SOCK_STREAM, 4, 0);
    write_due();
    expect_chunk(MESSAGE_SEND_CHUNK, 0, 0, 1);
    expect_chunk(MESSAGE_SEND_CHUNK, 1, 1, 1);
    assert_sent();
    write_due();
    assert_sent();
    acknowledge(1);
    assert_int_equal(read_answers(), 1);
    write_due();
    expect_chunk(MESSAGE_SEND_CHUNK, 2, 2, 1);
    assert_sent();
    acknowledge(2);
    acknowledge(3);
    assert_int_equal(read_answers(), 2);
    write_due();
    expect_chunk(MESSAGE_SEND_LAST_CHUNK, 3, 3, 1);
    assert_sent();
    acknowledge(4);
    assert_int_equal(read_answers(), 1);
    assert_true(sender_done(&sender));
}

// At a rate ------------------------------------------------------------------------------------------------

// A thousand units ago there must have been a time, by a clock that began when the machine did.
static uint64_t unit_ns(void) {
    uint64_t unit = clock_steady_ns() / 2000;
    return unit < second_ns ? unit : second_ns;
}

static void a_chunk_is_sent_when_it_is_due(void **state) {
    (void)state;
    const uint64_t unit = unit_ns();
    shared.chunk_size = 1;
    shared.chunk_interval_ns = 400.0 * (double)unit;
    shared.start_ns = clock_steady_ns() - 1000 * unit;
    connect_as(SOCK_STREAM, 5, 0);
    sender.offset_ns = 50.0 * (double)unit;
    write_due();
    expect_chunk(MESSAGE_SEND_CHUNK, 0, 0, 1); // at 50, 450 and 850 of 1000
    expect_chunk(MESSAGE_SEND_CHUNK, 1, 1, 1);
    expect_chunk(MESSAGE_SEND_CHUNK, 2, 2, 1);
    assert_sent();
    assert_true(sender_due_ns(&sender, &shared) == shared.start_ns + 1250 * unit);
    // The latencies begin when the chunks were due.
    static const uint64_t delays[] = {950, 550, 150};
    for (uint64_t i = 0; i < 3; i++) {
        shared.ack_ns = (struct histogram){0};
        acknowledge(i + 1);
        assert_int_equal(read_answers(), 1);
        assert_true(shared.ack_ns.maximum >= delays[i] * unit);
        assert_true(shared.ack_ns.maximum < (delays[i] + 60) * unit);
    }
    assert_true(sender_due_ns(&sender, &shared) == shared.start_ns + 1250 * unit);
}

static void without_a_rate_latency_begins_with_the_sending(void **state) {
    (void)state;
    const uint64_t unit = unit_ns();
    shared.start_ns = clock_steady_ns() - 1000 * unit;
    connect_as(SOCK_STREAM, 1, 0);
    write_due();
    acknowledge(1);
    assert_int_equal(read_answers(), 1);
    assert_int_equal(shared.ack_ns.count, 1);
    assert_true(shared.ack_ns.maximum < 60 * unit);
    assert_true(shared.ack_ns.maximum > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(the_chunks_are_those_of_the_payload),
        STORY(receipts_are_asked_for_in_each_chunk),
        STORY(full_chunks_are_not_followed_by_an_empty_one),
        STORY(an_agency_without_bets_says_that_it_has_finished),
        STORY(a_chunk_may_be_larger_than_the_one_before),
        STORY(a_bad_bet_is_not_sent),
        STORY(no_write_carries_more_than_is_allowed),
        STORY(what_the_kernel_does_not_take_is_sent_later),
        STORY(no_more_are_in_flight_than_the_window_allows),
        STORY(a_chunk_is_sent_when_it_is_due),
        STORY(without_a_rate_latency_begins_with_the_sending),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
