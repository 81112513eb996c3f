// What a ledger's thread shows other threads while it works: when it last heard of each agency, how many bets
// it stores a second, and since when it has been at what it does now. It alone writes; any thread reads, and
// waits for nothing.
#ifndef QUINIELA_LEDGER_PULSE_H
#define QUINIELA_LEDGER_PULSE_H

#include <stdbool.h>
#include <stdint.h>

struct pulse;

enum {
    PULSE_SECONDS_MAX = 60, // for which bets are counted
    PULSE_SILENT_S = 60,    // from which on an agency that was heard of counts as silent
};

#define PULSE_NEVER UINT32_MAX

// NULL when out of memory. The caller ends it with pulse_free, once nobody uses it.
struct pulse *pulse_new(void);
void pulse_free(struct pulse *pulse);

// By the ledger's thread ----------------------------------------------------------------------------------

// It is at work, or waits for some, from now on.
void pulse_begin_work(struct pulse *pulse);
void pulse_end_work(struct pulse *pulse);

// It is in a call of the store, or out of it again (store/calls.h), while it is at work; `pulse` is a struct
// pulse.
void pulse_note_call(void *pulse, bool is_in_call);

// The agency, from 1 to AGENCIES_MAX, has asked for something now. That takes 4 bytes an agency.
void pulse_hear(struct pulse *pulse, uint32_t agency);

// So many bets were stored now.
void pulse_add_bets(struct pulse *pulse, uint64_t bets);

// Why the store failed, a string constant, unless it has proved since that it is good (trial.h); then NULL.
void pulse_set_store_failure(struct pulse *pulse, const char *cause);

// By any thread -------------------------------------------------------------------------------------------

// For how many seconds there has been a pulse.
uint32_t pulse_age_s(const struct pulse *pulse);

// How old the pulse was, in seconds, when the agency, any number, was heard of last; PULSE_NEVER when it was
// not.
uint32_t pulse_heard_s(const struct pulse *pulse, uint32_t agency);

// How many bets were stored in the last `seconds` whole seconds, PULSE_SECONDS_MAX at most.
uint64_t pulse_bets(const struct pulse *pulse, uint32_t seconds);

// For how many milliseconds the ledger has been at what it does now; 0: it waits for work.
uint64_t pulse_busy_ms(const struct pulse *pulse);

// For how many milliseconds it has been in one call of the store; for how many it has been at work without
// beginning or ending one. 0: it is not.
uint64_t pulse_call_ms(const struct pulse *pulse);
uint64_t pulse_stuck_ms(const struct pulse *pulse);

bool pulse_store_fails(const struct pulse *pulse);

// Why, in words that anybody may be told (the cause of an error, error.h), a string constant; NULL while it
// does not fail.
const char *pulse_store_failure(const struct pulse *pulse);

#endif
