#include "lib/contact.h"

#include "base/clock.h"
#include "base/memory.h"
#include "stream/limits.h"
#include "stream/output.h"
#include "stream/tcp.h"
#include "stream/transport.h"
#include "tls/session.h"
#include "wire/limits.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    INPUT_BYTES_MIN = 64 * 1024,
    ENCRYPTED_BYTES = 16 * 1024,
    READS_MAX = 16, // in one step: then it is the owner's turn
};

enum contact_state {
    CONTACT_DIALLING,
    CONTACT_OPENING, // connected; in TLS's handshake
    CONTACT_UP,      // the owner has been told
    // It cannot send. What is read until the end of the socket tells the owner.
    CONTACT_FAILING,  // the owner has not been told that it was up, so it gets no bytes either
    CONTACT_BREAKING, // it gets the bytes that came before
    CONTACT_DOWN,     // the owner has been told
    CONTACT_CLOSED,   // by the owner
};

struct contact {
    enum contact_state state;
    bool is_stepping; // whoever closes it then leaves the memory to contact_step
    bool is_blocked;  // the socket takes no more at the moment
    const struct contact_events *events;
    void *context; // of the events
    struct address address;
    struct tls_context *tls;             // NULL: plain
    struct dialling dialling;            // while DIALLING
    int descriptor;                      // afterwards; -1 when dialling failed
    int64_t opens_until_ms;              // while OPENING, by clock_steady_ms
    struct transport transport;          // once there is a descriptor
    struct output queued, out;           // the owner's bytes, before the transport and after it
    char failure[REASON_BYTES];          // why it is FAILING or BREAKING; "": it is not
    uint8_t *encrypted;                  // where TLS bytes are read into; NULL: plain
    uint8_t *input;                      // plain bytes that are not consumed
    size_t input_length, input_capacity; // JSON_PADDING_BYTES more are allocated
};

// The end -------------------------------------------------------------------------------------------------

static void go_down(struct contact *contact, const char *reason) {
    contact->state = CONTACT_DOWN;
    contact->events->down(contact->context, reason);
}

// Says why TLS failed. An alert about our certificate comes only once the connection is up, because the
// server checks it after our side of the handshake is complete.
static void go_down_by_tls(struct contact *contact) {
    char reason[32 + TLS_REASON_BYTES];
    const struct tls_session *session = transport_session(&contact->transport);
    enum tls_failure failure = tls_session_failure(session);
    void (*told)(void *context, const char *reason) = contact->events->down;
    if (tls_session_is_unwelcome(session)) {
        told = contact->events->refused;
    } else if (tls_failure_is_distrust(failure)) {
        told = contact->events->distrusted;
    }
    snprintf(reason, sizeof reason, "TLS: %s: %s", tls_failure_name(failure), tls_session_reason(session));
    contact->state = CONTACT_DOWN;
    told(contact->context, reason);
}

static void free_contact(struct contact *contact) {
    output_free(&contact->queued);
    output_free(&contact->out);
    memory_free(contact->encrypted);
    memory_free(contact->input);
    memory_free(contact);
}

// Bytes out -----------------------------------------------------------------------------------------------

// The caller is in the middle of its work. So the reading side soon notices, and tells the owner.
static void break_off(struct contact *contact, const char *reason) {
    contact->state = contact->state == CONTACT_UP ? CONTACT_BREAKING : CONTACT_FAILING;
    snprintf(contact->failure, sizeof contact->failure, "%s", reason);
    (void)shutdown(contact->descriptor, SHUT_RDWR); // fails if the other side disconnected first
}

// Writes one slice. False when the socket takes no more; *failure is an errno, or 0.
static bool write_slice(struct contact *contact, int *failure) {
    uint8_t room[WRITE_BYTES_MAX];
    size_t length;
    const uint8_t *bytes = output_gather(&contact->out, room, sizeof room, &length);
    ssize_t written = send(contact->descriptor, bytes, length, MSG_NOSIGNAL);
    *failure = written < 0 ? errno : written == 0 ? EIO : 0; // takes nothing, and does not say why
    if (written > 0) {
        output_sent(&contact->out, (size_t)written);
        return true;
    }
    contact->is_blocked = *failure == EAGAIN || *failure == EWOULDBLOCK;
    if (contact->is_blocked || *failure == EINTR) {
        bool again = *failure == EINTR;
        *failure = 0;
        return again;
    }
    return false;
}

// Moves more queued bytes to `out`, which is empty. Returns whether there is something to write.
static bool refill(struct contact *contact) {
    if (contact->out.unsent == 0 && contact->queued.unsent > 0 && transport_is_open(&contact->transport) &&
        !transport_fill(&contact->transport, &contact->queued)) {
        break_off(contact, "no memory");
        return false;
    }
    return contact->out.unsent > 0;
}

