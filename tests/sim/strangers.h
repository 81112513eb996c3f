// Whoever else finds the central's ports: sends what is not a message, or not for that port, or not for that
// agency, asks for an agency's winners again and again, and goes.
#ifndef QUINIELA_TESTS_SIM_STRANGERS_H
#define QUINIELA_TESTS_SIM_STRANGERS_H

void strangers_begin(void);

// One comes by, unless one is there.
void strangers_come(void);

#endif
