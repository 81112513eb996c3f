// A transport carries bytes both ways, plain or by TLS, into whatever room there is.
// A client and a server talk in memory, with certificates of their own.
#include "tls_story.h"

#include "stream/limits.h"
#include "stream/transport.h"

enum { ROOM_BYTES = 256 * 1024 };

// One side of the conversation.
struct side {
    struct transport transport;
    struct output queued, out; // what it sends; what goes to the socket
    uint8_t heard[ROOM_BYTES];
    size_t heard_length, rooms; // rooms: how often it needed another one
    uint64_t handshake_ns;
};

static struct side client, server;

static int set_up(void **state) {
    (void)state;
    memset(&client, 0, sizeof client);
    memset(&server, 0, sizeof server);
    make_certificates_folder();
    make_contexts(DAY, DAY);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    struct side *sides[] = {&client, &server};
    for (int i = 0; i < 2; i++) {
        transport_free(&sides[i]->transport);
        output_free(&sides[i]->queued);
        output_free(&sides[i]->out);
    }
    return forget_certificates();
}

static void begin_plain(void) {
    transport_begin_plain(&client.transport, &client.out);
    transport_begin_plain(&server.transport, &server.out);
}

static void begin_tls(const char *host) {
    assert_true(transport_begin_tls(&client.transport, client_context, host, &client.out));
    assert_true(transport_begin_tls(&server.transport, server_context, NULL, &server.out));
    transport_start(&client.transport);
}

// What `from` has for the socket comes to `to`, which has rooms of `room` bytes.
static bool pass_in_rooms(struct side *from, struct side *to, size_t room) {
    static uint8_t encrypted[64 * 1024];
    size_t length, count;
    uint64_t handshake_ns;
    const uint8_t *bytes = output_gather(&from->out, encrypted, WRITE_BYTES_MAX, &length);
    if (length == 0) {
        return false;
    }
    memmove(encrypted, bytes, length);
    output_sent(&from->out, length);
    transport_came(&to->transport, encrypted, length, &handshake_ns);
    to->handshake_ns += handshake_ns;
    while (!transport_read(&to->transport, to->heard + to->heard_length, room, &count)) {
        assert_int_equal(count, room); // else there was no need for another one
        to->heard_length += count;
        to->rooms++;
    }
    to->heard_length += count;
    return true;
}

static bool pass(struct side *from, struct side *to) {
    return pass_in_rooms(from, to, WRITE_BYTES_MAX);
}

static void talk(void) {
    while (pass(&client, &server) || pass(&server, &client)) {
    }
}

// Sends so many bytes from one side to the other, which reads them in such rooms.
static void assert_carries(struct side *from, struct side *to, size_t bytes, size_t room) {
    static uint8_t sent[ROOM_BYTES];
    for (size_t i = 0; i < bytes; i++) {
        sent[i] = (uint8_t)(i * 7 + i / 256);
    }
    to->heard_length = 0;
    assert_true(output_refer(&from->queued, sent, bytes));
    while (from->queued.unsent > 0) {
        assert_true(transport_fill(&from->transport, &from->queued));
        while (pass_in_rooms(from, to, room)) {
        }
    }
    assert_int_equal(to->heard_length, bytes);
    assert_memory_equal(to->heard, sent, bytes);
}

static void assert_both_are(enum transport_state state) {
    assert_int_equal(transport_state(&client.transport), state);
    assert_int_equal(transport_state(&server.transport), state);
}

// Plain ---------------------------------------------------------------------------------------------------

static void plain_bytes_pass_as_they_are(void **state) {
    (void)state;
    begin_plain();
    assert_both_are(TRANSPORT_OPEN);
    assert_false(transport_is_secure(&client.transport));
    assert_null(transport_session(&server.transport));
    assert_carries(&client, &server, 100000, 1000);
    assert_carries(&server, &client, 1, 1000);
    transport_say_end(&client.transport);
    assert_true(transport_is_finished(&client.transport));
    assert_int_equal(client.out.unsent, 0); // it is the socket that ends
    assert_int_equal(server.handshake_ns, 0);
}

static void plain_bytes_that_are_in_their_room_already_stay_there_and_need_no_other(void **state) {
    (void)state;
    uint8_t room[] = "bets";
    size_t count;
    begin_plain();
    transport_came(&server.transport, room, 4, NULL);
    assert_int_equal(transport_state(&server.transport), TRANSPORT_OPEN);
    assert_true(transport_read(&server.transport, room, 4, &count));
    assert_int_equal(count, 4);
    assert_string_equal(room, "bets");
}

