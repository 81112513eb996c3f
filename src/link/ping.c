#include "link/ping.h"

#include "link/link.h"
#include "wire/frame.h"
#include "wire/limits.h"
#include "wire/reply.h"

#include <stdlib.h>
#include <string.h>

// One question for both services. To a lottery it is an empty chunk at position 0: never stored, and always
// acknowledged while the store works. To an echo server it is a line, because it ends with a newline (white
// space in JSON).
static const char question[] = "{\"type_message\":1,\"agency\":\"1\",\"first\":0,\"payload\":[]}\n";

enum { QUESTION_BYTES = sizeof question - 1 };

struct pinging {
    uv_loop_t loop;
    uv_timer_t timer;
    struct link *link;
    uint8_t frame[FRAME_HEADER_BYTES + QUESTION_BYTES];
    struct error *error;
    bool only_up; // the handshake is enough: we have no certificate to ask with
    bool alive;
};

static void end(struct pinging *pinging) {
    if (pinging->link != NULL) {
        link_close(&pinging->link);
    }
    if (!uv_is_closing((uv_handle_t *)&pinging->timer)) {
        uv_close((uv_handle_t *)&pinging->timer, NULL);
    }
    uv_stop(&pinging->loop);
}

static void on_timeout(uv_timer_t *timer) {
    struct pinging *pinging = timer->data;
    error_set(pinging->error, ERROR_NETWORK, "no answer in time");
    end(pinging);
}

static void on_up(void *context) {
    struct pinging *pinging = context;
    if (pinging->only_up) {
        pinging->alive = true;
        end(pinging);
        return;
    }
    uint8_t *frame = malloc(sizeof pinging->frame);
    if (frame == NULL) {
        error_set(pinging->error, ERROR_NO_MEMORY, "no memory");
        end(pinging);
        return;
    }
    memcpy(frame, pinging->frame, sizeof pinging->frame);
    link_send(pinging->link, frame, sizeof pinging->frame);
}

// Any answer from a lottery shows that it is alive, except an answer that it cannot store.
static bool is_alive(const uint8_t *message, size_t length, struct error *error) {
    struct message_decoder *decoder = message_decoder_new();
    struct reply reply;
    bool alive = decoder != NULL && reply_decode(decoder, message, length, &reply, error);
    if (decoder == NULL) {
        error_set(error, ERROR_NO_MEMORY, "no memory");
    } else if (alive && reply.type == REPLY_ERROR && reply.retryable) {
        alive = error_set(error, ERROR_NETWORK, "it answers, but says: %s: %s", reply.error_name,
                          reply.error.text);
    }
    message_decoder_free(decoder);
    return alive;
}

static size_t on_received(void *context, const uint8_t *bytes, size_t available) {
    struct pinging *pinging = context;
    const uint8_t *message;
    size_t length;
    if (available >= sizeof pinging->frame && memcmp(bytes, pinging->frame, sizeof pinging->frame) == 0) {
        pinging->alive = true; // an echo
    } else {
        enum frame_state state = frame_next(bytes, available, REPLY_SMALL_BYTES_MAX, &message, &length);
        if (state == FRAME_PARTIAL) {
            return 0;
        }
        pinging->alive = state == FRAME_COMPLETE && is_alive(message, length, pinging->error);
        if (state == FRAME_TOO_LONG) {
            error_set(pinging->error, ERROR_NETWORK, "what answers there is neither a lottery nor an echo");
        }
    }
    end(pinging);
    return available;
}

static void on_down(void *context, const char *reason) {
    struct pinging *pinging = context;
    error_set(pinging->error, ERROR_NETWORK, "%s", reason);
    end(pinging);
}

bool ping(const struct address *address, struct tls_context *tls, uint64_t timeout_ms, struct error *error) {
    static const struct link_events events = {.up = on_up, .received = on_received, .down = on_down};
    struct pinging pinging = {.error = error, .only_up = tls != NULL};
    frame_write_header(pinging.frame, QUESTION_BYTES);
    memcpy(pinging.frame + FRAME_HEADER_BYTES, question, QUESTION_BYTES);
    int failure = uv_loop_init(&pinging.loop);
    if (failure != 0) {
        return error_set(error, ERROR_SYSTEM, "cannot make an event loop: %s", uv_strerror(failure));
    }
    uv_timer_init(&pinging.loop, &pinging.timer);
    pinging.timer.data = &pinging;
    uv_timer_start(&pinging.timer, on_timeout, timeout_ms, 0);
    pinging.link = link_open(&pinging.loop, address, tls, &events, &pinging);
    if (pinging.link == NULL) {
        error_set(error, ERROR_NO_MEMORY, "no memory");
        end(&pinging);
    }
    uv_run(&pinging.loop, UV_RUN_DEFAULT);
    uv_run(&pinging.loop, UV_RUN_DEFAULT); // until everything closed is gone
    uv_loop_close(&pinging.loop);
    return pinging.alive;
}
