// Waiting for the store's checkpointer, so that a run can be repeated.
#ifndef QUINIELA_TESTS_POWER_CHECKPOINTER_H
#define QUINIELA_TESTS_POWER_CHECKPOINTER_H

// Returns when the thread that moves the log of the open store has finished everything asked of it.
void checkpointer_wait(void);

#endif
