#include "http/talking.h"

#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "http/answering.h"
#include "http/connection.h"
#include "http/counters.h"
#include "http/holding.h"
#include "http/streams.h"
#include "http/turn.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct connection *connection_of(struct MHD_Connection *mhd) {
    return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static bool has_many_arguments(const char *target) {
    unsigned count = 0;
    for (const char *next = strchr(target, '?'); next != NULL; next = strchr(next + 1, '&')) {
        count++;
    }
    return count > HTTP_ARGUMENTS_MAX;
}

// Libmicrohttpd has no memory for them, and would close the connection without an answer. It has sent all
// that came before.
static void refuse_arguments(struct connection *connection) {
    static const char answer[] =
        "HTTP/1.1 414 URI Too Long\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    (void)!send(connection->socket, answer, sizeof answer - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    counter_add(&http_counters.requests, 1);
    counter_add(&http_counters.requests_refused, 1);
    http_connection_end(connection);
}

// A request's first line has come, and is not decoded yet.
static void *on_target(void *context, const char *target, struct MHD_Connection *mhd) {
    struct connection *connection = connection_of(mhd);
    (void)context;
    connection->has_begun = false;
    connection->has_zero = target != NULL && strstr(target, "%00") != NULL;
    if (target != NULL && has_many_arguments(target)) {
        refuse_arguments(connection);
    }
    return connection;
}

// An answer that nobody has, with what it takes alone: what was too much while it was made is given back.
// False when there is no room for it.
static bool hold(struct connection *connection, struct http_answer *answer) {
    if (answer->body == NULL || answer->length <= HTTP_SMALL_BYTES) {
        return true;
    }
    if (!holding_has_room(connection)) {
        free(answer->body);
        return false;
    }
    char *fitting = realloc(answer->body, answer->length);
    answer->body = fitting == NULL ? answer->body : fitting;
    holding_set(connection, answer->length);
    return true;
}

static enum MHD_Result refuse(struct connection *connection, const struct http_request *request,
                              struct request_refusal refusal) {
    bounds_move(&connection->http->bounds, &connection->entry, BOUNDS_ANSWERING, clock_steady_ms());
    return answering_refuse(connection->http, request, refusal) ? MHD_YES : MHD_NO;
}

// Only what has begun as a stream has a stream's patience: neither HEAD of one, nor one that was refused.
static enum MHD_Result answer(struct connection *connection, const char *method,
                              const struct http_request *request) {
    static const struct request_refusal no_room = {
        MHD_HTTP_SERVICE_UNAVAILABLE, "too many large answers have not been read yet; try again later"};
    struct http *http = connection->http;
    struct http_answer answer = {.status = MHD_HTTP_OK};
    http->options.answer(http->options.context, request, &answer);
    if (!hold(connection, &answer)) {
        return refuse(connection, request, no_room);
    }
    bool is_head = strcmp(method, MHD_HTTP_METHOD_HEAD) == 0, has_begun = false;
    bool done = answer.is_stream && !is_head ? streams_begin(connection, request, &answer, &has_begun)
                                             : answering_send(connection->mhd, &answer);
    bounds_move(&http->bounds, &connection->entry, has_begun ? BOUNDS_STREAMING : BOUNDS_ANSWERING,
                clock_steady_ms());
    return done ? MHD_YES : MHD_NO;
}

// Answers it in this turn, if that has the time for one of its kind.
static enum MHD_Result answer_or_put_off(struct connection *connection, const char *method,
                                         const struct http_request *request) {
    const struct http_options *options = &connection->http->options;
    bool is_urgent = options->is_urgent != NULL && options->is_urgent(options->context, request);
    enum turn_kind kind = is_urgent ? TURN_URGENT : TURN_OTHERS;
    if (turn_is_spent(connection->http, kind)) {
        turn_put_off(connection);
        return MHD_YES;
    }
    uint64_t since_ns = turn_used_ns();
    enum MHD_Result result = answer(connection, method, request);
    turn_spend(connection->http, kind, since_ns);
    return result;
}

