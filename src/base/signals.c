#include "base/signals.h"

#include <pthread.h>
#include <signal.h>

static void change_mask(int how) {
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    pthread_sigmask(how, &ending, NULL);
}

void signals_hold(void) {
    change_mask(SIG_BLOCK);
}

void signals_release(void) {
    change_mask(SIG_UNBLOCK);
}

const char *signals_name(int number) {
    return number == SIGTERM ? "SIGTERM" : "SIGINT";
}
