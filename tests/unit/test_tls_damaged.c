// A byte that was changed on its way is not told as plain text, once TLS has been heard.
// For plain text an agency gives up, and for damage it comes again (agency/trust.h).
#include "tls_pair.h"

enum { LEAST_RECORDS = 4, RECORD_HEADER_BYTES = 5 }; // of each side, in a handshake with certificates

// Changes a byte of the headers of the record that is `left` records ahead. Returns whether it is in the
// pipe; otherwise there are as many fewer to go.
static bool damage(struct pipe *pipe, int *left, size_t place, uint8_t value) {
    for (size_t at = 0; at < pipe->length; (*left)--) {
        if (*left == 0) {
            pipe->bytes[at + place] = value;
            *left = -1;
            return true;
        }
        at += RECORD_HEADER_BYTES + ((size_t)pipe->bytes[at + 3] << 8 | pipe->bytes[at + 4]);
    }
    return false;
}

// Shakes hands while a byte of one record's header is changed. The failure of whoever gets it; TLS_FAILURES:
// there is no such record.
static enum tls_failure failure_of(bool is_servers, int record, size_t place, uint8_t value) {
    bool damaged = false;
    begin();
    while (to_server.length + to_client.length > 0) {
        damaged = damaged || damage(is_servers ? &to_client : &to_server, &record, place, value);
        pass(&to_server, server);
        damaged = damaged || (is_servers && damage(&to_client, &record, place, value));
        pass(&to_client, client);
    }
    return damaged ? tls_session_failure(is_servers ? client : server) : TLS_FAILURES;
}

static void assert_told_as(bool is_servers, size_t place, uint8_t value) {
    int record = 1;
    for (enum tls_failure failure; (failure = failure_of(is_servers, record, place, value)) != TLS_FAILURES;
         record++) {
        if (failure != TLS_PROTOCOL && failure != TLS_NO_FAILURE) { // a length may have it wait for more
            fail_msg("record %d of the %s, byte %zu: %s (%s)", record, is_servers ? "server" : "client",
                     place, tls_failure_name(failure), tls_session_reason(is_servers ? client : server));
        }
    }
    assert_true(record >= LEAST_RECORDS);
}

static void in_what_the_server_says(void **state) {
    (void)state;
    assert_told_as(true, 1, 'x');
    assert_told_as(true, 3, 0xff);
}

static void in_what_the_client_says(void **state) {
    (void)state;
    assert_told_as(false, 1, 'x');
    assert_told_as(false, 3, 0xff);
}

// With the first record it cannot be told apart.
static void in_what_comes_first_it_looks_like_plain_text(void **state) {
    (void)state;
    for (int is_servers = 0; is_servers < 2; is_servers++) {
        assert_int_equal(failure_of(is_servers == 1, 0, 1, 'x'), TLS_NOT_TLS);
    }
}

#define DAMAGED_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        DAMAGED_TEST(in_what_the_server_says),
        DAMAGED_TEST(in_what_the_client_says),
        DAMAGED_TEST(in_what_comes_first_it_looks_like_plain_text),
    };
    return cmocka_run_group_tests_name("tls_damaged", tests, NULL, NULL);
}