// TLS -----------------------------------------------------------------------------------------------------

static void with_tls_both_know_each_other_before_anything_passes(void **state) {
    (void)state;
    begin_tls("localhost");
    assert_both_are(TRANSPORT_OPENING);
    talk();
    assert_both_are(TRANSPORT_OPEN);
    assert_true(transport_is_secure(&server.transport));
    assert_string_equal(tls_session_identity(transport_session(&server.transport)), "7");
    assert_true(server.handshake_ns > 0);
    uint64_t before_ns = server.handshake_ns;
    assert_carries(&client, &server, 100000, 5000);
    assert_carries(&server, &client, 1, 5000);
    assert_int_equal(server.handshake_ns, before_ns); // it is over
}

static void what_does_not_fit_the_room_comes_with_the_next_one(void **state) {
    (void)state;
    begin_tls("localhost");
    talk();
    assert_carries(&client, &server, 30000, 1);
    assert_in_range(server.rooms, 30000, 40000);
    assert_carries(&client, &server, 30000, 29);
}

static void a_record_fits_one_write(void **state) {
    (void)state;
    static const uint8_t bets[100000];
    begin_tls("localhost");
    talk();
    assert_true(output_refer(&client.queued, bets, sizeof bets));
    assert_true(transport_fill(&client.transport, &client.queued));
    assert_int_equal(client.out.unsent, WRITE_BYTES_MAX);
    assert_true(pass(&client, &server));
    assert_int_equal(server.heard_length + client.queued.unsent, sizeof bets);
}

static void the_end_is_said_once_and_understood(void **state) {
    (void)state;
    begin_tls("localhost");
    talk();
    transport_say_end(&server.transport);
    size_t said = server.out.unsent;
    assert_true(said > 0);
    transport_say_end(&server.transport);
    assert_int_equal(server.out.unsent, said);
    talk();
    assert_int_equal(transport_state(&client.transport), TRANSPORT_ENDED);
    assert_true(transport_is_open(&server.transport));
}

static void who_has_heard_the_end_says_its_own_after_what_it_still_sends(void **state) {
    (void)state;
    begin_tls("localhost");
    talk();
    transport_say_end(&client.transport);
    talk();
    assert_int_equal(transport_state(&server.transport), TRANSPORT_ENDED);
    assert_carries(&server, &client, 1000, 1000);
    assert_int_equal(transport_state(&client.transport), TRANSPORT_OPEN);
    transport_say_end(&server.transport);
    talk();
    assert_both_are(TRANSPORT_ENDED);
}

static void who_is_not_who_was_asked_for_fails_and_says_why(void **state) {
    (void)state;
    begin_tls("elsewhere");
    talk();
    assert_both_are(TRANSPORT_FAILED);
    struct tls_session *session = transport_session(&client.transport);
    assert_string_equal(tls_failure_name(tls_session_failure(session)), "wrong_name");
    assert_true(client.heard_length == 0 && server.heard_length == 0);
}

static void who_does_not_speak_tls_fails_and_nothing_is_read(void **state) {
    (void)state;
    begin_tls("localhost");
    uint8_t request[] = "GET / HTTP/1.1\r\n\r\n";
    size_t count;
    transport_came(&server.transport, request, sizeof request, NULL);
    assert_int_equal(transport_state(&server.transport), TRANSPORT_FAILED);
    assert_true(transport_read(&server.transport, server.heard, ROOM_BYTES, &count));
    assert_int_equal(count, 0);
    assert_int_equal(tls_session_failure(transport_session(&server.transport)), TLS_NOT_TLS);
}

#define TRANSPORT_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TRANSPORT_TEST(plain_bytes_pass_as_they_are),
        TRANSPORT_TEST(plain_bytes_that_are_in_their_room_already_stay_there_and_need_no_other),
        TRANSPORT_TEST(with_tls_both_know_each_other_before_anything_passes),
        TRANSPORT_TEST(what_does_not_fit_the_room_comes_with_the_next_one),
        TRANSPORT_TEST(a_record_fits_one_write),
        TRANSPORT_TEST(the_end_is_said_once_and_understood),
        TRANSPORT_TEST(who_has_heard_the_end_says_its_own_after_what_it_still_sends),
        TRANSPORT_TEST(who_is_not_who_was_asked_for_fails_and_says_why),
        TRANSPORT_TEST(who_does_not_speak_tls_fails_and_nothing_is_read),
    };
    return cmocka_run_group_tests_name("transport", tests, NULL, NULL);
}
