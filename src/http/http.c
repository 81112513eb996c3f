#include "http/http.h"

#include "base/clock.h"
#include "base/log.h"
#include "http/arrivals.h"
#include "http/http_parts.h"
#include "http/streams.h"
#include "http/talking.h"
#include "http/turn.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    SOCKET_BYTES = 64 * 1024, // of an answer that the system takes before its reader does
    VANISHED_MS_MAX = 60000,  // in which nothing of it was acknowledged, or there was no room for more
};

// The thread ------------------------------------------------------------------------------------------------

// Until something comes, the next tick, or the end.
static unsigned wait_ms(const struct http *http) {
    MHD_UNSIGNED_LONG_LONG ms;
    uint64_t now_ms = clock_steady_ms();
    uint64_t until_tick_ms = http->tick_at_ms > now_ms ? http->tick_at_ms - now_ms : 0;
    bool has_deadline = MHD_get_timeout(http->daemon, &ms) == MHD_YES;
    return (unsigned)(has_deadline && ms < until_tick_ms ? ms : until_tick_ms);
}

static void rest(struct http *http) {
    struct pollfd wake = {.fd = http->wake, .events = POLLIN};
    for (unsigned ms; !atomic_load(&http->is_ending) && (ms = turn_rest_ms(http)) > 0;) {
        (void)poll(&wake, 1, (int)ms);
    }
}

static void accept_new(struct http *http, const struct pollfd *sockets) {
    for (int i = 0; i < http->options.socket_count; i++) {
        if (sockets[i].revents != 0) {
            arrivals_accept(http, http->options.sockets[i]);
        }
    }
}

static void tick(struct http *http) {
    uint64_t now_ms = clock_steady_ms();
    if (now_ms < http->tick_at_ms) {
        return;
    }
    http->tick_at_ms = now_ms + HTTP_TICK_MS;
    arrivals_sweep(http);
    http->options.tick(http->options.context);
    streams_ask(http);
}

static void take_turn(struct http *http) {
    enum { OTHERS = 2 };
    struct pollfd polled[OTHERS + HTTP_SOCKETS_MAX] = {{.fd = http->wake, .events = POLLIN},
                                                       {.fd = http->events, .events = POLLIN}};
    nfds_t socket_count = arrivals_wanted(http) ? (nfds_t)http->options.socket_count : 0;
    for (nfds_t i = 0; i < socket_count; i++) {
        polled[OTHERS + i] = (struct pollfd){.fd = http->options.sockets[i], .events = POLLIN};
    }
    (void)poll(polled, OTHERS + socket_count, (int)wait_ms(http));
    turn_begin(http);
    accept_new(http, polled + OTHERS);
    talking_run(http);
    tick(http);
    turn_end(http);
}

static void *run(void *argument) {
    struct http *http = argument;
    pthread_setname_np(pthread_self(), "http");
    share_begin(&http->share, clock_steady_ns());
    if (setjmp(http->broken) != 0) {
        return NULL;
    }
    talking_guard(http);
    while (!atomic_load(&http->is_ending)) {
        rest(http);
        take_turn(http);
    }
    talking_stop(http);
    return NULL;
}

// Opening and closing --------------------------------------------------------------------------------------

static const struct http_patience usual = {
    .request_ms = HTTP_REQUEST_MS_MAX,
    .idle_s = HTTP_IDLE_S_MAX,
    .answer_ms = HTTP_ANSWER_MS_MAX,
    .stream_idle_s = HTTP_STREAM_IDLE_S_MAX,
};

// What is sent and not read, or has come and is not looked at, is the system's memory. Accepted sockets
// inherit all of this (tcp(7), socket(7)).
static void bound_memory(int socket) {
    static const int bytes = SOCKET_BYTES;
    static const unsigned ms = VANISHED_MS_MAX;
    (void)setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    (void)setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    (void)setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
}

static bool open_parts(struct http *http, struct error *error) {
    if (http->options.names != NULL) {
        http->names = strdup(http->options.names);
        if (http->names == NULL) {
            return error_set(error, ERROR_NO_MEMORY, "no memory for the board's server");
        }
    }
    http->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return http->wake >= 0
               ? talking_start(http, error)
               : error_set_system(error, errno, "cannot create an eventfd for the board's server");
}

static void close_sockets(const struct http_options *options) {
    for (int i = 0; i < options->socket_count; i++) {
        close(options->sockets[i]);
    }
}

bool http_open(const struct http_options *options, struct http **result, struct error *error) {
    *result = NULL;
    struct http *http = calloc(1, sizeof *http);
    if (http == NULL) {
        close_sockets(options);
        return error_set(error, ERROR_NO_MEMORY, "no memory for the board's server");
    }
    http->options = *options;
    http->patience = options->patience == NULL ? usual : *options->patience;
    http->wake = -1;
    bounds_begin(&http->bounds, options->connections_max);
    for (int i = 0; i < options->socket_count; i++) {
        bound_memory(options->sockets[i]);
    }
    if (!open_parts(http, error)) {
        http_close(&http);
        return false;
    }
    *result = http;
    return true;
}

bool http_start(struct http *http, struct error *error) {
    int failure = pthread_create(&http->thread, NULL, run, http);
    http->has_thread = failure == 0;
    return http->has_thread || error_set_system(error, failure, "cannot start the board's thread");
}

static void end_thread(struct http *http) {
    static const uint64_t one = 1;
    atomic_store(&http->is_ending, true);
    (void)!write(http->wake, &one, sizeof one);
    pthread_join(http->thread, NULL);
}

void http_close(struct http **result) {
    struct http *http = *result;
    *result = NULL;
    if (http == NULL) {
        return;
    }
    if (http->has_thread) {
        end_thread(http);
    } else if (http->daemon != NULL) {
        talking_stop(http);
    }
    if (http->wake >= 0) {
        close(http->wake);
    }
    close_sockets(&http->options);
    free(http->names);
    free(http);
}
