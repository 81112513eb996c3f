// The central: the real service and the real ledger, with loops and a ledger's thread that are events of the
// simulated world. It starts, stops, crashes, and crashes in the middle of a call of the store.
#ifndef QUINIELA_TESTS_SIM_CENTRAL_H
#define QUINIELA_TESTS_SIM_CENTRAL_H

#include <stdbool.h>
#include <stdint.h>

struct connection;
struct ledger_order;
struct wire;

void central_begin(void);

// Ends it, if it is running, without any further answers.
void central_end(void);

// Starts it, and tries again for as long as the store does not open.
void central_start(void);

// The first stops it as SIGTERM does, the second crashes it. It starts again after a while.
void central_stop(void);
void central_crash(void);

// Dies within the current call: nothing that the call still does has any effect outside. central_after_event
// then ends it.
void central_die(void);
bool central_is_dying(void);

// Whether it no longer reads because it is stopping.
bool central_is_quiet(void);

// Takes a connection; NULL when it is not running.
struct connection *central_accept(struct wire *wire, int port);

// Gives an operator's order to the ledger, whose turn it is soon; as worker_order. False when the central is
// not running.
bool central_order(struct ledger_order *order);

// Which start of the central this is; whether that one still runs.
uint64_t central_life(void);
bool central_lives(uint64_t life);

// Does what is left to do after its code has run.
void central_after_event(void);

// Slows the ledger down, by up to `delay_ms` milliseconds a group.
void central_slow_down(unsigned delay_ms);

#endif
