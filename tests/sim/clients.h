// The agencies' clients: the real dialogue (agency/dialogue.h) on a simulated wire and clock, and a classic
// client. They crash, are stopped, start again with other settings, and run twice at the same time.
#ifndef QUINIELA_TESTS_SIM_CLIENTS_H
#define QUINIELA_TESTS_SIM_CLIENTS_H

#include <stdbool.h>
#include <stdint.h>

void clients_begin(void);
void clients_end(void);

// Starts one client for each agency, soon.
void clients_start(void);

// Kills or stops a running client; it starts again after a while.
void clients_crash_one(void);

// Starts a second client for some agency.
void clients_start_another(void);

// The client whose code is running has logged how many winners it has.
void clients_told(uint64_t winners);

// Whether every client has been told its winners.
bool clients_are_done(void);

#endif
