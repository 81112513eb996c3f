#include "control/control.h"

#include "base/clock.h"
#include "base/container.h"
#include "control/session.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void on_connection(uv_stream_t *listener, int status) {
    if (status == 0) {
        session_accept(listener->data);
    }
}

static void take_answers(struct control *control) {
    for (struct queue_node *node = queue_take_all(&control->answered), *next; node != NULL; node = next) {
        next = node->next;
        struct ledger_order *ledger = CONTAINER_OF(node, struct ledger_order, node);
        session_answered(CONTAINER_OF(ledger, struct control_order, ledger));
    }
}

static void on_answers(uv_async_t *has_answers) {
    take_answers(has_answers->data);
}

// Opening -------------------------------------------------------------------------------------------------

static bool open_listener(struct control *control, struct error *error) {
    int failure = uv_pipe_open(&control->listener, control->options.socket.descriptor);
    if (failure != 0) {
        return error_set(error, ERROR_SYSTEM, "%.150s: %s", control->options.socket.path,
                         uv_strerror(failure));
    }
    control->options.socket.descriptor = -1; // the handle's
    return true;
}

static bool open_handles(struct control *control, struct error *error) {
    uv_loop_t *loop = control->options.loop;
    int failure = uv_async_init(loop, &control->has_answers, on_answers);
    if (failure != 0) {
        return error_set(error, ERROR_SYSTEM, "orders cannot be answered: %s", uv_strerror(failure));
    }
    uv_timer_init(loop, &control->tick);
    uv_pipe_init(loop, &control->listener, 0);
    control->listener.data = control->tick.data = control->has_answers.data = control;
    control->open_handles = 3;
    queue_init(&control->answered);
    return true;
}

static void drop_socket(struct control_socket *socket) {
    control_socket_remove(socket);
    if (socket->descriptor >= 0) {
        close(socket->descriptor);
        socket->descriptor = -1;
    }
}

bool control_open(const struct control_options *options, struct control **result, struct error *error) {
    struct control_socket unused = options->socket;
    struct control *control = calloc(1, sizeof *control);
    *result = NULL;
    if (control == NULL) {
        drop_socket(&unused);
        return error_set(error, ERROR_NO_MEMORY, "no memory for orders");
    }
    control->options = *options;
    clock_utc_text(control->since);
    if (!open_handles(control, error)) {
        drop_socket(&control->options.socket);
        free(control);
        return false;
    }
    if (!open_listener(control, error)) {
        control_close(&control);
        return false;
    }
    *result = control;
    return true;
}

bool control_start(struct control *control, struct worker *worker, struct audit *audit, struct error *error) {
    control->worker = worker;
    control->audit = audit;
    int failure = uv_listen((uv_stream_t *)&control->listener, CONTROL_SESSIONS_MAX, on_connection);
    return failure == 0 ||
           error_set(error, ERROR_SYSTEM, "%.150s: %s", control->options.socket.path, uv_strerror(failure));
}

// Closing -------------------------------------------------------------------------------------------------

static void close_sessions(struct control *control, bool all) {
    for (struct list_node *node = control->sessions.first, *next; node != NULL; node = next) {
        struct session *session = CONTAINER_OF(node, struct session, node);
        next = node->next;
        if (all || (session->order == NULL && session->writes == 0 && !session->waits_for_end)) {
            session_close(session);
        }
    }
}

static void on_closed(uv_handle_t *handle) {
    struct control *control = handle->data;
    if (--control->open_handles == 0) {
        queue_destroy(&control->answered);
        free(control);
    }
}

void control_quiet(struct control *control) {
    if (control != NULL && !control->is_quiet) {
        control->is_quiet = true;
        drop_socket(&control->options.socket);
        uv_close((uv_handle_t *)&control->listener, on_closed);
        close_sessions(control, false);
    }
}

void control_settle(struct control *control) {
    if (control != NULL) {
        take_answers(control);
    }
}

void control_close(struct control **pointer) {
    struct control *control = *pointer;
    *pointer = NULL;
    if (control == NULL) {
        return;
    }
    control_quiet(control);
    close_sessions(control, true);
    uv_close((uv_handle_t *)&control->tick, on_closed);
    uv_close((uv_handle_t *)&control->has_answers, on_closed);
}
