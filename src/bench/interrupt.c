#include "bench/interrupt.h"

#include <stdatomic.h>

static atomic_bool interrupted;

void bench_interrupt(void) {
    interrupted = true;
}

bool bench_interrupted(void) {
    return interrupted;
}
