// Ends whatever a bench is doing.
#ifndef QUINIELA_BENCH_INTERRUPT_H
#define QUINIELA_BENCH_INTERRUPT_H

#include <stdbool.h>

// Has the run that is under way, and any later one, end with an error. May be called from a signal handler.
void bench_interrupt(void);

// Whether that was called.
bool bench_interrupted(void);

#endif
