// Over TLS the service gets what a client with a good certificate has said, and nothing else.
// The other side may send no TLS at all, or the bytes of a real client with some changed, left out or
// inserted. The service gets the client's words from their beginning on.
#include "fuzz.h"

#include "base/error.h"
#include "base/log.h"
#include "keys/authority.h"
#include "net/connections.h"
#include "net/net.h"
#include "net/net_parts.h"
#include "net/reading.h"
#include "net/socket.h"
#include "net/stage.h"
#include "tls/hello.h"
#include "tls/plain_records.h"
#include "tls/session.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER_BYTES = 256 * 1024, ROUNDS_MAX = 200, PIECE_BYTES = 777 };

enum client_kind { CLIENT_NONE, CLIENT_GOOD, CLIENT_WITHOUT, CLIENT_SERVERS, CLIENT_KINDS };

struct buffer {
    uint8_t bytes[BUFFER_BYTES];
    size_t length;
};

static struct net *net;
static struct connections *all;
static struct connection *connection; // of the server; NULL once it is closed
static int client_end;                // what the server writes comes out there
static struct buffer heard_of_client; // what the service has taken
static struct buffer said_by_server;
static struct tls_context *server_context, *client_contexts[CLIENT_KINDS];
static bool identified, refused;

static void must(bool good, const struct error *error) {
    must_hold(good, error->text);
}

static bool append(struct buffer *buffer, const uint8_t *bytes, size_t length) {
    if (BUFFER_BYTES - buffer->length < length) {
        return false;
    }
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    return true;
}

// The service ---------------------------------------------------------------------------------------------

static bool loop_started(struct loop *loop, void *state, void *context, struct error *error) {
    (void)loop, (void)state, (void)context, (void)error;
    return true;
}

static void nothing_of_loop(struct loop *loop, void *state) {
    (void)loop, (void)state;
}

static void opened(struct connection *of) {
    connection = of;
}

static void on_identified(struct connection *of) {
    must_hold(!identified, "it is known once who it is");
    must_hold(strcmp(connection_identity(of), "7") == 0, "it is who its certificate says");
    identified = true;
}

static void on_refused(struct connection *of, const char *failure) {
    (void)of;
    must_hold(failure != NULL && strcmp(failure, "none") != 0, "it has a reason");
    refused = true;
}

static size_t received(struct connection *of, const uint8_t *bytes, size_t length) {
    (void)of;
    must_hold(identified, "nobody is heard before it is known who it is");
    must_hold(append(&heard_of_client, bytes, length), "no more comes than was said");
    return length;
}

static bool owes_answer(struct connection *of) {
    (void)of;
    return false;
}

static void ended(struct connection *of, const uint8_t *rest, size_t length) {
    (void)rest;
    must_hold(length == 0, "all was taken");
    connection_finish(of);
}

static void closed(struct connection *of) {
    (void)of;
    connection = NULL;
}

static const struct handler handler = {
    .input_bytes_max = BUFFER_BYTES,
    .loop_started = loop_started,
    .loop_woken = nothing_of_loop,
    .loop_ended = nothing_of_loop,
    .opened = opened,
    .identified = on_identified,
    .refused = on_refused,
    .received = received,
    .owes_answer = owes_answer,
    .ended = ended,
    .closed = closed,
};

// The central ---------------------------------------------------------------------------------------------

static void open_net(void) {
    struct error error;
    struct net_options options = {.port_count = 1, .loops = 1, .backlog = 1, .tls = server_context};
    must(place_parse("127.0.0.1", &options.place, &error) && net_open(&options, &handler, NULL, &net, &error),
         &error);
    all = &net->loops[0].connections;
    log_set_level(LOG_LEVEL_CRITICAL);
}

// A client comes. Its bytes do not go through the socket, so that the fuzzer can choose the pieces.
static void come(void) {
    int sockets[2];
    struct sockaddr_in6 nobody = {.sin6_family = AF_INET6};
    must_hold(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, sockets) == 0, "sockets");
    client_end = sockets[1];
    connection_accept(all, 0, sockets[0], (struct sockaddr *)&nobody);
    connections_settle(all);
    must_hold(connection != NULL, "memory");
}

