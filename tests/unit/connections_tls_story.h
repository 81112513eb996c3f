// A client that speaks TLS to the net of connections_story.h.
#ifndef QUINIELA_TESTS_CONNECTIONS_TLS_STORY_H
#define QUINIELA_TESTS_CONNECTIONS_TLS_STORY_H

#include "connections_story.h"
#include "tls_story.h"

enum { ROUNDS_MAX = 1000, TICK_NS = 1000 };

static uint64_t a_little_later_ns(void) {
    static uint64_t now_ns = 1000000000;
    return now_ns += TICK_NS;
}

// In place of libuv's: a little later each time, and never so late that there is time again which was used
// up.
uint64_t uv_hrtime(void) {
    return a_little_later_ns();
}

// In place of ours, with which a handshake is measured: it costs no more on a busy machine.
uint64_t __wrap_clock_steady_ns(void);
uint64_t __wrap_clock_steady_ns(void) {
    return a_little_later_ns();
}

static struct tls_session *client;
static struct peer *peer;

static bool put(void *context, const uint8_t *bytes, size_t length) {
    (void)context;
    return write(peer->socket, bytes, length) == (ssize_t)length;
}

// With a net whose connections may hold `memory_max` bytes (0: the usual).
static int begin_tls(size_t memory_max) {
    make_certificates_folder();
    make_contexts(DAY, DAY);
    net_tls = server_context;
    return !begin_net(1, memory_max);
}

static inline int set_up_tls(void **state) {
    (void)state;
    return begin_tls(0);
}

static int tear_down_tls(void **state) {
    int failed = tear_down(state);
    tls_session_free(&client);
    return forget_certificates() != 0 || failed;
}

// Someone comes, and has said its first word.
static void greet(void) {
    tls_session_free(&client);
    peer = come();
    client = tls_session_new(client_context, "localhost", put, NULL);
    assert_non_null(client);
    tls_session_start(client);
    run();
}

// What has come from the server, decrypted. Returns how many bytes that is.
static size_t hear(void) {
    uint8_t bytes[16 * 1024], plain[1024];
    size_t total = 0;
    ssize_t length = recv(peer->socket, bytes, sizeof bytes, MSG_DONTWAIT), count;
    if (length <= 0) {
        return 0;
    }
    tls_session_feed(client, bytes, (size_t)length);
    while ((count = tls_session_read(client, plain, sizeof plain)) > 0) {
        total += (size_t)count;
    }
    return total;
}

static bool server_is_open(void) {
    return peer->connection != NULL && transport_is_open(&peer->connection->transport);
}

static void shake_hands(void) {
    for (int i = 0; i < ROUNDS_MAX && !(server_is_open() && tls_session_is_open(client)); i++) {
        hear();
        run();
    }
    assert_true(server_is_open() && tls_session_is_open(client));
    hear(); // the ticket
}

static inline void say_secretly(const char *text) {
    assert_true(tls_session_write(client, (const uint8_t *)text, strlen(text)));
}

#endif
