// An agency of the bench counts the right answers to its chunks, and refuses all others.
#include "bench_story.h"

#include "bet/errors.h"

static void every_answer_counts_its_chunk(void **state) {
    (void)state;
    connect_as(SOCK_STREAM, 300 * 3, 0);
    size_t text_bytes = 0;
    for (uint64_t chunk = 0; chunk < 300;) {
        do { // the kernel takes a limited number that nobody reads
            write_due();
            read_chunks();
        } while (sender.blocked);
        uint64_t on_their_way = sender.chunks_begun - chunk;
        assert_int_equal(on_their_way, 300 - chunk < WINDOW_MAX ? 300 - chunk : WINDOW_MAX);
        uint64_t answered = on_their_way < 37 ? on_their_way : 37;
        for (uint64_t i = 0; i < answered; i++, chunk++) {
            acknowledge((chunk + 1) * 3);
            uint64_t place = payload_place(&payload, chunk * 3, 3);
            text_bytes += payload.text_starts[place + 3] - payload.text_starts[place];
        }
        assert_int_equal(read_answers(), answered * 3);
        assert_int_equal(shared.ack_ns.count, chunk);
        assert_int_equal(shared.text_bytes, text_bytes);
        assert_true(sender_done(&sender) == (chunk == 300));
    }
}

// More than one read takes, and all of them are read before sender_read returns.
static void many_answers_at_once_are_all_read(void **state) {
    (void)state;
    shared.chunk_size = 1;
    connect_as(SOCK_STREAM, WINDOW_MAX, 0);
    write_due();
    for (int i = 1; i <= WINDOW_MAX; i++) {
        char text[200];
        snprintf(text, sizeof text, "{\"type_message\": 1, \"payload\": null, %*s\"next\": %d}", 100, "", i);
        answer_text(text);
    }
    assert_int_equal(read_answers(), WINDOW_MAX);
    assert_true(sender_done(&sender));
}

static void an_answer_may_come_in_pieces(void **state) {
    (void)state;
    connect_as(SOCK_STREAM, 3, 0);
    write_due();
    assert_int_equal(read_answers(), 0); // none yet
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    size_t length = reply_encode_processed(frame, 3);
    for (size_t i = 0; i < length; i++) {
        answer(frame + i, 1);
        assert_int_equal(read_answers(), i + 1 == length ? 3 : 0);
    }
    assert_true(sender_done(&sender));
}

static void a_classic_central_says_nothing_of_positions(void **state) {
    (void)state;
    connect_as(SOCK_STREAM, 3, 0);
    shared.positions = false;
    write_due();
    answer_text("{\"type_message\": 1, \"payload\": null}");
    assert_int_equal(read_answers(), 3);
    assert_true(sender_done(&sender));
}

static void a_wrong_answer_is_named(void **state) {
    (void)state;
    static const struct {
        const char *text, *reason;
    } wrong[] = {
        {"{\"type_message\":1,\"payload\":null,\"next\":6}",
         "agency 7, chunk 2: the central says that it has 6 bets of this agency, but was sent 5; a bench "
         "needs an empty draw"},
        {"{\"type_message\":1,\"payload\":null}",
         "agency 7, chunk 2: the answer has no `next`: is this an older central? Try --classic"},
        {"{\"type_message\":2,\"payload\":\"\"}", "agency 7, chunk 2: this is not an answer to a chunk"},
        {"{\"type_message\":4,\"payload\":{\"code\":\"bad_bet\",\"message\":\"no such "
         "day\",\"retryable\":false}}",
         "agency 7, chunk 2: no such day"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        connect_as(SOCK_STREAM, 5, 0);
        write_due();
        acknowledge(3);
        assert_int_equal(read_answers(), 3);
        answer_text(wrong[i].text);
        uint64_t acknowledged;
        assert_false(sender_read(&sender, &shared, &acknowledged, &error));
        assert_error(&error, ERROR_BAD_MESSAGE);
        assert_string_equal(error.text, wrong[i].reason);
        disconnect();
    }
}

#define RECEIPT "{\"entry\":\"ZQ==\",\"index\":0,\"path\":[],\"note\":\"n\"}"

// One that was not asked for does not matter.
static void an_answer_with_a_receipt_counts(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        shared.receipts = i == 1;
        connect_as(SOCK_STREAM, 3, 0);
        write_due();
        answer_text("{\"type_message\":1,\"payload\":null,\"next\":3,\"receipt\":" RECEIPT "}");
        assert_int_equal(read_answers(), 3);
        assert_true(sender_done(&sender));
        disconnect();
    }
}

