#include "base/signals.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

static sigset_t ending_signals(void) {
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    return ending;
}

static void end_at_once(int number) {
    (void)number;
    _exit(0);
}

void signals_end_at_once(void) {
    struct sigaction action = {.sa_handler = end_at_once};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

void signals_end_as_usual(void) {
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
}

void signals_hold(void) {
    sigset_t ending = ending_signals();
    pthread_sigmask(SIG_BLOCK, &ending, NULL);
    signals_end_as_usual();
}

// Once blocked, an ignored signal would be pending like the others.
static bool is_ignored(int number) {
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void signals_hold_reload(void) {
    sigset_t reload;
    if (is_ignored(SIGHUP)) {
        return;
    }
    sigemptyset(&reload);
    sigaddset(&reload, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &reload, NULL);
}

// A signal that is ignored, such as SIGHUP under nohup, is left out.
void signals_put_off(struct signals_put_off *put_off) {
    static const int ending[] = {SIGTERM, SIGINT, SIGHUP};
    sigemptyset(&put_off->signals);
    pthread_sigmask(SIG_BLOCK, NULL, &put_off->before);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        if (!is_ignored(ending[i]) && !sigismember(&put_off->before, ending[i])) {
            sigaddset(&put_off->signals, ending[i]);
        }
    }
    pthread_sigmask(SIG_BLOCK, &put_off->signals, NULL);
}

bool signals_have_come(const struct signals_put_off *put_off) {
    sigset_t pending;
    sigpending(&pending);
    sigandset(&pending, &pending, &put_off->signals);
    return !sigisemptyset(&pending);
}

void signals_let_come(const struct signals_put_off *put_off) {
    pthread_sigmask(SIG_SETMASK, &put_off->before, NULL);
}

int signals_open(struct error *error) {
    sigset_t all = ending_signals();
    sigaddset(&all, SIGHUP); // which arrives only if it is held
    int descriptor = signalfd(-1, &all, SFD_NONBLOCK | SFD_CLOEXEC);
    if (descriptor < 0) {
        error_set_system(error, errno, "cannot watch for signals");
    }
    return descriptor;
}

int signals_take(int descriptor, bool *is_reload) {
    struct signalfd_siginfo taken;
    if (read(descriptor, &taken, sizeof taken) != (ssize_t)sizeof taken) {
        return 0;
    }
    if (is_reload != NULL) {
        *is_reload = taken.ssi_signo == SIGHUP && taken.ssi_code != SI_KERNEL;
    }
    return (int)taken.ssi_signo;
}

const char *signals_name(int number) {
    return number == SIGTERM ? "SIGTERM" : number == SIGHUP ? "SIGHUP" : "SIGINT";
}

bool signals_wait_to_end(void) {
    sigset_t pending;
    return sigpending(&pending) == 0 &&
           (sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1);
}
