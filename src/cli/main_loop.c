#include "cli/main_loop.h"

#include "base/log.h"
#include "base/signals.h"

#include <assert.h>
#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void stop(struct main_loop *loop) {
    if (!loop->stopping) {
        loop->stopping = true;
        log_hurry();
        uv_stop(&loop->loop);
    }
}

bool main_loop_take_signal(void *context) {
    struct main_loop *loop = context;
    bool is_reload;
    int number = signals_take(loop->signals_descriptor, &is_reload);
    if (number != 0) {
        log_event(LOG_LEVEL_INFO, "signal_received", LOG_SUCCESS, "signal: %s", signals_name(number));
        if (is_reload) {
            loop->reload(loop->context);
        } else {
            stop(loop);
        }
    }
    return !loop->stopping;
}

static void on_signal(uv_poll_t *signals, int status, int events) {
    (void)status, (void)events;
    (void)main_loop_take_signal(signals->data);
}

static void on_asked_to_stop(uv_async_t *async) {
    stop(async->data);
}

static void on_timer(uv_timer_t *timer) {
    const struct main_loop_timer *due = timer->data;
    due->call(due->context);
}

static bool open_descriptors(struct main_loop *loop, struct error *error) {
    loop->signals_descriptor = signals_open(error);
    if (loop->signals_descriptor < 0) {
        return false;
    }
    loop->interrupt = eventfd(0, EFD_CLOEXEC);
    if (loop->interrupt < 0) {
        close(loop->signals_descriptor);
        return error_set_system(error, errno, "no file descriptor to stop with");
    }
    return true;
}

bool main_loop_open(struct main_loop *loop, void (*reload)(void *context), void *context,
                    struct error *error) {
    *loop = (struct main_loop){.reload = reload, .context = context};
    if (!open_descriptors(loop, error)) {
        return false;
    }
    int failure = uv_loop_init(&loop->loop);
    if (failure != 0) {
        close(loop->signals_descriptor);
        close(loop->interrupt);
        return error_set(error, ERROR_SYSTEM, "the main loop cannot be made: %s", uv_strerror(failure));
    }
    uv_poll_init(&loop->loop, &loop->signals, loop->signals_descriptor);
    uv_async_init(&loop->loop, &loop->asked_to_stop, on_asked_to_stop);
    loop->signals.data = loop->asked_to_stop.data = loop;
    for (int i = 0; i < MAIN_LOOP_TIMERS_MAX; i++) {
        uv_timer_init(&loop->loop, &loop->timers[i].timer);
        loop->timers[i].timer.data = &loop->timers[i];
    }
    uv_poll_start(&loop->signals, UV_READABLE, on_signal);
    return true;
}

void main_loop_repeat(struct main_loop *loop, uint64_t every_ms, void (*call)(void *context), void *context) {
    struct main_loop_timer *timer = loop->timers;
    while (timer->call != NULL) {
        timer++;
        assert(timer < loop->timers + MAIN_LOOP_TIMERS_MAX);
    }
    timer->call = call;
    timer->context = context;
    uv_timer_start(&timer->timer, on_timer, every_ms, every_ms);
}

void main_loop_run(struct main_loop *loop) {
    uv_run(&loop->loop, UV_RUN_DEFAULT);
}

void main_loop_ask_to_stop(struct main_loop *loop) {
    uv_async_send(&loop->asked_to_stop);
}

void main_loop_interrupt(struct main_loop *loop) {
    eventfd_write(loop->interrupt, 1);
}

void main_loop_close(struct main_loop *loop) {
    uv_close((uv_handle_t *)&loop->signals, NULL);
    uv_close((uv_handle_t *)&loop->asked_to_stop, NULL);
    for (int i = 0; i < MAIN_LOOP_TIMERS_MAX; i++) {
        uv_close((uv_handle_t *)&loop->timers[i].timer, NULL);
    }
    do { // if it was stopped before it ran, its first run ends immediately
        uv_run(&loop->loop, UV_RUN_DEFAULT);
    } while (uv_loop_close(&loop->loop) == UV_EBUSY);
    close(loop->interrupt);
    close(loop->signals_descriptor);
}