static void an_answer_without_the_receipt_is_named(void **state) {
    (void)state;
    static const char *const without[] = {
        "{\"type_message\":1,\"payload\":null,\"next\":5}",
        "{\"type_message\":1,\"payload\":null,\"next\":5,\"receipt\":null}",
    };
    shared.receipts = true;
    for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
        connect_as(SOCK_STREAM, 5, 0);
        write_due();
        answer_text("{\"type_message\":1,\"payload\":null,\"next\":3,\"receipt\":" RECEIPT "}");
        assert_int_equal(read_answers(), 3);
        answer_text(without[i]);
        uint64_t acknowledged;
        assert_false(sender_read(&sender, &shared, &acknowledged, &error));
        assert_error(&error, ERROR_BAD_MESSAGE);
        assert_string_equal(error.text, "agency 7, chunk 2: the answer has no receipt: is this draw not "
                                        "signed? Omit --receipts");
        disconnect();
    }
}

static void an_answer_to_nothing_is_named(void **state) {
    (void)state;
    uint64_t acknowledged;
    connect_as(SOCK_STREAM, 3, 0);
    acknowledge(0);
    assert_false(sender_read(&sender, &shared, &acknowledged, &error));
    assert_string_equal(error.text, "agency 7, chunk 1: this is not an answer to a chunk");
    disconnect();
    // A chunk that has not been sent completely does not count.
    connect_as(SOCK_STREAM, 3, 0);
    write_due();
    assert_true(channel_queue(&sender.channel, "the rest", 8, &error));
    acknowledge(3);
    assert_false(sender_read(&sender, &shared, &acknowledged, &error));
    assert_string_equal(error.text, "agency 7, chunk 1: this is not an answer to a chunk");
}

// The longest one accepted fills the input; one byte more is refused because of its header alone.
static void an_answer_that_is_too_long_is_named(void **state) {
    (void)state;
    uint64_t acknowledged;
    static char longest[SENDER_INPUT_BYTES];
    memset(longest, ' ', sizeof longest);
    longest[0] = longest[1] = 0;
    longest[2] = (char)((SENDER_INPUT_BYTES - 4) >> 8);
    longest[3] = (char)((SENDER_INPUT_BYTES - 4) & 0xff);
    static const char text[] = "{\"type_message\":1,\"payload\":null,\"next\":3}";
    memcpy(longest + 4, text, sizeof text - 1);
    connect_as(SOCK_STREAM, 3, 0);
    write_due();
    answer(longest, sizeof longest);
    assert_int_equal(read_answers(), 3);
    disconnect();
    connect_as(SOCK_STREAM, 3, 0);
    write_due();
    longest[3]++;
    answer(longest, 4);
    assert_false(sender_read(&sender, &shared, &acknowledged, &error));
    assert_string_equal(error.text, "agency 7, chunk 1: the answer to a chunk is too long");
}

static void a_connection_that_ends_is_named(void **state) {
    (void)state;
    uint64_t acknowledged;
    connect_as(SOCK_STREAM, 3, 0);
    shutdown(central, SHUT_WR);
    assert_false(sender_read(&sender, &shared, &acknowledged, &error));
    assert_string_equal(error.text, "agency 7, chunk 1: the central closed the connection");
    disconnect();
    connect_as(SOCK_STREAM, 3, 0);
    write_due(); // which the central has not read when it closes
    close(central);
    assert_false(sender_read(&sender, &shared, &acknowledged, &error));
    assert_string_equal(error.text, "agency 7: cannot read: Connection reset by peer");
    assert_error(&error, ERROR_NETWORK);
    sender_end(&sender); // as its other end is closed already
    connect_as(SOCK_STREAM, 3, 0);
    close(central);
    assert_false(sender_write(&sender, &shared, &error));
    assert_string_equal(error.text, "agency 7: cannot write: Broken pipe");
    assert_error(&error, ERROR_NETWORK);
    sender_end(&sender);
    central = -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(every_answer_counts_its_chunk),
        STORY(many_answers_at_once_are_all_read),
        STORY(an_answer_may_come_in_pieces),
        STORY(a_classic_central_says_nothing_of_positions),
        STORY(a_wrong_answer_is_named),
        STORY(an_answer_with_a_receipt_counts),
        STORY(an_answer_without_the_receipt_is_named),
        STORY(an_answer_to_nothing_is_named),
        STORY(an_answer_that_is_too_long_is_named),
        STORY(a_connection_that_ends_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
