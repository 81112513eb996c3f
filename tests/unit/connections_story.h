// What the tests of net/'s connections share: a net of a few loops, and connections to them over real
// sockets, with a clock of the test's own. The loops run only when the test runs them, one after the other.
#ifndef QUINIELA_TESTS_CONNECTIONS_STORY_H
#define QUINIELA_TESTS_CONNECTIONS_STORY_H

#include "cmocka_all.h"

#include "net/connections.h"
#include "net/ending.h"
#include "net/eviction.h"
#include "net/limits.h"
#include "net/net.h"
#include "net/net_parts.h"
#include "net/reading.h"
#include "net/relief.h"
#include "net/sending.h"
#include "net/socket.h"
#include "net/stage.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SEND_TIMEOUT_MS = 600,
    MESSAGE_BYTES = 10, // each begins with what it asks for
    LONG_ANSWER_BYTES = 4 * 1024 * 1024,
    SHORT_ANSWER_BYTES = 1000,
    PIECE_BYTES = 4096,
    COPIED_BYTES = 24 * PIECE_BYTES,
    PEERS_MAX = 16,
};

static struct net *net;
static struct loop *loop; // the first one
static int listener;      // of the test's own
static struct tls_context *net_tls;
static struct sockaddr_in listening;
static const uint8_t long_answer[LONG_ANSWER_BYTES];

// A connection from both sides.
static struct peer {
    int socket;
    struct connection *connection; // NULL once it is closed
    int arrived;                   // how often it was told that what it sent has arrived
    struct peer *takes_along;      // another peer, closed as soon as this one is; NULL: none
} peers[PEERS_MAX];
static int peer_count;

static bool greets; // every new connection is sent a word
static struct {
    int identified, messages, ended;
    int without_memory; // handshakes of which the service was told that they end for want of memory
    size_t most_unsent; // bytes, at times when more input was taken
} seen;

// The service ---------------------------------------------------------------------------------------------

struct own {
    bool is_held, pauses_until_arrived;
    struct peer *peer;
};

static bool loop_started(struct loop *which, void *state, void *context, struct error *error) {
    (void)which, (void)state, (void)context, (void)error;
    return true;
}

static void nothing_of_loop(struct loop *which, void *state) {
    (void)which, (void)state;
}

static void opened(struct connection *connection) {
    struct own *own = connection_state(connection);
    own->peer = &peers[peer_count];
    own->peer->connection = connection;
    if (greets) {
        connection_send(connection, long_answer, PIECE_BYTES);
    }
}

static void arrived(struct connection *connection) {
    struct own *own = connection_state(connection);
    own->peer->arrived++;
    if (own->pauses_until_arrived) {
        connection_resume(connection);
    }
}

static void identified(struct connection *connection) {
    (void)connection;
    seen.identified++;
}

static void refused(struct connection *connection, const char *failure) {
    (void)connection;
    seen.without_memory += strcmp(failure, "no_memory") == 0;
}

// Sends in pieces, as most answers are sent: when the connection is closed, only the piece in transit is
// kept.
static void send_copies(struct connection *connection, size_t bytes) {
    for (size_t sent = 0; sent < bytes; sent += PIECE_BYTES) {
        connection_send(connection, long_answer, PIECE_BYTES);
    }
}

static size_t received(struct connection *connection, const uint8_t *bytes, size_t length) {
    struct own *own = connection_state(connection);
    if (length < MESSAGE_BYTES) {
        return 0;
    }
    size_t unsent = connection->writer.out.unsent + connection->queued.unsent;
    seen.messages++;
    seen.most_unsent = unsent > seen.most_unsent ? unsent : seen.most_unsent;
    switch (bytes[0]) {
    case 'h':
        own->is_held = true;
        break;
    case 'l':
        connection_send_lasting(connection, long_answer, sizeof long_answer);
        break;
    case 's':
        connection_send_lasting(connection, long_answer, SHORT_ANSWER_BYTES);
        break;
    case 'c': // that many times COPIED_BYTES, kept until they have left
        send_copies(connection, (size_t)(bytes[1] - '0') * COPIED_BYTES);
        break;
    case 'm': // that many times COPIED_BYTES, kept by the service
        connection_charge(connection, (size_t)(bytes[1] - '0') * COPIED_BYTES);
        break;
    case 'p':
        connection_pause(connection);
        break;
    case 'a':
        own->pauses_until_arrived = true;
        connection_await_arrival(connection);
        connection_pause(connection);
        break;
    case 'w':
        connection_await_arrival(connection);
        connection_finish(connection);
        break;
    case 'f':
        connection_finish(connection);
        break;
    default:
        break;
    }
    return MESSAGE_BYTES;
}

