// Which bug a canary has: SIMULATION_PLANT names it.
#ifndef QUINIELA_TESTS_SIM_PLANTED_H
#define QUINIELA_TESTS_SIM_PLANTED_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static inline bool is_planted(const char *name) {
    const char *plant = getenv("SIMULATION_PLANT");
    return plant != NULL && strcmp(plant, name) == 0;
}

#endif
