// Over TLS the service gets what a client with a good certificate has said, and nothing else.
// Whatever comes from the other side, be it no TLS at all or that of a real client with its bytes changed,
// left out or put in between; from its beginning.
#include "fuzz.h"

#include "base/error.h"
#include "keys/authority.h"
#include "net/internal.h"
#include "stream/output.h"
#include "tls/hello.h"
#include "tls/session.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER_BYTES = 256 * 1024, ROUNDS_MAX = 200, ROOM_BYTES = 777 };

enum client_kind { CLIENT_NONE, CLIENT_GOOD, CLIENT_WITHOUT, CLIENT_SERVERS, CLIENT_KINDS };

struct buffer {
    uint8_t bytes[BUFFER_BYTES];
    size_t length;
};

// The connection that the transport is of: what net/ does around it is done here.
struct connection {
    void *state;
    struct buffer input, output;
    struct output queued;
};

static struct net net;
static struct loop loop = {.net = &net, .accepting = true};
static struct connection connection;
static struct tls_context *server_context, *client_contexts[CLIENT_KINDS];
static bool identified, refused;

static bool append(struct buffer *buffer, const uint8_t *bytes, size_t length) {
    if (BUFFER_BYTES - buffer->length < length) {
        return false;
    }
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    return true;
}

// What the transport asks of net/ -------------------------------------------------------------------------

struct loop *connection_loop(struct connection *of) {
    (void)of;
    return &loop;
}

void *connection_transport_state(const struct connection *of) {
    return of->state;
}

uint8_t *connection_input_room(struct connection *of, size_t *length) {
    size_t left = BUFFER_BYTES - of->input.length;
    *length = left < ROOM_BYTES ? left : ROOM_BYTES;
    return left == 0 ? NULL : of->input.bytes + of->input.length;
}

void connection_input_added(struct connection *of, size_t length) {
    of->input.length += length;
    must_hold(of->input.length <= BUFFER_BYTES, "no more comes than there is room for");
}

struct output *connection_queued(struct connection *of) {
    return &of->queued;
}

bool connection_output_add(struct connection *of, const uint8_t *bytes, size_t length) {
    return append(&of->output, bytes, length);
}

void guard_note_refused(struct connection *of, enum tls_failure failure, const char *reason) {
    (void)of;
    must_hold(failure != TLS_NO_FAILURE && tls_failure_name(failure) != NULL && reason != NULL,
              "it has a reason");
    refused = true;
}

bool recheck_one(struct connection *of) {
    (void)of;
    return true;
}

void connection_peer_bytes(const struct connection *of, uint8_t address[CONNECTION_ADDRESS_RAW_BYTES]) {
    (void)of;
    memset(address, 0, CONNECTION_ADDRESS_RAW_BYTES);
}

// It never has to wait for its turn here.
size_t connection_peek(struct connection *of, uint8_t *bytes, size_t room) {
    (void)of, (void)bytes, (void)room;
    must_hold(false, "it is its turn");
    return 0;
}

void connection_wait_turn(struct connection *of) {
    (void)of;
}

void connection_take_turn(struct connection *of) {
    (void)of;
}

void guard_give_up_handshake(struct connection *of) {
    (void)of;
    must_hold(false, "there is but one");
}

static void on_identified(struct connection *of) {
    must_hold(!identified, "it is known once who it is");
    must_hold(strcmp(tls_session_identity(transport_tls_session(of->state)), "7") == 0,
              "it is who its certificate says");
    identified = true;
}

// Certificates --------------------------------------------------------------------------------------------

static void must(bool good, const struct error *error) {
    must_hold(good, error->text);
}

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

struct input {
    const uint8_t *bytes;
    size_t length;
};

static uint8_t next(struct input *input) {
    if (input->length == 0) {
        return 0;
    }
    input->length--;
    return *input->bytes++;
}

// Bytes for the server, in rooms. False when it has had enough.
static bool give(const uint8_t *bytes, size_t length) {
    while (length > 0) {
        size_t room;
        loop.turns.budget_ns = TURNS_SAVED_NS;
        uint8_t *to = transport_tls.room(&connection, &room);
        must_hold(to != NULL, "memory");
        size_t now = length < room ? length : room;
        memcpy(to, bytes, now);
        enum transport_state state = transport_tls.take(&connection, now);
        must_hold((state != TRANSPORT_OPEN && connection.input.length == 0) || identified,
                  "nobody is heard before it is known who it is");
        must_hold((state == TRANSPORT_FAILED) == refused || connection.input.length == BUFFER_BYTES,
                  "a failure has its reason noted");
        if (state == TRANSPORT_FAILED || state == TRANSPORT_ENDED) {
            return false;
        }
        bytes += now;
        length -= now;
    }
    return true;
}

// Passes on what the client has said, as the input has it: each step a kind and a number.
static bool tamper(struct input *input, const struct buffer *said) {
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
        case 3: // some are said twice
            good = give(said->bytes + at, count) && give(said->bytes + at, count);
            break;
        case 4: // some come in between
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

// What the server has said, for the client. False when that is through with it.
static bool hear(struct tls_session *client, struct buffer *heard) {
    uint8_t plain[256];
    tls_session_feed(client, connection.output.bytes, connection.output.length);
    while (true) {
        ssize_t count = tls_session_read(client, plain, sizeof plain);
        if (count <= 0) {
            connection.output.length = 0;
            return count == 0;
        }
        (void)append(heard, plain, (size_t)count);
    }
}

static void play_client(enum client_kind kind, struct input *input) {
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
                (void)!tls_session_write(client, text, length); // it may have been told to go
            }
            free(text);
        }
        bool good = tamper(input, &said);
        said.length = 0;
        if (good && identified && !answered) {
            must_hold(output_copy(&connection.queued, (const uint8_t *)answer, sizeof answer), "memory");
            answered = transport_tls.fill(&connection) && connection.queued.unsent == 0;
            output_free(&connection.queued);
        }
        if (!good || !hear(client, &heard)) {
            break;
        }
    }
    must_hold(kind == CLIENT_GOOD || !identified, "only a good certificate will do");
    must_hold(connection.input.length <= meant.length &&
                  memcmp(connection.input.bytes, meant.bytes, connection.input.length) == 0,
              "the service gets what the client has said, from its beginning");
    must_hold(heard.length == 0 || (answered && heard.length == sizeof answer &&
                                    memcmp(heard.bytes, answer, sizeof answer) == 0),
              "the client gets what the service has said");
    tls_session_free(&client);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static const struct handler handler = {.identified = on_identified};
    struct input input = {bytes, length};
    if (server_context == NULL) {
        net.handler = &handler;
        make_certificates();
    }
    (void)tls_hello_resumes(bytes, length); // nothing is read beyond the end
    identified = refused = false;
    connection.input.length = connection.output.length = 0;
    connection.state = transport_tls_begin(&connection, server_context);
    must_hold(connection.state != NULL, "memory");
    enum client_kind kind = (enum client_kind)(next(&input) % CLIENT_KINDS);
    if (kind == CLIENT_NONE) {
        (void)give(input.bytes, input.length);
        must_hold(!identified, "nobody is nobody");
    } else {
        play_client(kind, &input);
    }
    transport_tls.end(&connection);
    transport_tls.gone(&connection);
    return 0;
}
