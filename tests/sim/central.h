// The central: the real service and the real ledger, with loops and a ledger's thread that are events of the
// simulated world. It starts, stops, crashes, and crashes in the middle of a call of the store.
#ifndef QUINIELA_TESTS_SIM_CENTRAL_H
#define QUINIELA_TESTS_SIM_CENTRAL_H

#include <stdbool.h>

struct connection;
struct wire;

void central_begin(void);

// Ends it, if it runs, without any more answers.
void central_end(void);

// Starts it, and again and again when the store does not open.
void central_start(void);

// Stops as on SIGTERM; crashes. Starts again after a while.
void central_stop(void);
void central_crash(void);

// Dies within the call that runs now: nothing that it does leaves it. The end comes with
// central_after_event.
void central_die(void);
bool central_is_dying(void);

// Whether it reads nothing more, as it stops.
bool central_is_quiet(void);

// Takes a connection; NULL when it does not run.
struct connection *central_accept(struct wire *wire, int port);

// Does what is left to do when its code has run.
void central_after_event(void);

// Slows the ledger down, up to so many milliseconds a group.
void central_slow_down(unsigned delay_ms);

#endif
