// For a TLS session that waits OpenSSL keeps at most 17 KiB, and otherwise no more than is counted.
// The peer can still be judged again. Client and server talk in memory, each client from a handshake of its
// own or by resuming.
#include "tls_pipe.h"
#include "tls_story.h"

#include "tls/context_parts.h"
#include "tls/session.h"

#include <malloc.h>
#include <openssl/crypto.h>

// Of the 19 KiB of a connection, the rest being ours. OpenSSL cannot do with less than 14: 7.4 are its SSL,
// and 1.9 two keys of AES. Resumed, it has another 1.9 of the handshake. The peer's certificate, if kept as
// OpenSSL's objects, would be 4 more, and so would its authority's.
enum { BYTES_MAX = 17 * 1024, SESSIONS = 50, HEAP_UNIT = 16, HEAP_LEAST = 32, HEAP_OWN = 8 };

// OpenSSL's memory, which it asks of these ---------------------------------------------------------------

static size_t bytes_in_use;

// What the heap takes for a block.
static size_t taken(const void *block) {
    size_t bytes =
        (malloc_usable_size((void *)(uintptr_t)block) + HEAP_OWN + HEAP_UNIT - 1) / HEAP_UNIT * HEAP_UNIT;
    return bytes < HEAP_LEAST ? HEAP_LEAST : bytes;
}

static void counted_free(void *block, const char *file, int line) {
    (void)file, (void)line;
    if (block != NULL) {
        bytes_in_use -= taken(block);
        free(block);
    }
}

static void *counted_realloc(void *block, size_t size, const char *file, int line) {
    if (size == 0) {
        counted_free(block, file, line);
        return NULL;
    }
    size_t before = block == NULL ? 0 : taken(block);
    void *other = realloc(block, size);
    if (other != NULL) {
        bytes_in_use += taken(other) - before;
    }
    return other;
}

static void *counted_malloc(size_t size, const char *file, int line) {
    return counted_realloc(NULL, size, file, line);
}

// The sessions --------------------------------------------------------------------------------------------

struct ends {
    struct tls_session *client, *server;
    struct pipe to_server, to_client;
};

static void pass_all(struct ends *ends) {
    while (ends->to_server.length + ends->to_client.length > 0) {
        pass(&ends->to_server, ends->server);
        pass(&ends->to_client, ends->client);
    }
}

// A session that is open, and has carried something both ways. The caller ends it.
static void open_ends(struct ends *ends, struct tls_context *context) {
    static const uint8_t words[1000];
    ends->to_server.length = ends->to_client.length = 0;
    ends->client = tls_session_new(context, "localhost", put, &ends->to_server);
    ends->server = tls_session_new(server_context, NULL, put, &ends->to_client);
    assert_true(ends->client != NULL && ends->server != NULL);
    tls_session_start(ends->client);
    pass_all(ends);
    assert_true(tls_session_is_open(ends->server) && tls_session_is_open(ends->client));
    assert_true(tls_session_write(ends->client, words, sizeof words));
    assert_int_equal(pass(&ends->to_server, ends->server), sizeof words);
    assert_true(tls_session_write(ends->server, words, 100));
    assert_int_equal(pass(&ends->to_client, ends->client), 100);
}

// What each of many servers' sessions takes, while its client's is gone.
static size_t bytes_a_session(bool resumed) {
    static struct tls_session *held[SESSIONS];
    static struct ends ends;
    struct tls_context *own = NULL;
    size_t before = 0;
    for (int i = -3; i < SESSIONS; i++) { // some first, for what is made once
        if (i == 0) {
            before = bytes_in_use;
        }
        if (!resumed) {
            own = context_of(TLS_CLIENT, "agency", NULL);
        }
        open_ends(&ends, resumed ? client_context : own);
        assert_int_equal(tls_session_was_resumed(ends.server), resumed && i > -3);
        tls_session_free(&ends.client);
        tls_context_release(own);
        own = NULL;
        if (i >= 0) {
            held[i] = ends.server;
        } else {
            tls_session_free(&ends.server);
        }
    }
    size_t bytes = (bytes_in_use - before) / SESSIONS;
    for (int i = 0; i < SESSIONS; i++) {
        tls_session_free(&held[i]);
    }
    return bytes;
}

