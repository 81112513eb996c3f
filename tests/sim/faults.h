// What goes wrong in a simulated lottery, and when, until it has calmed down.
#ifndef QUINIELA_TESTS_SIM_FAULTS_H
#define QUINIELA_TESTS_SIM_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

// Decides what will go wrong: some of it at set moments, the rest after a number of steps.
void faults_begin(void);

// A step has been made.
void faults_step(void);

// Whether nothing more will go wrong.
bool faults_are_over(void);

// How many faults there have been since the program began.
uint64_t faults_count(void);

#endif