static void go(void) {
    if (connection != NULL) {
        connection_abort(connection);
    }
    close(client_end);
    while (all->count > 0) {
        uv_run(all->uv, UV_RUN_NOWAIT);
    }
}

static bool is_over(void) {
    return connection == NULL || !stage_is_running(connection);
}

// Takes what the server has written.
static void hear_server(void) {
    ssize_t length = read(client_end, said_by_server.bytes + said_by_server.length,
                          sizeof said_by_server.bytes - said_by_server.length);
    said_by_server.length += length > 0 ? (size_t)length : 0;
}

// Certificates --------------------------------------------------------------------------------------------

static struct tls_context *context_of(enum tls_role role, const char *folder, const char *name) {
    char certificate[PATH_MAX], key[PATH_MAX], authority[PATH_MAX];
    struct tls_context *context;
    struct error error;
    snprintf(certificate, sizeof certificate, "%s/%s.crt", folder, name == NULL ? "" : name);
    snprintf(key, sizeof key, "%s/%s.key", folder, name == NULL ? "" : name);
    snprintf(authority, sizeof authority, "%s/ca.crt", folder);
    struct tls_options options = {.certificate = name == NULL ? NULL : certificate,
                                  .key = key,
                                  .authority = authority,
                                  .identity_prefix = role == TLS_SERVER ? "urn:quiniela:agency:" : NULL};
    must(tls_context_new(role, &options, &context, &error), &error);
    return context;
}

static void make_certificates(void) {
    static const struct certificate_request requests[] = {
        {.name = "server", .names = "DNS:localhost", .is_server = true, .days = 30},
        {.name = "agency", .names = "URI:urn:quiniela:agency:7", .days = 30},
    };
    static const char *const files[] = {"ca.crt",     "authority/ca.key", "authority", "server.crt",
                                        "server.key", "agency.crt",       "agency.key"};
    char folder[] = "/tmp/quiniela-fuzz-tls-XXXXXX", path[PATH_MAX];
    struct authority *authority;
    struct error error;
    struct authority_opened opened;
    bool made;
    must_hold(mkdtemp(folder) != NULL, "a folder");
    must(authority_open(folder, &authority, &opened, &error), &error);
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        must(authority_issue(authority, &requests[i], &made, &error), &error);
    }
    authority_close(&authority);
    server_context = context_of(TLS_SERVER, folder, "server");
    client_contexts[CLIENT_GOOD] = context_of(TLS_CLIENT, folder, "agency");
    client_contexts[CLIENT_WITHOUT] = context_of(TLS_CLIENT, folder, NULL);
    client_contexts[CLIENT_SERVERS] = context_of(TLS_CLIENT, folder, "server");
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        (void)remove(path);
    }
    rmdir(folder);
}

// The other side ------------------------------------------------------------------------------------------

struct input_bytes {
    const uint8_t *bytes;
    size_t length;
};

static uint8_t next(struct input_bytes *input) {
    if (input->length == 0) {
        return 0;
    }
    input->length--;
    return *input->bytes++;
}

// Gives the server bytes, in pieces. False when the server has closed the connection.
static bool give(const uint8_t *bytes, size_t length) {
    while (length > 0 && !is_over()) {
        size_t room;
        all->handshakes.turns.budget_ns = TURNS_SAVED_NS; // it never has to wait for its turn
        uint8_t *to = reading_room(connection, &room);
        must_hold(to != NULL, "memory");
        size_t now = length < PIECE_BYTES ? length : PIECE_BYTES;
        memcpy(to, bytes, now);
        connection_hold(connection);
        struct connection *held = connection;
        reading_came(held, now);
        must_hold((transport_state(&held->transport) == TRANSPORT_FAILED) == refused,
                  "a failure has its reason noted");
        connection_release(held);
        connections_settle(all);
        hear_server();
        bytes += now;
        length -= now;
    }
    return !is_over();
}