static bool owes_answer(struct connection *connection) {
    return ((struct own *)connection_state(connection))->is_held;
}

static void ended(struct connection *connection, const uint8_t *rest, size_t length) {
    (void)rest, (void)length;
    seen.ended++;
    connection_abort(connection);
}

static void closed(struct connection *connection) {
    struct peer *peer = ((struct own *)connection_state(connection))->peer;
    peer->connection = NULL;
    if (peer->takes_along != NULL && peer->takes_along->connection != NULL) {
        connection_abort(peer->takes_along->connection);
    }
}

static const struct handler handler = {
    .connection_bytes = sizeof(struct own),
    .input_bytes_max = MESSAGE_BYTES,
    .loop_started = loop_started,
    .loop_woken = nothing_of_loop,
    .loop_ended = nothing_of_loop,
    .opened = opened,
    .identified = identified,
    .refused = refused,
    .received = received,
    .owes_answer = owes_answer,
    .ended = ended,
    .arrived = arrived,
    .closed = closed,
};

// The world -----------------------------------------------------------------------------------------------

// A net of that many loops, whose connections may hold `memory_max` bytes (0: the usual).
static bool begin_net(int loops, size_t memory_max) {
    struct net_options options = {.port_count = 1,
                                  .loops = loops,
                                  .backlog = 8,
                                  .send_timeout_ms = SEND_TIMEOUT_MS,
                                  .memory_max = memory_max,
                                  .tls = net_tls};
    struct error error;
    socklen_t length = sizeof listening;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    listening = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (!place_parse("127.0.0.1", &options.place, &error) ||
        !net_open(&options, &handler, NULL, &net, &error) ||
        bind(listener, (struct sockaddr *)&listening, length) != 0 || listen(listener, PEERS_MAX) != 0) {
        return false;
    }
    loop = &net->loops[0];
    for (int i = 0; i < loops; i++) {
        net->loops[i].is_reaping = true; // by the test
    }
    peer_count = 0;
    greets = false;
    memset(&seen, 0, sizeof seen);
    return getsockname(listener, (struct sockaddr *)&listening, &length) == 0;
}

static inline int set_up(void **state) {
    (void)state;
    return !begin_net(1, 0);
}

static inline void run(void) {
    for (int i = 0; i < 20; i++) {
        for (int j = 0; j < net->loop_count; j++) {
            uv_run(&net->loops[j].uv, UV_RUN_NOWAIT);
        }
    }
}

static inline void pass(uint64_t ms) {
    for (; ms > 0; ms -= ms < 500 ? ms : 500) {
        for (int i = 0; i < net->loop_count; i++) {
            loop_sweep(&net->loops[i], ms < 500 ? ms : 500);
        }
        run();
    }
}

static inline int tear_down(void **state) {
    (void)state;
    for (int i = 0; i < net->loop_count; i++) {
        connections_abort(&net->loops[i].connections);
    }
    for (int i = 0; i < peer_count; i++) {
        close(peers[i].socket);
    }
    run();
    close(listener);
    net_close(&net);
    return 0;
}

// Connects to `port`; nobody has accepted it yet.
static inline struct peer *knock(in_port_t port) {
    struct peer *peer = &peers[peer_count];
    struct sockaddr_in to = listening;
    int small = 4096, on = 1;
    to.sin_port = port;
    peer->connection = NULL;
    peer->arrived = 0;
    peer->takes_along = NULL;
    peer->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(peer->socket, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    setsockopt(peer->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); // data is sent immediately
    assert_int_equal(connect(peer->socket, (struct sockaddr *)&to, sizeof to), 0);
    return peer;
}

static inline struct peer *accept_next(struct loop *which) {
    struct peer *peer = knock(listening.sin_port);
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    int small = 4096;
    int accepted = accept4(listener, (struct sockaddr *)&from, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
    assert_true(accepted >= 0);
    setsockopt(accepted, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    connection_accept(&which->connections, 0, accepted, (struct sockaddr *)&from);
    connections_settle(&which->connections);
    peer_count++;
    return peer;
}

static inline struct peer *come_to(struct loop *which) {
    struct peer *peer = accept_next(which);
    run();
    return peer;
}

static inline struct peer *come(void) {
    return come_to(loop);
}

static inline struct peer *say(struct peer *peer, const char *text) {
    assert_int_equal(write(peer->socket, text, strlen(text)), strlen(text));
    run();
    return peer;
}

#endif
