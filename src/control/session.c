#include "control/session.h"

#include "base/container.h"
#include "base/log.h"
#include "bet/errors.h"
#include "control/words.h"
#include "ledger/worker.h"

#include <stdlib.h>
#include <string.h>

struct answer {
    uv_write_t request;
    char *text;
};

// The end -------------------------------------------------------------------------------------------------

static void on_closed(uv_handle_t *handle) {
    free(handle->data);
}

void session_close(struct session *session) {
    struct control *control = session->control;
    if (session->closing) {
        return;
    }
    session->closing = true;
    if (session->order != NULL) {
        session->order->session = NULL;
    }
    list_remove(&control->sessions, &session->node);
    control->session_count--;
    if (control->session_count == 0 && !control->somebody_waits) {
        uv_timer_stop(&control->tick);
    }
    uv_close((uv_handle_t *)&session->pipe, on_closed);
}

static void close_idle(struct control *control) {
    uint64_t now = uv_now(control->options.loop);
    for (struct list_node *node = control->sessions.first, *next; node != NULL; node = next) {
        struct session *session = CONTAINER_OF(node, struct session, node);
        next = node->next;
        if (session->order == NULL && !session->waits_for_end &&
            now - session->active_ms >= control->options.idle_ms) {
            session_close(session);
        }
    }
}

static void on_tick(uv_timer_t *tick) {
    struct control *control = tick->data;
    close_idle(control);
    if (control->somebody_waits && !control->is_quiet) {
        control->somebody_waits = false;
        session_accept(control);
    }
}

static void start_tick(struct control *control) {
    uint64_t idle = control->options.idle_ms, tick = idle < CONTROL_TICK_MS ? idle : CONTROL_TICK_MS;
    uv_timer_start(&control->tick, on_tick, tick, tick);
}

// Whether nothing more is taken from it.
static bool is_over(const struct session *session) {
    return session->broken || session->control->is_quiet;
}

static void close_if_over(struct session *session) {
    bool owes = session->order != NULL || session->writes > 0 || session->waits_for_end;
    if ((session->ended || is_over(session)) && !owes) {
        session_close(session);
    }
}

// Answering -----------------------------------------------------------------------------------------------

static void go_on(struct session *session);

static void on_written(uv_write_t *request, int status) {
    struct answer *answer = CONTAINER_OF(request, struct answer, request);
    struct session *session = request->handle->data;
    free(answer->text);
    free(answer);
    session->writes--;
    if (status != 0) {
        session_close(session);
    } else if (!session->closing) {
        go_on(session);
    }
}

// Takes over the writer's text. What the socket has no room for leaves later.
static void send_text(struct session *session, const struct json_writer *writer) {
    struct answer *answer = writer->failed ? NULL : malloc(sizeof *answer);
    if (answer == NULL) {
        free(writer->text);
        session_close(session);
        return;
    }
    answer->text = writer->text;
    uv_buf_t buffer = uv_buf_init(writer->text, (unsigned)writer->length);
    session->active_ms = uv_now(session->control->options.loop);
    if (uv_write(&answer->request, (uv_stream_t *)&session->pipe, &buffer, 1, on_written) != 0) {
        free(answer->text);
        free(answer);
        session_close(session);
        return;
    }
    session->writes++;
}

static void free_order(struct control_order *order) {
    order_free_answer(&order->ledger);
    free(order->bytes);
    free(order);
}

// The order is done, or refused.
static void finish(struct control_order *order) {
    struct session *session = order->session;
    order_record(order);
    if (session != NULL) {
        struct json_writer writer = {0};
        order_write_answer(order, &writer);
        session->order = NULL;
        send_text(session, &writer);
    }
    free_order(order);
}

// Called on the ledger's thread.
static void on_complete(struct ledger_order *ledger) {
    struct control_order *order = CONTAINER_OF(ledger, struct control_order, ledger);
    struct control *control = order->control;
    if (queue_push(&control->answered, &order->ledger.node)) {
        uv_async_send(&control->has_answers);
    }
}

// Taking orders -------------------------------------------------------------------------------------------

static bool begin(struct control_order *order, const char *bytes, size_t length, struct error *error) {
    return control_line_parse(bytes, length, &order->line, error) && words_find(order, error) &&
           (order->word->begin == NULL || order->word->begin(order, error));
}

// Hands the order to the ledger, if it is one for it. False when it is over already.
static bool hand_over(struct control_order *order) {
    struct error *error = &order->ledger.answer.error;
    if (error->code != ERROR_NONE || order->word == NULL || !order->word->asks_ledger) {
        return false;
    }
    if (!worker_order(order->control->worker, &order->ledger)) {
        return error_set(error, ERROR_SHUTTING_DOWN, "the central is shutting down");
    }
    return true;
}

