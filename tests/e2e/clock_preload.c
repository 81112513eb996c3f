// A library that is loaded in front of all others (LD_PRELOAD) and sets the clock of one program, as when an
// operator sets that of the machine: what counts from the start of the machine is not touched. The file that
// QUINIELA_CLOCK names holds the seconds to add, an int64_t as the machine has it, and may be written at any
// moment. It is mapped at the start: nothing else is made, and the program's sandbox does not matter. A
// second number, where there is one, is added to the steady clock, as if so much time had passed: waits that
// are under way, or that are until a moment, last so much longer unless somebody wakes them.
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

static const _Atomic int64_t *offset;
static int (*real_clock_gettime)(clockid_t, struct timespec *);

__attribute__((constructor)) static void start(void) {
    const char *name = getenv("QUINIELA_CLOCK");
    int file = name == NULL ? -1 : open(name, O_RDONLY | O_CLOEXEC);
    void *mapped = file < 0 ? MAP_FAILED : mmap(NULL, 2 * sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    *(void **)&real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    if (mapped == MAP_FAILED || real_clock_gettime == NULL) {
        perror("QUINIELA_CLOCK");
        _exit(3);
    }
    close(file);
    offset = mapped;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    if (real_clock_gettime == NULL) { // another library's start
        *(void **)&real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    }
    int result = real_clock_gettime(clock, now);
    if (result == 0 && offset != NULL && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        now->tv_sec += atomic_load(&offset[0]);
    } else if (result == 0 && offset != NULL && clock == CLOCK_MONOTONIC) {
        now->tv_sec += atomic_load(&offset[1]); // behind the end of a short file is a zero
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
