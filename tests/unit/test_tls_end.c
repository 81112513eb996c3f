// The end that TLS tells comes to the service after all that came before it.
#include "connections_tls_story.h"

#include <poll.h>

enum { MANY = 400 };

// Says that many messages, and that no more will follow. The connection itself stays as it is, so that the
// server hears of the end from TLS alone, and all of it in one read.
static void say_and_end(const char *message, int count) {
    static char text[MANY * MESSAGE_BYTES + 1];
    for (int i = 0; i < count; i++) {
        memcpy(text + (size_t)i * MESSAGE_BYTES, message, MESSAGE_BYTES + 1);
    }
    say_secretly(text);
    tls_session_end(client);
    run();
}

// Until the server's socket takes more, or the client has something to hear, without which it never would.
static void wait_for_either(void) {
    struct pollfd ends[] = {{.fd = uv_backend_fd(&loop->uv), .events = POLLIN},
                            {.fd = peer->socket, .events = POLLIN}};
    (void)poll(ends, 2, uv_backend_timeout(&loop->uv));
}

static void hear_until_all_is_taken_in(void) {
    int large = 64 * 1024;
    setsockopt(peer->socket, SOL_SOCKET, SO_RCVBUF, &large, sizeof large);
    for (int i = 0; i < ROUNDS_MAX && seen.messages < MANY && peer->connection != NULL; i++) {
        hear();
        if (writer_is_waiting(&peer->connection->writer)) {
            wait_for_either();
        }
        uv_run(&loop->uv, UV_RUN_NOWAIT);
    }
}

static void it_comes_after_what_was_held_back_while_answers_waited(void **state) {
    (void)state;
    greet();
    shake_hands();
    say_and_end("s123456789", MANY);
    assert_true(seen.messages < MANY); // the rest is held back
    assert_int_equal(seen.ended, 0);
    hear_until_all_is_taken_in();
    assert_int_equal(seen.messages, MANY);
    if (seen.ended != 1) {
        fail_msg("all that was held back has come, and the service is never told of the end");
    }
}

static void it_comes_after_what_waited_for_the_service(void **state) {
    (void)state;
    greet();
    shake_hands();
    say_and_end("p123456789", 2);
    assert_int_equal(seen.messages, 1);
    assert_int_equal(seen.ended, 0);
    connection_resume(peer->connection); // and the second pauses it again
    assert_int_equal(seen.messages, 2);
    assert_int_equal(seen.ended, 1);
}

#define TLS_END_TEST(test) cmocka_unit_test_setup_teardown(test, set_up_tls, tear_down_tls)

int main(void) {
    const struct CMUnitTest tests[] = {
        TLS_END_TEST(it_comes_after_what_was_held_back_while_answers_waited),
        TLS_END_TEST(it_comes_after_what_waited_for_the_service),
    };
    return cmocka_run_group_tests_name("tls_end", tests, NULL, NULL);
}