static void take_line(struct session *session, const char *bytes, size_t length) {
    struct control_order *order = calloc(1, sizeof *order);
    if (order == NULL) {
        session_close(session);
        return;
    }
    order->control = session->control;
    order->session = session;
    order->peer = session->peer;
    order->ledger.complete = on_complete;
    error_clear(&order->ledger.answer.error);
    session->order = order;
    (void)begin(order, bytes, length, &order->ledger.answer.error);
    if (!hand_over(order)) {
        finish(order);
    }
}

// A line that never ends: there is no telling where the next one would begin.
static void refuse_line(struct session *session) {
    session->broken = true;
    take_line(session, session->input, session->length);
}

// Nothing is taken while an order is under way, or an answer has not left: who does not read gets no further
// answers to keep.
static bool is_free(const struct session *session) {
    return session->order == NULL && session->writes == 0 && !is_over(session);
}

static void take_lines(struct session *session) {
    while (!session->closing && is_free(session)) {
        const char *end = memchr(session->input, '\n', session->length);
        if (end == NULL && session->length >= control_line_max(session->input, session->length)) {
            refuse_line(session);
            session->length = 0;
            return;
        }
        if (end == NULL) {
            return;
        }
        size_t length = (size_t)(end - session->input);
        take_line(session, session->input, length);
        session->length -= length + 1;
        memmove(session->input, end + 1, session->length);
    }
}

// Reading -------------------------------------------------------------------------------------------------

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    struct session *session = handle->data;
    (void)suggested;
    *buffer =
        uv_buf_init(session->input + session->length, (unsigned)(sizeof session->input - session->length));
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer);

// Reads while it is free and there is room; half a line before the end is ignored.
static void go_on(struct session *session) {
    take_lines(session);
    if (session->closing) {
        return;
    }
    if (is_free(session) && !session->ended) {
        uv_read_start((uv_stream_t *)&session->pipe, on_room, on_read);
    } else {
        uv_read_stop((uv_stream_t *)&session->pipe);
    }
    close_if_over(session);
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
    struct session *session = stream->data;
    (void)buffer;
    if (length > 0) {
        session->length += (size_t)length;
        session->active_ms = uv_now(session->control->options.loop);
        go_on(session);
    } else if (length == UV_EOF) {
        session->ended = true;
        go_on(session);
    } else if (length < 0) {
        session_close(session);
    }
}

void session_answered(struct control_order *order) {
    struct session *session = order->session;
    finish(order);
    if (session != NULL) {
        go_on(session);
    }
}

// Accepting -----------------------------------------------------------------------------------------------

static void refuse(struct session *session, const char *code, const char *message) {
    struct json_writer writer = {0};
    json_begin(&writer, NULL);
    json_put_bool(&writer, "ok", false);
    json_begin(&writer, "error");
    json_put_text(&writer, "code", code);
    json_put_text(&writer, "message", message);
    json_end(&writer);
    json_end(&writer);
    json_put_raw(&writer, "\n");
    session->broken = true;
    send_text(session, &writer);
}

// A stranger is told nothing.
static bool check_peer(struct session *session) {
    uv_os_fd_t descriptor = -1;
    struct error error;
    (void)uv_fileno((uv_handle_t *)&session->pipe, &descriptor);
    if (control_peer_ask(descriptor, &session->control->options.users, &session->peer, &error)) {
        return true;
    }
    struct log_source source = {.error = "not_authorized", .number = session->peer.uid};
    (void)log_event_limited(&source, LOG_LEVEL_WARNING, "control", LOG_FAIL, "error: %s | message: %s",
                            source.error, error.text);
    return false;
}

static struct session *new_session(struct control *control) {
    struct session *session = calloc(1, sizeof *session);
    if (session == NULL) {
        return NULL;
    }
    session->control = control;
    session->active_ms = uv_now(control->options.loop);
    uv_pipe_init(control->options.loop, &session->pipe, 0);
    session->pipe.data = session;
    list_add_last(&control->sessions, &session->node);
    if (control->session_count++ == 0) {
        start_tick(control);
    }
    return session;
}

// While a connection is not accepted, libuv tells of no other. So it is tried again.
static void let_wait(struct control *control) {
    control->somebody_waits = true;
    start_tick(control);
}

void session_accept(struct control *control) {
    struct session *session = new_session(control);
    if (session == NULL) {
        let_wait(control);
        return;
    }
    if (uv_accept((uv_stream_t *)&control->listener, (uv_stream_t *)&session->pipe) != 0 ||
        !check_peer(session)) {
        session_close(session);
    } else if (control->session_count > CONTROL_SESSIONS_MAX) {
        refuse(session, "too_many", "there are too many connections that give orders");
    } else {
        go_on(session);
    }
}
