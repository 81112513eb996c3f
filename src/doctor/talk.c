#include "doctor/talk.h"

#include "base/clock.h"
#include "base/translate.h"
#include "doctor/limits.h"
#include "wire/foreign.h"
#include "wire/frame.h"
#include "wire/limits.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { READ_BYTES = 16 * 1024, GROWTH_BYTES = 2 * READ_BYTES, ROOM_BYTES_MAX = 2 * ANSWER_BYTES_MAX };

static bool stop(struct talk *talk, enum talk_state state) {
    talk->state = state;
    return false;
}

// Bytes of the socket -------------------------------------------------------------------------------------

static bool wait_for(struct talk *talk, short events) {
    uint64_t now = clock_steady_ms();
    struct pollfd polled = {.fd = talk->socket, .events = events};
    return now < talk->until_ms && poll(&polled, 1, (int)(talk->until_ms - now)) > 0;
}

// What cannot be sent is dropped: what the other side has said before it closed is still to be read.
static bool send_all(void *context, const uint8_t *bytes, size_t length) {
    struct talk *talk = context;
    while (length > 0) {
        ssize_t sent = send(talk->socket, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && (errno != EAGAIN || !wait_for(talk, POLLOUT))) {
            break;
        }
        bytes += sent < 0 ? 0 : sent;
        length -= sent < 0 ? 0 : (size_t)sent;
    }
    return true;
}

static bool make_room(struct talk *talk) {
    if (talk->room - talk->length >= READ_BYTES + JSON_PADDING_BYTES) {
        return true;
    }
    size_t room = talk->length + GROWTH_BYTES + JSON_PADDING_BYTES;
    uint8_t *bytes = room > ROOM_BYTES_MAX ? NULL : realloc(talk->bytes, room);
    if (bytes == NULL) {
        return stop(talk, TALK_NO_MEMORY);
    }
    talk->bytes = bytes;
    talk->room = room;
    return true;
}

// Takes over what the session says of its failure.
static bool stop_with_tls(struct talk *talk) {
    talk->failure = tls_session_failure(talk->session);
    talk->is_unwelcome = tls_session_is_unwelcome(talk->session);
    snprintf(talk->reason, sizeof talk->reason, "%s", tls_session_reason(talk->session));
    return stop(talk, talk->failure == TLS_NO_FAILURE ? TALK_CLOSED : TALK_TLS_FAILED);
}

static bool decrypt(struct talk *talk, const uint8_t *bytes, size_t length) {
    tls_session_feed(talk->session, bytes, length);
    for (;;) {
        if (!make_room(talk)) {
            return false;
        }
        ssize_t plain = tls_session_read(talk->session, talk->bytes + talk->length, READ_BYTES);
        if (plain <= 0) {
            return plain == 0 || stop_with_tls(talk);
        }
        talk->length += (size_t)plain;
    }
}

// Waits for more bytes.
static bool read_more(struct talk *talk) {
    uint8_t encrypted[READ_BYTES];
    if (!make_room(talk) || !wait_for(talk, POLLIN)) {
        return talk->state == TALK_OPEN ? stop(talk, TALK_LATE) : false;
    }
    bool is_plain = talk->session == NULL;
    ssize_t length = recv(talk->socket, is_plain ? talk->bytes + talk->length : encrypted, READ_BYTES, 0);
    if (length < 0 && errno == EAGAIN) {
        return true;
    }
    if (length <= 0) {
        return stop(talk, TALK_CLOSED);
    }
    if (!is_plain) {
        return decrypt(talk, encrypted, (size_t)length);
    }
    talk->length += (size_t)length;
    return true;
}

// Talking -------------------------------------------------------------------------------------------------

bool talk_begin(struct talk *talk, int socket, struct tls_context *tls, const char *host, uint64_t until_ms) {
    *talk = (struct talk){.socket = socket, .until_ms = until_ms};
    if (tls == NULL) {
        return true;
    }
    talk->session = tls_session_new(tls, host, send_all, talk);
    if (talk->session == NULL) {
        return stop(talk, TALK_NO_MEMORY);
    }
    tls_session_start(talk->session);
    while (!tls_session_is_open(talk->session)) {
        if (tls_session_failure(talk->session) != TLS_NO_FAILURE) {
            return stop_with_tls(talk);
        }
        if (!read_more(talk)) {
            return false;
        }
    }
    return true;
}

// Bytes that are no frame.
static bool stop_with_foreign(struct talk *talk, const uint8_t *bytes, size_t available) {
    switch (foreign_look(bytes, available)) {
    case FOREIGN_TLS:
    case FOREIGN_TLS_HELLO:
        return stop(talk, TALK_SPEAKS_TLS);
    case FOREIGN_HTTP:
        return stop(talk, TALK_SPEAKS_HTTP);
    default:
        snprintf(talk->reason, sizeof talk->reason, _("what it sends has no length"));
        return stop(talk, TALK_BAD_ANSWER);
    }
}

// An answer that was read makes room for the next.
static void forget_consumed(struct talk *talk) {
    talk->length -= talk->consumed;
    if (talk->length > 0) {
        memmove(talk->bytes, talk->bytes + talk->consumed, talk->length);
    }
    talk->consumed = 0;
}

bool talk_ask(struct talk *talk, const uint8_t *frame, size_t length, struct message_decoder *decoder,
              struct reply *reply) {
    const uint8_t *message;
    size_t message_length;
    forget_consumed(talk);
    if (talk->session == NULL) {
        send_all(talk, frame, length);
    } else if (!tls_session_write(talk->session, frame, length)) {
        return stop_with_tls(talk);
    }
    for (;;) {
        const uint8_t *bytes = talk->bytes + talk->consumed;
        size_t available = talk->length - talk->consumed;
        enum frame_state state =
            available == 0 ? FRAME_PARTIAL
                           : frame_next(bytes, available, ANSWER_BYTES_MAX, &message, &message_length);
        if (state == FRAME_COMPLETE) {
            break;
        }
        if (state == FRAME_TOO_LONG) {
            return stop_with_foreign(talk, bytes, available);
        }
        if (!read_more(talk)) {
            return false;
        }
    }
    struct error error;
    talk->consumed += FRAME_HEADER_BYTES + message_length;
    if (!reply_decode(decoder, message, message_length, reply, &error)) {
        snprintf(talk->reason, sizeof talk->reason, "%.300s", error.text);
        return stop(talk, TALK_BAD_ANSWER);
    }
    return true;
}

void talk_end(struct talk *talk) {
    if (talk->session != NULL) {
        tls_session_end(talk->session);
        tls_session_free(&talk->session);
    }
    free(talk->bytes);
    talk->bytes = NULL;
}