// Writes as much as the socket takes.
static void flush(struct contact *contact) {
    int failure = 0;
    char reason[REASON_BYTES];
    bool goes_on = contact->state == CONTACT_OPENING || contact->state == CONTACT_UP;
    contact->is_blocked = false;
    while (goes_on && refill(contact)) {
        goes_on = write_slice(contact, &failure);
    }
    if (failure != 0) {
        reason_of_errno(failure, reason);
        break_off(contact, reason);
    }
}

void contact_send(struct contact *contact, uint8_t *bytes, size_t length) {
    if (contact->state >= CONTACT_FAILING) {
        memory_free(bytes);
    } else if (output_take(&contact->queued, bytes, length)) {
        flush(contact);
    } else { // it is sent again on the next connection
        break_off(contact, "no memory");
    }
}

// Tells the central that nothing more follows. Not while something has not left: that is a cut, and is to
// look like one. Whoever closes a connection does not wait, so the socket takes these few bytes now, or not
// at all.
static void say_end(struct contact *contact) {
    int failure;
    if (contact->queued.unsent > 0 || contact->out.unsent > 0) {
        return;
    }
    transport_say_end(&contact->transport);
    if (contact->out.unsent > 0) {
        (void)write_slice(contact, &failure);
    }
}

void contact_close(struct contact **pointer) {
    struct contact *contact = *pointer;
    *pointer = NULL;
    dialling_end(&contact->dialling);
    if (contact->descriptor >= 0) {
        say_end(contact);
        transport_free(&contact->transport);
        close(contact->descriptor);
        contact->descriptor = -1;
    }
    contact->state = CONTACT_CLOSED;
    if (!contact->is_stepping) {
        free_contact(contact);
    }
}

// Bytes in ------------------------------------------------------------------------------------------------

// Makes sure that there is room for more input. Returns false when out of memory.
static bool make_room(struct contact *contact) {
    if (contact->input_capacity - contact->input_length < INPUT_BYTES_MIN / 2) {
        size_t capacity = contact->input_capacity * 2 + INPUT_BYTES_MIN;
        uint8_t *larger = memory_resize(contact->input, capacity + JSON_PADDING_BYTES);
        if (larger == NULL) {
            return false;
        }
        contact->input = larger;
        contact->input_capacity = capacity;
    }
    return true;
}

// Adds the plain text of the received bytes to the input. False when out of memory. Plain bytes are already
// in place: there is room for them, so they are not moved.
static bool take(struct contact *contact, const uint8_t *bytes, size_t length) {
    bool all = false;
    transport_came(&contact->transport, bytes, length, NULL);
    while (!all) {
        size_t count;
        if (contact->encrypted != NULL && !make_room(contact)) {
            return false;
        }
        all = transport_read(&contact->transport, contact->input + contact->input_length,
                             contact->input_capacity - contact->input_length, &count);
        contact->input_length += count;
    }
    return true;
}

static void deliver(struct contact *contact) {
    size_t consumed = 0, now = 1;
    if (contact->state == CONTACT_FAILING) {
        return;
    }
    while (contact->state < CONTACT_DOWN && now > 0 && consumed < contact->input_length) {
        now = contact->events->received(contact->context, contact->input + consumed,
                                        contact->input_length - consumed);
        consumed += now;
    }
    if (consumed > 0) {
        memmove(contact->input, contact->input + consumed, contact->input_length - consumed);
        contact->input_length -= consumed;
    }
}

static void come_up_if_open(struct contact *contact) {
    if (contact->state == CONTACT_OPENING && transport_is_open(&contact->transport)) {
        contact->state = CONTACT_UP;
        contact->events->up(contact->context);
    }
}

static void go_down_if_ended(struct contact *contact) {
    if (contact->state >= CONTACT_DOWN) {
        return;
    }
    enum transport_state state = transport_state(&contact->transport);
    if (state == TRANSPORT_FAILED) {
        go_down_by_tls(contact);
    } else if (state == TRANSPORT_ENDED) {
        go_down(contact, "the central closed the connection");
    }
}

static void take_and_tell(struct contact *contact, const uint8_t *bytes, size_t length) {
    if (!take(contact, bytes, length)) {
        go_down(contact, "no memory");
        return;
    }
    flush(contact); // the handshake's own bytes
    come_up_if_open(contact);
    if (contact->state < CONTACT_DOWN) {
        deliver(contact);
    }
    go_down_if_ended(contact);
}

static void end_by_socket(struct contact *contact, ssize_t length, int failure) {
    char reason[REASON_BYTES];
    if (contact->failure[0] != '\0') {
        snprintf(reason, sizeof reason, "%s", contact->failure);
    } else if (length == 0) {
        snprintf(reason, sizeof reason, "the central closed the connection");
    } else {
        reason_of_errno(failure, reason);
    }
    go_down(contact, reason);
}

