// From a client that does not read its answers no more is read than there is room to answer.
#include "connections_story.h"

#include <errno.h>
#include <stdlib.h>

enum { MANY = 400, MAY_WAIT_BYTES = 16 * 1024, LOOKS_MAX = 100000 };

// Reads what comes until there are so many bytes, or the end. Returns how many there were.
static size_t read_bytes(const struct peer *peer, size_t wanted, bool *ended) {
    static uint8_t bytes[16 * 1024];
    size_t total = 0;
    *ended = false;
    for (int i = 0; i < LOOKS_MAX && total < wanted && !*ended; i++) {
        ssize_t length = recv(peer->socket, bytes, sizeof bytes, MSG_DONTWAIT);
        assert_true(length >= 0 || errno == EAGAIN);
        total += length > 0 ? (size_t)length : 0;
        *ended = length == 0;
        uv_run(&loop->uv, UV_RUN_NOWAIT);
    }
    return total;
}

static struct peer *ask_for_many_answers(const char *last) {
    static char text[(MANY + 1) * MESSAGE_BYTES + 1];
    text[0] = '\0';
    for (int i = 0; i < MANY; i++) {
        memcpy(text + (size_t)i * MESSAGE_BYTES, "s123456789", MESSAGE_BYTES + 1);
    }
    strcpy(text + (size_t)MANY * MESSAGE_BYTES, last);
    return say(come(), text);
}

static void while_its_answers_wait_nothing_more_is_taken_in(void **state) {
    (void)state;
    struct peer *peer = ask_for_many_answers("");
    if (seen.most_unsent > MAY_WAIT_BYTES) {
        fail_msg("more was taken in while %zu bytes waited to leave", seen.most_unsent);
    }
    assert_true(seen.most_unsent + SHORT_ANSWER_BYTES > MAY_WAIT_BYTES); // that much may
    assert_true(seen.messages < MANY);
    assert_false(peer->connection->is_reading);
    int before = seen.messages;
    say(peer, "x123456789");
    assert_int_equal(seen.messages, before);
}

static void what_came_before_is_taken_in_as_they_leave(void **state) {
    (void)state;
    bool ended;
    struct peer *peer = ask_for_many_answers("");
    size_t length = read_bytes(peer, MANY * SHORT_ANSWER_BYTES, &ended);
    if (length != MANY * SHORT_ANSWER_BYTES) {
        fail_msg("of %d answers came %zu, and then none", MANY, length / SHORT_ANSWER_BYTES);
    }
    assert_int_equal(seen.messages, MANY);
    assert_true(seen.most_unsent <= MAY_WAIT_BYTES);
    say(peer, "s123456789"); // and it is read again
    assert_int_equal(read_bytes(peer, SHORT_ANSWER_BYTES, &ended), SHORT_ANSWER_BYTES);
}

static void the_end_comes_behind_the_last_answer(void **state) {
    (void)state;
    bool ended;
    struct peer *peer = ask_for_many_answers("f123456789");
    size_t length = read_bytes(peer, SIZE_MAX, &ended);
    if (!ended || length != MANY * SHORT_ANSWER_BYTES) {
        fail_msg("of %d answers came %zu, %s", MANY, length / SHORT_ANSWER_BYTES,
                 ended ? "and the end" : "and no end");
    }
    assert_int_equal(peer->connection->stage, STAGE_LINGERING);
    say(peer, "s123456789"); // what nobody wants any more
    assert_int_equal(seen.messages, MANY + 1);
    close(peer->socket);
    peer->socket = -1;
    run();
    assert_null(peer->connection);
}

static void while_the_service_pauses_nothing_comes_to_it(void **state) {
    (void)state;
    bool ended;
    struct peer *peer = say(come(), "p123456789s123456789s12");
    assert_int_equal(seen.messages, 1);
    assert_false(peer->connection->is_reading);
    say(peer, "3456789");
    assert_int_equal(seen.messages, 1);
    connection_resume(peer->connection);
    assert_int_equal(seen.messages, 2);     // what came before the pause, at once
    connections_settle(&loop->connections); // as at the end of every callback
    run();
    assert_int_equal(seen.messages, 3);
    assert_true(peer->connection->is_reading);
    assert_int_equal(read_bytes(peer, 2 * SHORT_ANSWER_BYTES, &ended), 2 * SHORT_ANSWER_BYTES);
}

// With the end of the callback in which it is asked for.
static void a_pause_is_at_once(void **state) {
    (void)state;
    struct peer *peer = say(come(), "x123456789");
    connection_pause(peer->connection);
    connections_settle(&loop->connections);
    assert_false(peer->connection->is_reading);
    assert_int_equal(peer->connection->waits_for, WATCH_BUSY); // its silence is our doing
}

// The kernel takes all answers at once, and the last message is taken in behind them.
static void who_has_its_answers_is_waited_for_as_any_other(void **state) {
    (void)state;
    int descriptor, large = 1024 * 1024;
    char text[18 * MESSAGE_BYTES + 1] = "";
    for (int i = 0; i < 17; i++) {
        strcat(text, "s123456789");
    }
    struct peer *peer = come();
    assert_int_equal(uv_fileno((uv_handle_t *)&peer->connection->socket, &descriptor), 0);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &large, sizeof large);
    say(peer, strcat(text, "x123456789"));
    assert_int_equal(seen.messages, 18);
    assert_int_equal(peer->connection->writer.out.unsent, 0);
    assert_int_equal(peer->connection->waits_for, WATCH_IDLE);
}

#define BACK_PRESSURE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        BACK_PRESSURE_TEST(while_its_answers_wait_nothing_more_is_taken_in),
        BACK_PRESSURE_TEST(what_came_before_is_taken_in_as_they_leave),
        BACK_PRESSURE_TEST(the_end_comes_behind_the_last_answer),
        BACK_PRESSURE_TEST(while_the_service_pauses_nothing_comes_to_it),
        BACK_PRESSURE_TEST(a_pause_is_at_once),
        BACK_PRESSURE_TEST(who_has_its_answers_is_waited_for_as_any_other),
    };
    return cmocka_run_group_tests_name("back_pressure", tests, NULL, NULL);
}
