// A library that is loaded in front of all others (LD_PRELOAD) and sets the clock of one program, as when an
// operator sets that of the machine. The file that QUINIELA_CLOCK names holds the seconds to add, an int64_t
// as the machine has it, and may be written at any moment. What counts from the start of the machine is not
// touched, unless QUINIELA_STEADY_CLOCK names such a file, too: then time passes for the program, as it sees
// it. The files are mapped at the start: nothing else is made, and the program's sandbox does not matter.
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

typedef const _Atomic int64_t *seconds;

static seconds offset, steady_offset; // NULL: none
static int (*real_clock_gettime)(clockid_t, struct timespec *);

static seconds map(const char *variable) {
    const char *name = getenv(variable);
    int file = name == NULL ? -1 : open(name, O_RDONLY | O_CLOEXEC);
    void *mapped = file < 0 ? MAP_FAILED : mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED) {
        perror(variable);
        _exit(3);
    }
    close(file);
    return mapped;
}

__attribute__((constructor)) static void start(void) {
    *(void **)&real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    if (real_clock_gettime == NULL) {
        _exit(3);
    }
    offset = map("QUINIELA_CLOCK");
    steady_offset = getenv("QUINIELA_STEADY_CLOCK") == NULL ? NULL : map("QUINIELA_STEADY_CLOCK");
}

static seconds offset_of(clockid_t clock) {
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        return offset;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
        return steady_offset;
    default:
        return NULL;
    }
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    if (real_clock_gettime == NULL) { // another library's start
        *(void **)&real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    }
    int result = real_clock_gettime(clock, now);
    seconds added = offset_of(clock);
    if (result == 0 && added != NULL) {
        now->tv_sec += atomic_load(added);
    }
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    struct timespec exact;
    int result = clock_gettime(CLOCK_REALTIME, &exact);
    *now = (struct timeval){.tv_sec = exact.tv_sec, .tv_usec = exact.tv_nsec / 1000};
    return result;
}

time_t time(time_t *now) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (now != NULL) {
        *now = exact.tv_sec;
    }
    return exact.tv_sec;
}
