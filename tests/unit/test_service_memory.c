// Without memory a connection ends or goes without limits, and nobody is taken for told.
// Its connections are only a struct here, its ledger passes everything. Each allocation of the service fails
// in turn.
#include "service_story.h"

#include "allocations.h"

#include "service/lottery/request.h"

#define CHUNK "{\"type_message\":1,\"agency\":3,\"payload\":[\"A,B,1,2000-01-01,7\"]}"

static void fail_from_now_on(int until_failure) {
    allocations = (struct allocations){.counted = true, .until_failure = until_failure};
}

// Whether an allocation has failed.
static bool stop_failing(void) {
    bool failed = allocations.until_failure == 0;
    allocations = (struct allocations){.counted = false};
    return failed;
}

static void a_loop_that_cannot_begin_leaves_nothing(void **state) {
    (void)state;
    struct loop other = {.state = calloc(1, lottery_handler.loop_bytes)};
    bool begun = false;
    for (int failing = 1; !begun; failing++) {
        struct error error;
        error_clear(&error);
        fail_from_now_on(failing);
        begun = lottery_handler.loop_started(&other, other.state, lottery, &error);
        bool failed = stop_failing();
        assert_int_equal(failed, !begun);
        assert_error(&error, begun ? ERROR_NONE : ERROR_NO_MEMORY);
        lottery_handler.loop_ended(&other, other.state); // also of one that has not begun
        assert_true(failing < 20);
        if (begun) {
            assert_true(failing > 4);
        }
    }
    free(other.state);
}

// Each of what a message needs is missing once: it is answered, or its connection ends.
static void a_message_is_answered_or_its_connection_ends(void **state) {
    (void)state;
    static const char *const texts[] = {CHUNK, "{\"type_message\":9,\"agency\":3}",
                                        "{\"type_message\":3,\"agency\":3,\"wait\":false}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        bool failed = true;
        for (int failing = 1; failed; failing++) {
            uint8_t frame[256 + JSON_PADDING_BYTES] = {0};
            size_t length = strlen(texts[i]);
            connection_count--; // the one before is gone
            struct connection *connection = connections[connection_count];
            *connection = (struct connection){.state = connection->state, .open = true, .source = 1};
            memset(connection->state, 0, lottery_handler.connection_bytes);
            lottery_handler.opened(connection);
            connection_count++;
            frame_write_header(frame, length);
            memcpy(frame + FRAME_HEADER_BYTES, texts[i], length);
            fail_from_now_on(failing);
            (void)lottery_handler.received(connection, frame, FRAME_HEADER_BYTES + length);
            failed = stop_failing();
            pass();
            assert_int_equal(connection->open, connection->sent_length > 0);
            if (connection->open) {
                connection_abort(connection);
            }
            assert_int_equal(connection->holds, 0);
            assert_int_equal(connection->charged, 0);
            assert_true(failing < 20);
        }
    }
}

static void who_cannot_be_told_that_it_is_refused_ends(void **state) {
    struct connection *connection = *state;
    uint8_t header[FRAME_HEADER_BYTES];
    frame_write_header(header, MESSAGE_BYTES_MAX + 1);
    fail_from_now_on(1);
    assert_int_equal(lottery_handler.received(connection, header, sizeof header), sizeof header);
    assert_true(stop_failing());
    assert_false(connection->open);
    assert_int_equal(worker.count, 0);
}

static void a_list_that_has_no_room_ends_the_connection(void **state) {
    struct connection *connection = *state;
    say_text(connection, "{\"type_message\":1,\"agency\":3,\"first\":0,\"stored\":0,\"payload\":[]}");
    last_request()->answer.pieces = calloc(1, sizeof *last_request()->answer.pieces);
    last_request()->answer.piece_count = 1;
    fail_from_now_on(1);
    pass();
    assert_true(stop_failing());
    assert_false(connection->open);
    assert_int_equal(connection->sent_length, 0);
}

static void who_cannot_be_held_is_not(void **state) {
    struct connection *connection = *state, *other = come(2);
    consult(connection, 3);
    fail_from_now_on(1);
    pass();
    assert_true(stop_failing());
    assert_false(connection->open);
    consult(other, 4); // others are
    pass();
    assert_true(lottery_handler.owes_answer(other));
    draw(4, 1);
    pass();
    assert_true(was_sent(other, "0123456789ABCDEF"));
    assert_int_equal(connection->sent_length, 0);
}

static void of_whom_it_is_not_known_that_its_winners_arrive_it_asks_again(void **state) {
    struct connection *connection = *state;
    draw(3, 1);
    consult(connection, 3);
    fail_from_now_on(1);
    pass();
    assert_true(stop_failing());
    assert_false(connection->open); // or it would wait, and never be told
    assert_false(connection->awaits_arrival);
    pass();
    assert_int_equal(told[3], 0);
}

static void what_has_arrived_need_not_be_recorded(void **state) {
    struct connection *connection = *state;
    draw(3, 1);
    consult(connection, 3);
    pass();
    request_free_spares(loop.state); // with one of them no memory would be needed
    fail_from_now_on(1);
    arrive(connection);
    assert_true(stop_failing());
    assert_int_equal(worker.count, 0);
    assert_true(connection->open);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(a_loop_that_cannot_begin_leaves_nothing),
        STORY(a_message_is_answered_or_its_connection_ends),
        STORY(who_cannot_be_told_that_it_is_refused_ends),
        STORY(a_list_that_has_no_room_ends_the_connection),
        STORY(who_cannot_be_held_is_not),
        STORY(of_whom_it_is_not_known_that_its_winners_arrive_it_asks_again),
        STORY(what_has_arrived_need_not_be_recorded),
    };
    log_set_level(LOG_LEVEL_CRITICAL);
    return cmocka_run_group_tests_name("service_memory", tests, NULL, NULL);
}
