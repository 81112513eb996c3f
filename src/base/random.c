#include "base/random.h"

#include <time.h>
#include <unistd.h>

uint64_t random_next(uint64_t *state) {
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = *state;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

uint32_t random_below(uint64_t *state, uint32_t bound) {
    uint32_t rejected = -bound % bound; // this many of the 2^32 values would make the first results likelier
    uint64_t product;
    do {
        product = (random_next(state) >> 32) * bound;
    } while ((uint32_t)product < rejected);
    return (uint32_t)(product >> 32);
}

uint64_t random_seed(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec + ((uint64_t)getpid() << 40);
}