static void a_session_takes_little(void **state) {
    (void)state;
    for (int resumed = 0; resumed < 2; resumed++) {
        size_t bytes = bytes_a_session(resumed == 1);
        print_message("%s: %zu bytes a session\n", resumed ? "resumed" : "with a handshake of its own",
                      bytes);
        if (bytes > BYTES_MAX) {
            fail_msg("a session takes %zu bytes, and may take %d", bytes, (int)BYTES_MAX);
        }
    }
}

// Sessions that have not all that they wait for ------------------------------------------------------------

enum { LONG_BYTES = 15 * 1000, NAME_BYTES = 250 };

// The client's hello gets that much longer.
static void lengthen_hello(int bytes) {
    static uint8_t names[LONG_BYTES];
    for (int at = 0; at < bytes; at += NAME_BYTES) {
        memset(names + at, 'n', NAME_BYTES);
        names[at] = NAME_BYTES - 1;
    }
    assert_int_equal(SSL_CTX_set_alpn_protos(client_context->ssl, names, (unsigned)bytes), 0);
}

// The client shows its certificate that many times more.
static void lengthen_chain(int count) {
    for (int i = 0; i < count; i++) {
        X509 *own = SSL_CTX_get0_certificate(client_context->ssl);
        assert_int_equal(SSL_CTX_add1_chain_cert(client_context->ssl, own), 1);
    }
}

// Gives the server the first bytes of what waits for it. Less than one: all without that many at the end.
static void pass_part(struct ends *ends, int length) {
    size_t whole = ends->to_server.length;
    ends->to_server.length = length > 0 ? (size_t)length : whole - (size_t)-length;
    assert_in_range(ends->to_server.length, 1, whole);
    pass(&ends->to_server, ends->server);
}

static void begin_ends(struct ends *ends) {
    ends->to_server.length = ends->to_client.length = 0;
    ends->client = tls_session_new(client_context, "localhost", put, &ends->to_server);
    ends->server = tls_session_new(server_context, NULL, put, &ends->to_client);
    assert_true(ends->client != NULL && ends->server != NULL);
    tls_session_start(ends->client);
}

// What the server's session takes may not be more than what is counted for it.
static void assert_counted(struct ends *ends, const char *what, size_t least) {
    size_t counted = tls_session_held(ends->server);
    assert_true(least == 0 ? counted == 0 : counted >= least);
    tls_session_free(&ends->client);
    size_t with = bytes_in_use;
    tls_session_free(&ends->server);
    size_t bytes = with - bytes_in_use;
    print_message("%s: %zu bytes, %zu are counted\n", what, bytes, counted);
    if (bytes > BYTES_MAX + counted) {
        fail_msg("%s, a session takes %zu bytes, and what is counted is %zu", what, bytes, counted);
    }
}

static void stop_in_hello(const char *what, int length) {
    struct ends ends;
    begin_ends(&ends);
    pass_part(&ends, length);
    assert_int_equal(tls_session_failure(ends.server), TLS_NO_FAILURE);
    assert_counted(&ends, what, TLS_HANDSHAKE_BYTES);
}

static void stop_in_certificates(const char *what, int length, enum tls_failure failure) {
    struct ends ends;
    begin_ends(&ends);
    pass(&ends.to_server, ends.server);
    pass(&ends.to_client, ends.client);
    assert_true(tls_session_is_open(ends.client));
    pass_part(&ends, length);
    assert_int_equal(tls_session_failure(ends.server), failure);
    assert_counted(&ends, what, TLS_HANDSHAKE_BYTES);
}

