// A client's hellos are taken as real clients send them, and refused in parts, with an alert.
#include "tls_pair.h"

#include "tls/context_parts.h"

enum { CHAIN_BYTES_MAX = 12 * 1024 }; // docs/security.md

static void pass_all(void) {
    while (to_server.length + to_client.length > 0) {
        pass(&to_server, server);
        pass(&to_client, client);
    }
}

// From now on the client's first hello has a key that the server has no use for, and has to be repeated.
static void let_hellos_be_repeated(void) {
    assert_int_equal(SSL_CTX_set1_groups_list(server_context->ssl, "X25519"), 1);
    assert_int_equal(SSL_CTX_set1_groups_list(client_context->ssl, "P-256:X25519"), 1);
}

// What waits for the server, as two records of the handshake where it was one.
static void split_record(size_t at) {
    uint8_t *bytes = to_server.bytes + at;
    size_t length = (size_t)bytes[3] << 8 | bytes[4], first = 100;
    assert_int_equal(bytes[0], 22);
    assert_true(length > first);
    memmove(bytes + 5 + first + 5, bytes + 5 + first, to_server.length - at - 5 - first);
    memcpy(bytes + 5 + first, bytes, 3);
    bytes[5 + first + 3] = (uint8_t)((length - first) >> 8);
    bytes[5 + first + 4] = (uint8_t)(length - first);
    bytes[3] = 0;
    bytes[4] = (uint8_t)first;
    to_server.length += 5;
}

static void assert_refused(void) {
    assert_int_equal(tls_session_failure(server), TLS_PROTOCOL);
    assert_string_equal(tls_session_reason(server),
                        "the client's first message is not one whole ClientHello in one record");
}

static void one_in_parts_is_refused_with_an_alert(void **state) {
    (void)state;
    begin();
    split_record(0);
    pass(&to_server, server);
    assert_refused();
    assert_int_equal(to_client.length, 7);
    pass(&to_client, client);
    assert_int_equal(tls_session_failure(client), TLS_REFUSED);
    assert_non_null(strstr(tls_session_reason(client), "unexpected message"));
}

// None of its bytes goes to OpenSSL, whatever comes afterwards.
static void who_was_refused_is_not_listened_to(void **state) {
    (void)state;
    begin();
    struct pipe hello = to_server;
    split_record(0);
    pass(&to_server, server);
    to_client.length = 0;
    to_server = hello;
    pass(&to_server, server);
    assert_refused();
    assert_int_equal(to_client.length, 0);
}

static void one_that_is_repeated_is_taken(void **state) {
    (void)state;
    let_hellos_be_repeated();
    begin();
    pass(&to_server, server);
    pass(&to_client, client);
    assert_false(tls_session_is_open(client)); // but asked to say it again
    pass_all();
    assert_true(tls_session_is_open(client) && tls_session_is_open(server));
}

// Its first six bytes say that compatibility is meant (RFC 8446, appendix D.4).
static void one_that_is_repeated_in_parts_is_refused(void **state) {
    (void)state;
    let_hellos_be_repeated();
    begin();
    pass(&to_server, server);
    pass(&to_client, client);
    split_record(to_server.bytes[0] == 20 ? 6 : 0);
    pass(&to_server, server);
    assert_refused();
}

static void one_that_comes_byte_by_byte_is_taken(void **state) {
    (void)state;
    begin();
    struct pipe hello = to_server;
    for (size_t i = 0; i < hello.length; i++) {
        to_server.bytes[0] = hello.bytes[i];
        to_server.length = 1;
        pass(&to_server, server);
    }
    pass_all();
    assert_true(tls_session_is_open(client) && tls_session_is_open(server));
}

// The client shows as many certificates as there is room for in a message of that length.
static void lengthen_chain(size_t length) {
    X509 *own = SSL_CTX_get0_certificate(client_context->ssl);
    size_t each =
        (size_t)i2d_X509(own, NULL) + 5; // with its length, and extensions of none (RFC 8446, 4.4.2)
    for (size_t i = 1; i < (length - 4) / each; i++) {
        assert_int_equal(SSL_CTX_add1_chain_cert(client_context->ssl, own), 1);
    }
}

// The ticket, which the client then says in its hello, has them in it.
static void one_with_the_longest_ticket_is_taken(void **state) {
    (void)state;
    lengthen_chain(CHAIN_BYTES_MAX);
    for (int i = 0; i < 2; i++) {
        begin();
        assert_true(i == 0 || to_server.length > (size_t)CHAIN_BYTES_MAX - 1000);
        pass_all();
        assert_true(tls_session_is_open(client) && tls_session_is_open(server));
        assert_int_equal(tls_session_was_resumed(server), i == 1);
    }
}

static void certificates_that_are_too_long_are_refused(void **state) {
    (void)state;
    lengthen_chain(CHAIN_BYTES_MAX + 1000);
    begin();
    pass_all();
    assert_int_equal(tls_session_failure(server), TLS_PROTOCOL);
    assert_string_equal(tls_session_reason(server), "excessive message size");
}

#define HELLOS_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        HELLOS_TEST(one_in_parts_is_refused_with_an_alert),
        HELLOS_TEST(who_was_refused_is_not_listened_to),
        HELLOS_TEST(one_that_is_repeated_is_taken),
        HELLOS_TEST(one_that_is_repeated_in_parts_is_refused),
        HELLOS_TEST(one_that_comes_byte_by_byte_is_taken),
        HELLOS_TEST(one_with_the_longest_ticket_is_taken),
        HELLOS_TEST(certificates_that_are_too_long_are_refused),
    };
    return cmocka_run_group_tests_name("tls_hellos", tests, NULL, NULL);
}