// Reads once. Returns whether there may be more.
static bool read_once(struct contact *contact) {
    if (contact->encrypted == NULL && !make_room(contact)) {
        go_down(contact, "no memory");
        return false;
    }
    uint8_t *room = contact->encrypted != NULL ? contact->encrypted : contact->input + contact->input_length;
    size_t capacity =
        contact->encrypted != NULL ? ENCRYPTED_BYTES : contact->input_capacity - contact->input_length;
    ssize_t length = recv(contact->descriptor, room, capacity, 0);
    int failure = errno;
    if (length < 0 && (failure == EAGAIN || failure == EWOULDBLOCK || failure == EINTR)) {
        return failure == EINTR;
    }
    if (length <= 0) {
        end_by_socket(contact, length, failure);
        return false;
    }
    take_and_tell(contact, room, (size_t)length);
    return (size_t)length == capacity; // otherwise that was all for the moment
}

// Connecting ----------------------------------------------------------------------------------------------

static bool begin_transport(struct contact *contact) {
    if (contact->tls == NULL) {
        transport_begin_plain(&contact->transport, &contact->out);
        return true;
    }
    contact->encrypted = memory_allocate(ENCRYPTED_BYTES);
    return transport_begin_tls(&contact->transport, contact->tls, contact->address.host, &contact->out) &&
           contact->encrypted != NULL;
}

static void begin(struct contact *contact) {
    tcp_set_options(contact->descriptor, &tcp_to_central);
    contact->state = CONTACT_OPENING;
    contact->opens_until_ms = (int64_t)clock_steady_ms() + CONNECT_MS_MAX;
    if (!begin_transport(contact)) {
        go_down(contact, "no memory");
        return;
    }
    transport_start(&contact->transport);
    flush(contact);
    come_up_if_open(contact);
    go_down_if_ended(contact); // there may be no memory for what TLS begins with
}

static void dial(struct contact *contact) {
    char reason[REASON_BYTES];
    switch (dialling_step(&contact->dialling, &contact->descriptor, reason)) {
    case DIALLING_WAITS:
        break;
    case DIALLING_CONNECTED:
        begin(contact);
        break;
    case DIALLING_FAILED:
        go_down(contact, reason);
        break;
    }
}

// What accepts connections and says nothing would hold it for ever otherwise, and keep it from the next
// server.
static void go_down_if_late(struct contact *contact) {
    char reason[REASON_BYTES];
    if (contact->state == CONTACT_OPENING && (int64_t)clock_steady_ms() >= contact->opens_until_ms) {
        snprintf(reason, sizeof reason, "TLS: no handshake within %d ms", CONNECT_MS_MAX);
        go_down(contact, reason);
    }
}

void contact_step(struct contact *contact) {
    contact->is_stepping = true;
    if (contact->state == CONTACT_DIALLING) {
        dial(contact);
    } else if (contact->state < CONTACT_DOWN) {
        flush(contact);
        for (int reads = 0; reads < READS_MAX && contact->state < CONTACT_DOWN; reads++) {
            if (!read_once(contact)) {
                break;
            }
        }
        go_down_if_late(contact);
    }
    contact->is_stepping = false;
    if (contact->state == CONTACT_CLOSED) {
        free_contact(contact);
    }
}

struct contact *contact_open(const struct address *address, struct tls_context *tls,
                             const struct name_lookup *lookup, const struct contact_events *events,
                             void *context) {
    struct contact *contact = memory_zeroed(1, sizeof *contact);
    if (contact == NULL) {
        return NULL;
    }
    contact->events = events;
    contact->context = context;
    contact->address = *address;
    contact->tls = tls;
    contact->descriptor = -1;
    dialling_begin(&contact->dialling, &contact->address, lookup);
    return contact;
}

// What it waits for ---------------------------------------------------------------------------------------

void contact_resolved(struct contact *contact, int failure, const struct addrinfo *found) {
    dialling_answer(&contact->dialling, failure, found);
}

int contact_descriptor(const struct contact *contact) {
    return contact->state == CONTACT_DIALLING ? contact->dialling.descriptor : contact->descriptor;
}

size_t contact_sockets(const struct contact *contact) {
    return contact->dialling.sockets;
}

bool contact_wants_read(const struct contact *contact) {
    return contact->descriptor >= 0 && contact->state < CONTACT_DOWN;
}

bool contact_wants_write(const struct contact *contact) {
    return contact->state == CONTACT_DIALLING ? contact->dialling.descriptor >= 0 : contact->is_blocked;
}

bool contact_is_ready(const struct contact *contact) {
    return contact->state == CONTACT_DIALLING && dialling_is_ready(&contact->dialling);
}

int64_t contact_deadline_ms(const struct contact *contact) {
    return contact->state == CONTACT_OPENING ? contact->opens_until_ms : -1;
}