// Having been asked to repeat its hello.
static void stop_in_second_hello(const char *what, int length) {
    struct ends ends;
    assert_int_equal(SSL_CTX_set1_groups_list(server_context->ssl, "X25519"), 1);
    assert_int_equal(SSL_CTX_set1_groups_list(client_context->ssl, "P-256:X25519"), 1);
    begin_ends(&ends);
    pass(&ends.to_server, ends.server);
    pass(&ends.to_client, ends.client);
    assert_false(tls_session_is_open(ends.client));
    pass_part(&ends, length);
    assert_int_equal(tls_session_failure(ends.server), TLS_NO_FAILURE);
    assert_counted(&ends, what, TLS_HANDSHAKE_BYTES);
}

static void a_handshake_takes_no_more_than_is_counted(void **state) {
    (void)state;
    struct ends ends;
    begin_ends(&ends);
    assert_counted(&ends, "before the first byte", 0);
    stop_in_hello("with the first byte of a hello", 1);
    stop_in_hello("with half a hello", 100);
    stop_in_certificates("in the middle of certificates", -1, TLS_NO_FAILURE);
    lengthen_hello(LONG_BYTES);
    stop_in_hello("with all of a long hello but its last byte", -1);
    stop_in_certificates("after a long hello, in the middle of certificates", 1000, TLS_NO_FAILURE);
    stop_in_certificates("after a long hello, at the end of certificates", -1, TLS_NO_FAILURE);
    stop_in_second_hello("in the middle of a long second hello", -1);
}

// OpenSSL would take 100 KiB of them, and 128 of a hello.
static void a_handshake_makes_no_room_for_what_is_only_announced(void **state) {
    (void)state;
    static const uint8_t much[5 + 16384] = {22, 3, 1, 0x40, 0, 1, 1, 0xff, 0xff, 3, 3};
    struct ends ends;
    begin_ends(&ends);
    memcpy(ends.to_server.bytes, much, sizeof much);
    ends.to_server.length = sizeof much;
    pass(&ends.to_server, ends.server);
    assert_int_equal(tls_session_failure(ends.server), TLS_PROTOCOL);
    assert_counted(&ends, "with a part of a hello of 128 KiB", TLS_HANDSHAKE_BYTES);
    lengthen_chain(20);
    stop_in_certificates("in the middle of long certificates", -1, TLS_NO_FAILURE);
    lengthen_chain(80);
    stop_in_certificates("in the middle of too long certificates", 17000, TLS_PROTOCOL);
}

static void a_part_of_a_record_is_counted(void **state) {
    (void)state;
    static const uint8_t words[16 * 1024];
    static const int lengths[] = {1, 5, 6, -1};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct ends ends;
        open_ends(&ends, client_context);
        assert_int_equal(tls_session_held(ends.server), 0);
        assert_true(tls_session_write(ends.client, words, sizeof words));
        pass_part(&ends, lengths[i]);
        assert_counted(&ends, "with a part of a record", TLS_PART_BYTES);
    }
}

// By what it has shown, whether it showed it now or when an earlier session began.
static void a_peer_is_judged_again(void **state) {
    (void)state;
    struct ends ends;
    for (int i = 0; i < 2; i++) {
        open_ends(&ends, client_context);
        assert_int_equal(tls_session_was_resumed(ends.server), i == 1);
        struct tls_context *renewed = context_of(TLS_SERVER, "server", "urn:quiniela:agency:");
        assert_true(tls_session_judge_again(ends.server, renewed));
        assert_true(tls_session_is_judged_by(ends.server, renewed));
        struct tls_context *other = context_of(TLS_SERVER, "server", "urn:quiniela:terminal:");
        assert_false(tls_session_judge_again(ends.server, other));
        assert_int_equal(tls_session_failure(ends.server), TLS_NO_IDENTITY);
        tls_context_release(other);
        tls_context_release(renewed);
        tls_session_free(&ends.client);
        tls_session_free(&ends.server);
    }
}

static int set_up(void **state) {
    (void)state;
    make_certificates_folder();
    make_contexts(DAY, DAY);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    return forget_certificates();
}

int main(void) {
    if (CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free) != 1) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_session_takes_little, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_handshake_takes_no_more_than_is_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_handshake_makes_no_room_for_what_is_only_announced, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_part_of_a_record_is_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_peer_is_judged_again, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("tls_memory", tests, NULL, NULL);
}
