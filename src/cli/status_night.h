// What an operator needs to know at night, beside the table: who is missing and silent, how fast bets come,
// what ends the intake, and what to do next.
#ifndef QUINIELA_CLI_STATUS_NIGHT_H
#define QUINIELA_CLI_STATUS_NIGHT_H

#include "cli/status_reading.h"

// Prints it on standard output, for people. The last line says what to do next.
void status_night_print(const struct status *status);

#endif