// Passes on what the client has said, as the input demands: each step is a kind and a number.
static bool tamper(struct input_bytes *input, const struct buffer *said) {
    size_t at = 0;
    while (at < said->length) {
        uint8_t kind = next(input) % 8, number = next(input);
        size_t count = said->length - at < (size_t)number + 1 ? said->length - at : (size_t)number + 1;
        uint8_t changed[256];
        bool good = true;
        switch (kind) {
        case 1: // one byte is changed
            memcpy(changed, said->bytes + at, count);
            changed[next(input) % count] ^= (uint8_t)(next(input) | 1);
            good = give(changed, count);
            break;
        case 2: // some are left out
            break;
        case 3: // some are sent twice
            good = give(said->bytes + at, count) && give(said->bytes + at, count);
            break;
        case 4: // others are inserted
            for (size_t i = 0; i < count; i++) {
                changed[i] = next(input);
            }
            good = give(changed, count);
            count = 0;
            if (input->length == 0) {
                count = said->length - at;
                good = good && give(said->bytes + at, count);
            }
            break;
        case 5: // in a small piece
            good = give(said->bytes + at, count);
            break;
        default: // as it is
            count = said->length - at;
            good = give(said->bytes + at, count);
        }
        if (!good) {
            return false;
        }
        at += count;
    }
    return true;
}

static bool to_buffer(void *context, const uint8_t *bytes, size_t length) {
    return append(context, bytes, length);
}

// Gives the client what the server has said. False when the client has ended.
static bool hear(struct tls_session *client, struct buffer *heard) {
    uint8_t plain[256];
    tls_session_feed(client, said_by_server.bytes, said_by_server.length);
    while (true) {
        ssize_t count = tls_session_read(client, plain, sizeof plain);
        if (count <= 0) {
            said_by_server.length = 0;
            return count == 0;
        }
        (void)append(heard, plain, (size_t)count);
    }
}

static void play_client(enum client_kind kind, struct input_bytes *input) {
    static struct buffer said, meant, heard;
    static const char answer[] = "answer";
    said.length = meant.length = heard.length = 0;
    struct tls_session *client = tls_session_new(client_contexts[kind], "localhost", to_buffer, &said);
    must_hold(client != NULL, "memory");
    tls_session_start(client);
    bool answered = false;
    for (int round = 0; round < ROUNDS_MAX && (said.length > 0 || input->length > 0); round++) {
        if (tls_session_is_open(client) && input->length > 0) { // it says something
            size_t length = (size_t)next(input) * 40 + 1;
            uint8_t *text = calloc(1, length);
            must_hold(text != NULL, "memory");
            text[0] = (uint8_t)round;
            if (append(&meant, text, length)) {
                (void)!tls_session_write(client, text, length); // the server may have refused it already
            }
            free(text);
        }
        bool good = tamper(input, &said);
        said.length = 0;
        if (good && identified && !answered) {
            connection_send(connection, (const uint8_t *)answer, sizeof answer);
            connections_settle(all);
            hear_server();
            answered = true;
        }
        if (!good || !hear(client, &heard)) {
            break;
        }
    }
    must_hold(kind == CLIENT_GOOD || !identified, "only a good certificate will do");
    must_hold(heard_of_client.length <= meant.length &&
                  memcmp(heard_of_client.bytes, meant.bytes, heard_of_client.length) == 0,
              "the service gets what the client has said, from its beginning");
    must_hold(heard.length == 0 || (answered && heard.length == sizeof answer &&
                                    memcmp(heard.bytes, answer, sizeof answer) == 0),
              "the client gets what the service has said");
    tls_session_free(&client);
}

// Whether the bytes, in pieces of that many, are refused as what a client says in the clear.
static bool is_refused(const uint8_t *bytes, size_t length, size_t piece) {
    struct plain_records records = {.left = 0};
    for (size_t at = 0; at < length; at += piece) {
        size_t now = length - at < piece ? length - at : piece;
        if (!plain_records_follow(&records, bytes + at, now)) {
            return true;
        }
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct input_bytes input = {bytes, length};
    if (net == NULL) {
        make_certificates();
        open_net();
    }
    (void)tls_hello_resumes(bytes, length); // it must not read beyond the end
    must_hold(is_refused(bytes, length, 1) == is_refused(bytes, length, length), "the pieces do not matter");
    identified = refused = false;
    heard_of_client.length = said_by_server.length = 0;
    come();
    enum client_kind kind = (enum client_kind)(next(&input) % CLIENT_KINDS);
    if (kind == CLIENT_NONE) {
        (void)give(input.bytes, input.length);
        must_hold(!identified, "nobody is nobody");
    } else {
        play_client(kind, &input);
    }
    go();
    return 0;
}
