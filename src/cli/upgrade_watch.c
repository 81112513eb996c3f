#include "cli/upgrade_watch.h"

#include "base/log.h"
#include "base/signals.h"
#include "cli/command.h"
#include "confine/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

// The supervisor is told again well before what it was told last is over.
enum { SUPERVISOR_EVERY_MS = 20000, SUPERVISOR_WAITS_S = 90 };

static pthread_mutex_t lines = PTHREAD_MUTEX_INITIALIZER;

void upgrade_watch_line_begin(void) {
    pthread_mutex_lock(&lines);
}

void upgrade_watch_line_end(void) {
    pthread_mutex_unlock(&lines);
}

// Keeps the lines to itself up to the end. Only this thread can end the server: the other one is in the
// middle of the upgrade, in SQLite or at the database.
static void end_server(int number) {
    const char *name = signals_name(number);
    supervisor_stopping();
    upgrade_watch_line_begin();
    log_event(LOG_LEVEL_INFO, "signal_received", LOG_SUCCESS, "signal: %s", name);
    log_event(LOG_LEVEL_WARNING, "upgrade", LOG_FAIL,
              "message: ended by %s; the next attempt goes on from there", name);
    log_event(LOG_LEVEL_INFO, "end_server", LOG_SUCCESS, NULL);
    _exit(EXIT_DONE);
}

// SIGHUP has nothing to read again yet.
static void take_signal(int descriptor) {
    bool is_reload;
    int number = signals_take(descriptor, &is_reload);
    if (number != 0 && !is_reload) {
        end_server(number);
    }
}

static void *watch_on(void *argument) {
    const struct upgrade_watch *watch = argument;
    struct pollfd waited[] = {{watch->ended, POLLIN, 0}, {watch->signals, POLLIN, 0}};
    while (waited[0].revents == 0) {
        supervisor_wait(SUPERVISOR_WAITS_S);
        int count = poll(waited, 2, supervisor_is_there() ? SUPERVISOR_EVERY_MS : -1);
        if (count > 0 && waited[0].revents == 0) {
            take_signal(watch->signals);
        }
    }
    return NULL;
}

bool upgrade_watch_start(struct upgrade_watch *watch, struct error *error) {
    watch->signals = signals_open(error);
    if (watch->signals < 0) {
        return false;
    }
    watch->ended = eventfd(0, EFD_CLOEXEC);
    if (watch->ended < 0) {
        error_set_system(error, errno, "cannot watch the upgrade");
        close(watch->signals);
        return false;
    }
    int failed = pthread_create(&watch->thread, NULL, watch_on, watch);
    if (failed != 0) {
        error_set_system(error, failed, "cannot start a thread that watches the upgrade");
        close(watch->signals);
        close(watch->ended);
    }
    return failed == 0;
}

void upgrade_watch_stop(struct upgrade_watch *watch) {
    uint64_t one = 1;
    (void)!write(watch->ended, &one, sizeof one); // of an empty counter: it cannot fail
    pthread_join(watch->thread, NULL);
    close(watch->signals);
    close(watch->ended);
}
