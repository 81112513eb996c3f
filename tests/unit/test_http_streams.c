// Streams reach their readers, and one that is not read costs one piece and ends.
#include "http_story.h"

#define ASK "GET /fixed HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
#define ASK_STREAM "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"

static int listening(void) {
    int client = come();
    say(client, ASK_STREAM);
    hear_until(client, "\r\n\r\n");
    return client;
}

static void pieces_reach_a_reader(void **state) {
    (void)state;
    int client = listening();
    assert_heard("HTTP/1.1 200 ");
    assert_heard("\r\nContent-Type: text/event-stream\r\n");
    assert_heard("\r\nCache-Control: no-store\r\n");
    for (int i = 1; i <= 3; i++) {
        atomic_store(&pieces_given, i);
        hear_until(client, "eeeeee");
    }
    atomic_store(&streams_over, true);
    hear_all(client);
    assert_string_equal(heard, "0\r\n\r\n");
}

// A piece larger than what leaves at once, to a reader of either version.
static void a_large_piece_comes_whole(void **state) {
    (void)state;
    const char *const requests[] = {ASK_STREAM, "GET /stream HTTP/1.0\r\n\r\n"};
    atomic_store(&piece_bytes, 100000);
    atomic_store(&pieces_given, 1);
    atomic_store(&streams_over, true);
    for (size_t i = 0; i < 2; i++) {
        int client = come(), count = 0;
        say(client, requests[i]);
        hear_all(client);
        for (const char *text = strstr(heard, "\r\n\r\n"); *text != '\0'; text++) {
            count += *text == 'e' && text[1] != '\r'; // not the "e" of a chunk's size
            count += *text == 'e' && text[1] == '\r' && text[-1] == 'e';
        }
        assert_true(count >= 99990 && count <= 100010);
    }
}

static void what_a_reader_has_is_told(void **state) {
    (void)state;
    int client = listening();
    assert_string_equal(last_id_seen, "none");
    close(client);
    client = come();
    say(client, "GET /stream HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: ab-17\r\n\r\n");
    hear_until(client, "\r\n\r\n");
    assert_string_equal(last_id_seen, "ab-17");
    close(client);
}

// It is noticed although there is nothing to say to it.
static void a_reader_that_goes_is_noticed(void **state) {
    (void)state;
    int before = atomic_load(&streams_ended);
    close(listening());
    await_at_least(&streams_ended, before + 1);
}

static int start_impatient(void **state) {
    static const struct http_patience patience = {
        .request_ms = 60000, .idle_s = 60, .answer_ms = 60000, .stream_idle_s = 1};
    struct http_options options = story_options();
    (void)state;
    options.patience = &patience;
    start_with(&options);
    return 0;
}

// The system takes some pieces, and then no more are asked for: 64 KiB here, doubled (socket(7)), and what
// the reader's own system takes.
static void one_that_is_not_read_is_bounded_and_ends(void **state) {
    (void)state;
    int before = atomic_load(&streams_ended), small = 4096, client = come();
    assert_int_equal(setsockopt(client, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
    atomic_store(&pieces_asked, 0);
    atomic_store(&piece_bytes, 4096);
    atomic_store(&pieces_given, -1);
    say(client, ASK_STREAM);
    await_at_least(&streams_ended, before + 1);
    assert_true(atomic_load(&pieces_asked) >= 1);
    assert_true(atomic_load(&pieces_asked) * 4096 < 8 << 20);
    close(client);
}

// An idle stream is not ended by the patience with those that do not read.
static void one_that_has_nothing_to_say_goes_on(void **state) {
    (void)state;
    int client = listening(), before = atomic_load(&ticks);
    await_at_least(&ticks, before + 1500 / HTTP_TICK_MS);
    atomic_store(&pieces_given, 1);
    hear_until(client, "eeeeee");
    close(client);
}

static void the_end_of_the_server_ends_them(void **state) {
    (void)state;
    int quiet = listening(), unread = come();
    atomic_store(&piece_bytes, 65536);
    say(unread, ASK_STREAM);
    await_at_least(&streams_begun, 2);
    http_close(&http);
    hear_all(quiet);
    close(unread);
    assert_int_equal(atomic_load(&streams_begun), atomic_load(&streams_ended));
}

static void a_request_beside_them_is_answered(void **state) {
    (void)state;
    int client = listening();
    atomic_store(&pieces_given, -1);
    assert_int_equal(ask(ASK), 200);
    close(client);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pieces_reach_a_reader, start, stop),
        cmocka_unit_test_setup_teardown(a_large_piece_comes_whole, start, stop),
        cmocka_unit_test_setup_teardown(what_a_reader_has_is_told, start, stop),
        cmocka_unit_test_setup_teardown(a_reader_that_goes_is_noticed, start, stop),
        cmocka_unit_test_setup_teardown(one_that_is_not_read_is_bounded_and_ends, start_impatient, stop),
        cmocka_unit_test_setup_teardown(one_that_has_nothing_to_say_goes_on, start_impatient, stop),
        cmocka_unit_test_setup_teardown(the_end_of_the_server_ends_them, start, stop),
        cmocka_unit_test_setup_teardown(a_request_beside_them_is_answered, start, stop),
    };
    return cmocka_run_group_tests_name("http_streams", tests, NULL, NULL);
}
