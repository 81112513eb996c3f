// For a TLS session that waits OpenSSL keeps at most 17 KiB, and the peer can still be judged again.
// Client and server talk in memory, each client from a handshake of its own or by resuming.
#include "tls_pipe.h"
#include "tls_story.h"

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
        cmocka_unit_test_setup_teardown(a_peer_is_judged_again, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("tls_memory", tests, NULL, NULL);
}
