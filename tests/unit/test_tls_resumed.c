// In a TLS session that is gone on with neither side is believed longer than its certificate is good.
// Client and server talk in memory, and the time of day is the test's.
#include "cmocka_all.h"

#include "keys/authority.h"
#include "tls/context.h"
#include "tls/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MINUTE = 60, DAY = 24 * 60 * MINUTE };

static time_t ahead; // of the real time of day

// In place of the C library's, also for OpenSSL, which holds certificates against it.
time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec += ahead;
    if (result != NULL) {
        *result = now.tv_sec;
    }
    return now.tv_sec;
}

// Certificates --------------------------------------------------------------------------------------------

static char folder[64];
static struct tls_context *server_context, *client_context;

static void issue(const char *name, const char *names, bool is_server, time_t good_for) {
    struct authority *authority;
    struct authority_opened opened;
    struct error error;
    bool made;
    ahead = good_for - DAY;
    assert_true(authority_open(folder, &authority, &opened, &error));
    struct certificate_request request = {name, names, is_server, 1};
    assert_true(authority_issue(authority, &request, &made, &error) && made);
    authority_close(&authority);
    ahead = 0;
}

static struct tls_context *context_of(enum tls_role role, const char *name, const char *prefix) {
    char certificate[128], key[128], authority[128];
    struct tls_context *context;
    struct error error;
    snprintf(certificate, sizeof certificate, "%s/%s.crt", folder, name);
    snprintf(key, sizeof key, "%s/%s.key", folder, name);
    snprintf(authority, sizeof authority, "%s/ca.crt", folder);
    struct tls_options options = {
        .certificate = certificate, .key = key, .authority = authority, .identity_prefix = prefix};
    if (!tls_context_new(role, &options, &context, &error)) {
        fail_msg("%s", error.text);
    }
    return context;
}

// An agency and a central whose certificates are good for so many seconds from now on.
static void make_contexts(time_t agency_good_for, time_t server_good_for) {
    ahead = -10 * DAY; // the authority is there before either of them
    struct authority *authority;
    struct authority_opened opened;
    struct error error;
    assert_true(authority_open(folder, &authority, &opened, &error));
    authority_close(&authority);
    issue("agency", "URI:urn:quiniela:agency:7", false, agency_good_for);
    issue("server", "DNS:localhost", true, server_good_for);
    client_context = context_of(TLS_CLIENT, "agency", NULL);
    server_context = context_of(TLS_SERVER, "server", "urn:quiniela:agency:");
}

static int set_up(void **state) {
    (void)state;
    strcpy(folder, "/tmp/test_tls_resumed.XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int tear_down(void **state) {
    (void)state;
    char command[128];
    tls_context_release(client_context);
    tls_context_release(server_context);
    client_context = server_context = NULL;
    ahead = 0;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

// Sessions ------------------------------------------------------------------------------------------------

struct pipe {
    uint8_t bytes[64 * 1024];
    size_t length;
};

static struct pipe to_server, to_client;
static struct tls_session *client, *server;

static bool put(void *context, const uint8_t *bytes, size_t length) {
    struct pipe *pipe = context;
    assert_true(pipe->length + length <= sizeof pipe->bytes);
    memcpy(pipe->bytes + pipe->length, bytes, length);
    pipe->length += length;
    return true;
}

// What is in the pipe comes to the session. Returns how many bytes of the other side's own that were.
static size_t pass(struct pipe *pipe, struct tls_session *session) {
    uint8_t room[1024];
    size_t plain = 0;
    ssize_t count;
    size_t length = pipe->length;
    uint8_t *bytes = malloc(length + 1);
    assert_non_null(bytes);
    memcpy(bytes, pipe->bytes, length);
    pipe->length = 0;
    tls_session_feed(session, bytes, length);
    while ((count = tls_session_read(session, room, sizeof room)) > 0) {
        plain += (size_t)count;
    }
    free(bytes);
    return plain;
}

// A new connection, until neither side has anything more to say.
static void shake_hands(void) {
    to_server.length = to_client.length = 0;
    client = tls_session_new(client_context, "localhost", put, &to_server);
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

static void assert_refused(struct tls_session *by) {
    assert_true(tls_session_was_resumed(by)); // else the certificate was shown again, and looked at
    assert_string_equal(tls_failure_name(tls_session_failure(by)), "certificate_expired");
    assert_false(tls_session_is_open(by));
    assert_true(tls_failure_is_of_certificate(tls_session_failure(by)));
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
    end();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(while_both_are_good_sessions_are_gone_on_with, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_agency_whose_certificate_has_expired_meanwhile_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_central_whose_certificate_has_expired_meanwhile_is_not_spoken_to,
                                        set_up, tear_down),
    };
    return cmocka_run_group_tests_name("tls_resumed", tests, NULL, NULL);
}