// Called when the request's head has come, and again when it is whole. Whoever is refused at once is answered
// without waiting for more, and the connection closed.
static enum MHD_Result on_request(void *context, struct MHD_Connection *mhd, const char *target,
                                  const char *method, const char *version, const char *body,
                                  size_t *body_length, void **request_context) {
    struct http *http = context;
    struct connection *connection = connection_of(mhd);
    struct http_request request = {mhd, request_path(target)};
    (void)body, (void)body_length, (void)request_context;
    if (connection->is_ending) {
        return MHD_NO;
    }
    if (!connection->has_begun) {
        struct request_head head = {mhd, method, target, version, connection->has_zero};
        struct request_refusal refusal = request_check(&head, http->names);
        connection->has_begun = true;
        return refusal.status == 0 ? MHD_YES : refuse(connection, &request, refusal);
    }
    return answer_or_put_off(connection, method, &request);
}

// The answer has left, or the connection is about to be closed.
static void on_completed(void *context, struct MHD_Connection *mhd, void **request_context,
                         enum MHD_RequestTerminationCode reason) {
    struct http *http = context;
    struct connection *connection = connection_of(mhd);
    (void)request_context;
    holding_set(connection, 0);
    bounds_move(&http->bounds, &connection->entry, BOUNDS_ASKING, clock_steady_ms());
    if (reason != MHD_REQUEST_TERMINATED_COMPLETED_OK) {
        http_connection_forget_unsent(connection);
    }
}

static void on_connection(void *context, struct MHD_Connection *mhd, void **connection_context,
                          enum MHD_ConnectionNotificationCode what) {
    struct http *http = context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        struct connection *connection = http->arriving;
        http->arriving = NULL;
        connection->mhd = mhd;
        *connection_context = connection;
        bounds_enter(&http->bounds, &connection->entry, connection->entry.peer, clock_steady_ms());
        return;
    }
    struct connection *connection = *connection_context;
    turn_forget(connection);
    bounds_leave(&http->bounds, &connection->entry);
    free(connection);
}

// What libmicrohttpd calls when it finds that it cannot go on; by itself it would end the process. The server
// stops instead, and what it has is left as it is.
static _Thread_local struct http *running;

static void on_panic(void *context, const char *file, unsigned line, const char *reason) {
    (void)context;
    log_event(LOG_LEVEL_CRITICAL, "board", LOG_FAIL, "error: libmicrohttpd, %s:%u: %s", file, line,
              reason == NULL ? "" : reason);
    if (running == NULL) {
        abort();
    }
    longjmp(running->broken, 1);
}

void talking_guard(struct http *http) {
    running = http;
}

static struct MHD_Daemon *start(struct http *http) {
    unsigned flags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME;
    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, http, MHD_OPTION_CONNECTION_LIMIT,
                            http->options.connections_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                            (size_t)HTTP_MEMORY_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, http->patience.idle_s,
                            MHD_OPTION_URI_LOG_CALLBACK, on_target, http, MHD_OPTION_NOTIFY_COMPLETED,
                            on_completed, http, MHD_OPTION_NOTIFY_CONNECTION, on_connection, http,
                            MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
}

bool talking_start(struct http *http, struct error *error) {
    MHD_set_panic_func(on_panic, NULL);
    http->daemon = start(http);
    if (http->daemon == NULL) {
        return error_set(error, ERROR_SYSTEM, "libmicrohttpd does not start");
    }
    http->events = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    return true;
}

void talking_run(struct http *http) {
    (void)MHD_run(http->daemon);
}

void talking_stop(struct http *http) {
    for (int stage = 0; stage < BOUNDS_STAGES; stage++) {
        for (struct list_node *node = http->bounds.stages[stage].first; node != NULL; node = node->next) {
            http_connection_end(CONTAINER_OF(node, struct connection, entry.node));
        }
    }
    talking_run(http); // none may be suspended when it is stopped
    MHD_stop_daemon(http->daemon);
    http->daemon = NULL;
}

void talking_add(struct http *http, int socket, const struct sockaddr *address, socklen_t length,
                 uint64_t peer) {
    struct connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
        close(socket);
        return;
    }
    *connection = (struct connection){.http = http, .socket = socket, .entry.peer = peer};
    http->arriving = connection;
    counter_add(&http_counters.connections, 1);
    (void)MHD_add_connection(http->daemon, socket, address, length);
    free(http->arriving); // which it was not told of
    http->arriving = NULL;
}
