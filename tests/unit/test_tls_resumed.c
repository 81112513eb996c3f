// A TLS session is not resumed once a certificate, or the list of revoked ones, has expired.
// Client and server talk in memory, and the time of day is the test's.
#include "tls_pipe.h"
#include "tls_story.h"

#include "tls/context_parts.h"
#include "tls/session.h"

static int set_up(void **state) {
    (void)state;
    make_certificates_folder();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    return forget_certificates();
}

// Sessions ------------------------------------------------------------------------------------------------

static struct pipe to_server, to_client;
static struct tls_session *client, *server;
static const char *host = "localhost";

// A new connection, until neither side has anything more to say.
static void shake_hands(void) {
    to_server.length = to_client.length = 0;
    client = tls_session_new(client_context, host, put, &to_server);
    server = tls_session_new(server_context, NULL, put, &to_client);
    assert_true(client != NULL && server != NULL);
    tls_session_start(client);
    while (to_server.length + to_client.length > 0) {
        (void)pass(&to_server, server);
        (void)pass(&to_client, client);
    }
}

static void end(void) {
    tls_session_free(&client);
    tls_session_free(&server);
}

static void assert_speaks(void) {
    assert_true(tls_session_is_open(client) && tls_session_is_open(server));
    assert_true(tls_session_write(client, (const uint8_t *)"bets", 4));
    assert_int_equal(pass(&to_server, server), 4);
    assert_true(tls_session_write(server, (const uint8_t *)"acknowledged", 12));
    assert_int_equal(pass(&to_client, client), 12);
    assert_string_equal(tls_session_identity(server), "7");
    assert_string_not_equal(tls_session_serial(server), "");
}

// Both are good; so the next connection would go on with this session.
static void begin_session(time_t agency_good_for, time_t server_good_for) {
    make_contexts(agency_good_for, server_good_for);
    shake_hands();
    assert_speaks();
    assert_false(tls_session_was_resumed(server));
    end();
}

// In a handshake of its own: only that has an alert.
static void assert_refused(struct tls_session *by) {
    assert_false(tls_session_was_resumed(by));
    assert_string_equal(tls_failure_name(tls_session_failure(by)), "certificate_expired");
    assert_false(tls_session_is_open(by));
    assert_true(tls_failure_is_distrust(tls_session_failure(by)));
    assert_false(tls_session_write(by, (const uint8_t *)"winners", 7));
}

static void while_both_are_good_sessions_are_gone_on_with(void **state) {
    (void)state;
    begin_session(20 * MINUTE, 20 * MINUTE);
    for (int i = 0; i < 3; i++) {
        ahead += 5 * MINUTE;
        shake_hands();
        assert_true(tls_session_was_resumed(server) && tls_session_was_resumed(client));
        assert_speaks();
        end();
    }
}

static void an_agency_whose_certificate_has_expired_meanwhile_is_refused(void **state) {
    (void)state;
    begin_session(10 * MINUTE, DAY);
    ahead = 9 * MINUTE;
    shake_hands();
    assert_speaks();
    end();
    ahead = 11 * MINUTE;
    shake_hands();
    assert_refused(server);
    assert_true(tls_session_is_unwelcome(client));
    assert_non_null(strstr(tls_session_reason(client), "expired"));
    end();
}

// Its list of revoked certificates is a month old but for ten minutes.
static void make_contexts_and_list(void) {
    make_contexts(DAY, DAY);
    struct authority *authority;
    struct authority_opened opened;
    struct error error;
    ahead = -30 * DAY + 10 * MINUTE;
    assert_true(authority_open(folder, &authority, &opened, &error) &&
                authority_renew_list(authority, &error));
    authority_close(&authority);
    ahead = 0;
}

// As it was when the session began, nobody may come in any more.
static void with_a_list_that_has_expired_meanwhile_an_agency_is_refused(void **state) {
    (void)state;
    make_contexts_and_list();
    take_list();
    shake_hands();
    assert_speaks();
    end();
    ahead = 9 * MINUTE;
    shake_hands();
    assert_true(tls_session_was_resumed(server));
    assert_speaks();
    end();
    ahead = 11 * MINUTE;
    shake_hands();
    assert_false(tls_session_is_open(server));
    assert_non_null(strstr(tls_session_reason(server), "revocation list"));
    assert_string_equal(tls_failure_name(tls_session_failure(client)), "refused");
    end();
}

