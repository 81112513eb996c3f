#include "agency/uploader.h"

#include "agency/link.h"
#include "agency/progress.h"
#include "base/log.h"
#include "base/signals.h"

#include <unistd.h>
#include <uv.h>

struct uploader {
    struct dialogue *dialogue;
    uv_loop_t loop;
    uv_poll_t signals;
    int signals_descriptor;
    uv_timer_t timer;
    struct link *link;
    struct tls_context *tls;
};

// What the dialogue is told -------------------------------------------------------------------------------

static void on_up(void *context) {
    struct uploader *uploader = context;
    dialogue_up(uploader->dialogue);
}

static size_t on_received(void *context, const uint8_t *bytes, size_t length) {
    struct uploader *uploader = context;
    return dialogue_received(uploader->dialogue, bytes, length);
}

static void on_down(void *context, const char *reason) {
    struct uploader *uploader = context;
    dialogue_down(uploader->dialogue, reason);
}

static void on_refused(void *context, const char *reason) {
    struct uploader *uploader = context;
    dialogue_refused(uploader->dialogue, reason);
}

static void on_distrusted(void *context, const char *reason) {
    struct uploader *uploader = context;
    dialogue_distrusted(uploader->dialogue, reason, uv_now(&uploader->loop));
}

static void on_timer(uv_timer_t *timer) {
    struct uploader *uploader = timer->data;
    dialogue_waited(uploader->dialogue);
}

static void on_signal(uv_poll_t *signals, int status, int events) {
    (void)status, (void)events;
    struct uploader *uploader = signals->data;
    int number = signals_take(uploader->signals_descriptor, NULL);
    if (number != 0) {
        log_hurry();
        log_event(LOG_LEVEL_INFO, "signal_received", LOG_SUCCESS, "signal: %s", signals_name(number));
        dialogue_stop(uploader->dialogue);
    }
}

// What it asks for ----------------------------------------------------------------------------------------

static bool connect_to(void *context, const struct address *address) {
    static const struct link_events events = {.up = on_up,
                                              .received = on_received,
                                              .down = on_down,
                                              .refused = on_refused,
                                              .distrusted = on_distrusted};
    struct uploader *uploader = context;
    uploader->link = link_open(&uploader->loop, address, uploader->tls, &events, uploader);
    return uploader->link != NULL;
}

static void send_bytes(void *context, uint8_t *bytes, size_t length) {
    struct uploader *uploader = context;
    link_send(uploader->link, bytes, length);
}

static void disconnect(void *context) {
    struct uploader *uploader = context;
    link_close(&uploader->link);
}

static void wait_for(void *context, uint32_t wait_ms) {
    struct uploader *uploader = context;
    uv_timer_start(&uploader->timer, on_timer, wait_ms, 0);
}

static void close_handle(uv_handle_t *handle) {
    if (!uv_is_closing(handle)) {
        uv_close(handle, NULL);
    }
}

static void end(void *context) {
    struct uploader *uploader = context;
    close_handle((uv_handle_t *)&uploader->timer);
    close_handle((uv_handle_t *)&uploader->signals);
    uv_stop(&uploader->loop);
}

static const struct dialogue_actions actions = {
    .connect = connect_to,
    .send = send_bytes,
    .disconnect = disconnect,
    .wait = wait_for,
    .ended = end,
};

// From its making to its end ------------------------------------------------------------------------------

static void start_loop(struct uploader *uploader) {
    uv_timer_init(&uploader->loop, &uploader->timer);
    uv_poll_init(&uploader->loop, &uploader->signals, uploader->signals_descriptor);
    uploader->timer.data = uploader->signals.data = uploader;
    uv_poll_start(&uploader->signals, UV_READABLE, on_signal);
}

static void free_parts(struct uploader *uploader) {
    dialogue_free(&uploader->dialogue);
    if (uploader->signals_descriptor >= 0) {
        close(uploader->signals_descriptor);
    }
}

static bool make_parts(struct uploader *uploader, const struct dialogue_options *options,
                       struct error *error) {
    uploader->signals_descriptor = signals_open(error);
    if (uploader->signals_descriptor < 0 ||
        !dialogue_new(options, &actions, uploader, &uploader->dialogue, error)) {
        return false;
    }
    int failure = uv_loop_init(&uploader->loop);
    return failure == 0 ||
           error_set(error, ERROR_SYSTEM, "cannot make an event loop: %s", uv_strerror(failure));
}

bool uploader_run(const struct dialogue_options *options, struct tls_context *tls, struct error *error) {
    struct uploader uploader = {.tls = tls};
    if (!make_parts(&uploader, options, error)) {
        log_event(LOG_LEVEL_ERROR, "start_client", LOG_FAIL, "error: %s | message: %s",
                  error_name(error->code), error->text);
        free_parts(&uploader);
        return false;
    }
    progress_begin(options->agency);
    start_loop(&uploader);
    dialogue_start(uploader.dialogue);
    uv_run(&uploader.loop, UV_RUN_DEFAULT);
    uv_run(&uploader.loop, UV_RUN_DEFAULT); // until everything closed is gone
    uv_loop_close(&uploader.loop);
    progress_end();
    bool failed = dialogue_failed(uploader.dialogue, error);
    free_parts(&uploader);
    return !failed;
}
