// Strangers who find the central's ports. They send bytes that are not a message, or messages for another
// port or agency; they ask for an agency's winners again and again, and leave.
#ifndef QUINIELA_TESTS_SIM_STRANGERS_H
#define QUINIELA_TESTS_SIM_STRANGERS_H

void strangers_begin(void);

// A stranger comes, unless one is already there.
void strangers_come(void);

#endif