static void a_central_whose_certificate_has_expired_meanwhile_is_not_spoken_to(void **state) {
    (void)state;
    begin_session(DAY, 10 * MINUTE);
    ahead = 9 * MINUTE;
    shake_hands();
    assert_speaks();
    end();
    ahead = 11 * MINUTE;
    shake_hands();
    assert_refused(client);
    assert_string_equal(tls_failure_name(tls_session_failure(server)), "refused");
    end();
}

static void with_a_list_that_has_expired_meanwhile_a_central_is_not_spoken_to(void **state) {
    (void)state;
    make_contexts_and_list();
    tls_context_release(client_context);
    client_context = context_with(TLS_CLIENT, "agency", NULL, true);
    for (ahead = 0; ahead < 10 * MINUTE; ahead += 9 * MINUTE) {
        shake_hands();
        assert_int_equal(tls_session_was_resumed(client), ahead > 0);
        assert_speaks();
        end();
    }
    ahead = 11 * MINUTE;
    shake_hands();
    assert_false(tls_session_is_open(client));
    assert_non_null(strstr(tls_session_reason(client), "revocation list"));
    assert_string_equal(tls_failure_name(tls_session_failure(server)), "refused");
    end();
}

static void a_session_is_gone_on_with_for_an_hour(void **state) {
    (void)state;
    begin_session(DAY, DAY);
    ahead += 59 * MINUTE;
    shake_hands();
    assert_true(tls_session_was_resumed(server));
    end();
    ahead += 61 * MINUTE;
    shake_hands();
    assert_false(tls_session_was_resumed(server));
    assert_speaks();
    end();
}

// Only in a new handshake is it seen whether the certificate is for that name.
static void a_session_is_not_gone_on_with_under_another_name(void **state) {
    (void)state;
    begin_session(DAY, DAY);
    host = "elsewhere";
    shake_hands();
    assert_false(tls_session_was_resumed(client));
    assert_string_equal(tls_failure_name(tls_session_failure(client)), "wrong_name");
    end();
    host = "localhost";
    shake_hands();
    assert_true(tls_session_was_resumed(client)); // that one is still there
    end();
}

// A server that ends the connection once it is open, and says nothing: as one of an earlier version does when
// it refuses, or any that fails.
static void a_session_that_leads_to_nothing_twice_is_not_offered_again(void **state) {
    (void)state;
    begin_session(DAY, DAY);
    for (int i = 0; i < 6; i++) {
        shake_hands();
        assert_true(tls_session_is_open(client));
        assert_int_equal(tls_session_was_resumed(client), i % 3 != 2);
        end();
    }
}

// An agency that waits for the draw hears nothing on that connection until it is cut off; but each time it
// comes back it is answered first.
static void a_session_that_leads_to_something_in_between_is_offered_again(void **state) {
    (void)state;
    begin_session(DAY, DAY);
    for (int i = 0; i < 6; i++) {
        shake_hands();
        assert_true(tls_session_was_resumed(client));
        if (i % 2 == 1) {
            assert_speaks();
        }
        end();
    }
}

// The network has ended it: the session is as good as ever, and a full handshake costs the server more.
static void a_session_whose_handshake_was_cut_off_is_offered_again(void **state) {
    (void)state;
    begin_session(DAY, DAY);
    for (int i = 0; i < 3; i++) {
        to_server.length = to_client.length = 0;
        client = tls_session_new(client_context, host, put, &to_server);
        assert_non_null(client);
        tls_session_start(client);
        end();
    }
    shake_hands();
    assert_true(tls_session_was_resumed(client));
    end();
}

// A handshake that fails may fail because of what was offered.
static void a_session_whose_handshake_has_failed_twice_is_not_offered_again(void **state) {
    (void)state;
    static const uint8_t alert[] = {21, 3, 3, 0, 2, 2, 51}; // decrypt_error (RFC 8446, section 6)
    begin_session(DAY, DAY);
    for (int i = 0; i < 2; i++) {
        to_server.length = to_client.length = 0;
        client = tls_session_new(client_context, host, put, &to_server);
        assert_non_null(client);
        tls_session_start(client);
        (void)put(&to_client, alert, sizeof alert);
        (void)pass(&to_client, client);
        assert_string_equal(tls_failure_name(tls_session_failure(client)), "refused");
        end();
    }
    shake_hands();
    assert_false(tls_session_was_resumed(client));
    end();
}

// Many tickets --------------------------------------------------------------------------------------------

static int judged;
static bool is_good;

static bool count_judged(const char *identity) {
    (void)identity;
    judged++;
    return is_good;
}

static void put_number(uint8_t *at, size_t number) {
    at[0] = (uint8_t)(number >> 8);
    at[1] = (uint8_t)number;
}

