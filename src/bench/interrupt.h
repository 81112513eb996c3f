// Ends a bench's current run.
#ifndef QUINIELA_BENCH_INTERRUPT_H
#define QUINIELA_BENCH_INTERRUPT_H

#include <stdbool.h>

// Makes the current run, and any later one, end with an error. May be called from a signal handler.
void bench_interrupt(void);

// Whether interruption was requested.
bool bench_interrupted(void);

#endif
