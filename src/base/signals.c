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

void signals_hold(void) {
    sigset_t ending = ending_signals();
    pthread_sigmask(SIG_BLOCK, &ending, NULL);
}

int signals_open(struct error *error) {
    sigset_t ending = ending_signals();
    int descriptor = signalfd(-1, &ending, SFD_NONBLOCK | SFD_CLOEXEC);
    if (descriptor < 0) {
        error_set_system(error, errno, "cannot watch for signals");
    }
    return descriptor;
}

int signals_take(int descriptor) {
    struct signalfd_siginfo taken;
    return read(descriptor, &taken, sizeof taken) == (ssize_t)sizeof taken ? (int)taken.ssi_signo : 0;
}

const char *signals_name(int number) {
    return number == SIGTERM ? "SIGTERM" : "SIGINT";
}