static size_t number_at(const uint8_t *at) {
    return (size_t)at[0] << 8 | at[1];
}

static void add_to(uint8_t *at, size_t more) {
    put_number(at, number_at(at) + more);
}

enum {
    MESSAGE_LENGTH_AT =
        7, // its two lower bytes; the record's header is before it (RFC 8446, sections 4 and 5.1)
    SESSION_ID_AT = 5 + 4 + 2 + 32, // section 4.1.2
    BINDER_BYTES = 1 + 32           // of SHA-256, after its length
};

// The hello's tickets are its end (section 4.2.11): the length of the tickets, one with its own length and
// its age, the length of the binders, one of them. From now on it has that ticket so many times.
static void repeat_ticket(struct pipe *pipe, int times) {
    uint8_t *hello = pipe->bytes, *at = hello + SESSION_ID_AT;
    at += 1 + at[0];         // the session's
    at += 2 + number_at(at); // ciphers
    at += 1 + at[0];         // compression
    uint8_t *extensions = at;
    for (at += 2; number_at(at) != 41;) {
        at += 4 + number_at(at + 2);
    }
    uint8_t *extension = at + 2, *tickets = at + 4, *ticket = at + 6;
    size_t length = number_at(tickets), more = (size_t)(times - 1) * length,
           more_binders = (size_t)(times - 1) * BINDER_BYTES;
    uint8_t *binders = ticket + length;
    assert_int_equal(number_at(binders), BINDER_BYTES);
    assert_ptr_equal(binders + 2 + BINDER_BYTES, hello + pipe->length);
    memmove(binders + more, binders, 2 + BINDER_BYTES);
    for (int i = 1; i < times; i++) {
        memcpy(ticket + (size_t)i * length, ticket, length);
        memcpy(binders + more + 2 + (size_t)i * BINDER_BYTES, binders + more + 2, BINDER_BYTES);
    }
    add_to(binders + more, more_binders);
    add_to(tickets, more);
    uint8_t *const outer[] = {hello + 3, hello + MESSAGE_LENGTH_AT, extensions, extension};
    for (size_t i = 0; i < sizeof outer / sizeof *outer; i++) {
        add_to(outer[i], more + more_binders);
    }
    pipe->length += more + more_binders;
}

// Each costs as much as a certificate that is shown.
static void of_many_tickets_only_two_are_judged(void **state) {
    (void)state;
    make_contexts(DAY, DAY);
    server_context->rules.identity_is_good = count_judged;
    is_good = true;
    shake_hands();
    assert_speaks();
    end();
    for (int times = 1; times <= 8; times++) {
        to_server.length = to_client.length = judged = 0;
        is_good = false;
        client = tls_session_new(client_context, host, put, &to_server);
        server = tls_session_new(server_context, NULL, put, &to_client);
        assert_true(client != NULL && server != NULL);
        tls_session_start(client);
        repeat_ticket(&to_server, times);
        (void)pass(&to_server, server);
        assert_true(to_client.length > 0);
        assert_int_equal(tls_session_failure(server), TLS_NO_FAILURE); // it awaits the certificate
        assert_int_equal(judged, times < 2 ? times : 2);
        end();
    }
}

// It has the ticket in both.
static void a_session_is_gone_on_with_after_a_second_hello(void **state) {
    (void)state;
    make_contexts(DAY, DAY);
    assert_int_equal(SSL_CTX_set1_groups_list(server_context->ssl, "P-256"), 1);
    for (int i = 0; i < 3; i++) {
        shake_hands();
        assert_speaks();
        assert_int_equal(tls_session_was_resumed(server), i > 0);
        end();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(while_both_are_good_sessions_are_gone_on_with, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_agency_whose_certificate_has_expired_meanwhile_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_central_whose_certificate_has_expired_meanwhile_is_not_spoken_to,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(with_a_list_that_has_expired_meanwhile_an_agency_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(with_a_list_that_has_expired_meanwhile_a_central_is_not_spoken_to,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_session_that_leads_to_nothing_twice_is_not_offered_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_session_that_leads_to_something_in_between_is_offered_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_session_whose_handshake_was_cut_off_is_offered_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_session_whose_handshake_has_failed_twice_is_not_offered_again,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_many_tickets_only_two_are_judged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_session_is_gone_on_with_after_a_second_hello, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_session_is_gone_on_with_for_an_hour, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_session_is_not_gone_on_with_under_another_name, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("tls_resumed", tests, NULL, NULL);
}
