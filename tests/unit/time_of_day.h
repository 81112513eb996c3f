// The time of day is the test's.
#ifndef QUINIELA_TESTS_TIME_OF_DAY_H
#define QUINIELA_TESTS_TIME_OF_DAY_H

#include <stddef.h>
#include <time.h>

enum { MINUTE = 60, DAY = 24 * 60 * MINUTE };

static time_t ahead; // of the real time of day

// Replaces the C library's, also for OpenSSL, which checks certificates by it.
time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec += ahead;
    if (result != NULL) {
        *result = now.tv_sec;
    }
    return now.tv_sec;
}

#endif
