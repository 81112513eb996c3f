#include "link/echo_loop.h"

#include "agency/backoff.h"
#include "agency/route.h"
#include "base/log.h"
#include "base/signals.h"
#include "bet/errors.h"
#include "link/link.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

enum { BACKOFF_BASE_MS = 100, BACKOFF_CAP_MS = 5000, ECHO_MESSAGE_BYTES_MAX = 128 };

struct echo_loop {
    const struct echo_loop_options *options;
    uv_loop_t loop;
    uv_poll_t signals;
    int signals_descriptor;
    uv_timer_t next;  // when the next message or retry starts
    uv_timer_t lapse; // when it ends
    struct link *link;
    struct route route; // which server to use
    struct backoff backoff;
    int64_t sent; // messages that came back
    bool signalled;
    char message[ECHO_MESSAGE_BYTES_MAX]; // the one being sent, newline included
    size_t length;
    struct error *error; // of echo_loop_run
    bool failed;
};

static void end(struct echo_loop *echo) {
    if (echo->link != NULL) {
        link_close(&echo->link);
        log_event(echo->signalled ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG, "close_resource", LOG_SUCCESS,
                  "resource: socket");
    }
    uv_handle_t *handles[] = {(uv_handle_t *)&echo->next, (uv_handle_t *)&echo->lapse,
                              (uv_handle_t *)&echo->signals};
    for (size_t i = 0; i < sizeof handles / sizeof handles[0]; i++) {
        if (!uv_is_closing(handles[i])) {
            uv_close(handles[i], NULL);
        }
    }
    uv_stop(&echo->loop);
}

static void on_signal(uv_poll_t *signals, int status, int events) {
    (void)status, (void)events;
    struct echo_loop *echo = signals->data;
    int number = signals_take(echo->signals_descriptor, NULL);
    if (number != 0) {
        echo->signalled = true;
        log_hurry();
        log_event(LOG_LEVEL_INFO, "signal_received", LOG_SUCCESS, "signal: %s", signals_name(number));
        end(echo);
        log_event(LOG_LEVEL_INFO, "close_resource", LOG_SUCCESS, "resource: timers");
    }
}

static void on_lapse(uv_timer_t *timer) {
    end(timer->data);
}

static void log_failure(const struct echo_loop *echo, const char *action, const char *reason,
                        uint32_t wait_ms) {
    log_event(LOG_LEVEL_WARNING, action, LOG_FAIL, "client_id: %s | error: %s | retry_in_ms: %" PRIu32,
              echo->options->client_id, reason, wait_ms);
}

static void begin_message(uv_timer_t *timer);

static void try_again(struct echo_loop *echo, const char *action, const char *reason) {
    uint32_t wait_ms =
        route_next(&echo->route) ? backoff_aside_ms(&echo->backoff) : backoff_next_ms(&echo->backoff);
    if (echo->link != NULL) {
        link_close(&echo->link);
    }
    log_failure(echo, action, reason, wait_ms);
    uv_timer_start(&echo->next, begin_message, wait_ms, 0);
}

static void on_up(void *context) {
    struct echo_loop *echo = context;
    uint8_t *bytes = malloc(echo->length);
    if (bytes == NULL) {
        try_again(echo, "send_message", "no memory");
        return;
    }
    memcpy(bytes, echo->message, echo->length);
    link_send(echo->link, bytes, echo->length);
}

static size_t on_received(void *context, const uint8_t *bytes, size_t length) {
    struct echo_loop *echo = context;
    const uint8_t *newline = memchr(bytes, '\n', length);
    if (newline == NULL && length < sizeof echo->message) {
        return 0;
    }
    bool same = length >= echo->length && memcmp(bytes, echo->message, echo->length) == 0;
    link_close(&echo->link);
    if (same) {
        log_event(LOG_LEVEL_INFO, "receive_message", LOG_SUCCESS, "client_id: %s | msg: %.*s",
                  echo->options->client_id, (int)echo->length - 1, echo->message);
    } else {
        error_set(echo->error, ERROR_BAD_MESSAGE, "message %" PRId64 " came back different", echo->sent + 1);
        log_event(LOG_LEVEL_ERROR, "receive_message", LOG_FAIL, "client_id: %s | error: %s",
                  echo->options->client_id, echo->error->text);
        echo->failed = true;
    }
    backoff_reset(&echo->backoff);
    route_good(&echo->route);
    echo->sent++;
    if (echo->sent == echo->options->amount) {
        end(echo);
    } else {
        uv_timer_start(&echo->next, begin_message, (uint64_t)echo->options->period_ms, 0);
    }
    return length;
}

static void on_down(void *context, const char *reason) {
    try_again(context, "receive_message", reason);
}

static void begin_message(uv_timer_t *timer) {
    static const struct link_events events = {.up = on_up, .received = on_received, .down = on_down};
    struct echo_loop *echo = timer->data;
    echo->length =
        (size_t)snprintf(echo->message, sizeof echo->message, "[CLIENT %s] Message N°%" PRId64 "\n",
                         echo->options->client_id, echo->sent + 1);
    echo->link = link_open(&echo->loop, route_here(&echo->route), echo->options->tls, &events, echo);
    if (echo->link == NULL) {
        try_again(echo, "connect", "no memory");
    }
}

static void start(struct echo_loop *echo) {
    uv_timer_init(&echo->loop, &echo->next);
    uv_timer_init(&echo->loop, &echo->lapse);
    uv_poll_init(&echo->loop, &echo->signals, echo->signals_descriptor);
    echo->next.data = echo->lapse.data = echo->signals.data = echo;
    uv_poll_start(&echo->signals, UV_READABLE, on_signal);
    if (echo->options->lapse_ms >= 0) {
        uv_timer_start(&echo->lapse, on_lapse, (uint64_t)echo->options->lapse_ms, 0);
    }
    if (echo->options->amount == 0) {
        end(echo);
    } else {
        uv_timer_start(&echo->next, begin_message, 0, 0);
    }
}

bool echo_loop_run(const struct echo_loop_options *options, struct error *error) {
    struct echo_loop echo = {.options = options, .error = error};
    echo.signals_descriptor = signals_open(error);
    if (echo.signals_descriptor < 0) {
        return false;
    }
    int failure = uv_loop_init(&echo.loop);
    if (failure != 0) {
        close(echo.signals_descriptor);
        return error_set(error, ERROR_SYSTEM, "cannot make an event loop: %s", uv_strerror(failure));
    }
    backoff_init(&echo.backoff, BACKOFF_BASE_MS, BACKOFF_CAP_MS, options->seed);
    route_init(&echo.route, &options->addresses, options->seed + 1);
    start(&echo);
    uv_run(&echo.loop, UV_RUN_DEFAULT);
    uv_run(&echo.loop, UV_RUN_DEFAULT); // until everything closed is gone
    uv_loop_close(&echo.loop);
    close(echo.signals_descriptor);
    if (echo.signalled) {
        log_event(LOG_LEVEL_INFO, "end_client_loop", LOG_SUCCESS, NULL);
    } else if (!echo.failed) {
        log_event(LOG_LEVEL_INFO, "loop_finished", LOG_SUCCESS, "client_id: %s", options->client_id);
    }
    return !echo.failed;
}
