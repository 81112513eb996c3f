// Compares a store, read through the real code, with what was promised and what was sent.
#ifndef QUINIELA_TESTS_POWER_CHECK_H
#define QUINIELA_TESTS_POWER_CHECK_H

#include "lottery.h"

#include "base/attributes.h"
#include "ledger/winners.h"

// What is being tried. Shown with the next failure.
void check_set_context(const char *format, ...) PRINTF_LIKE(1, 2);

// The history that was cut, and where; NULL for none. Shown with the next failure.
void check_set_history(const struct history *history, size_t end);

// Prints what was found, with the context, and ends the program as failed.
void check_fail(const char *format, ...) PRINTF_LIKE(1, 2) __attribute__((noreturn));

// Checks the promise. Everything that was acknowledged is in the store at `path`, with its exact bets.
// Nothing is there twice, nothing that was not sent, and no part of a chunk. The draw is as far as was
// announced. `complete`: the lottery is over, and nothing may be missing.
void check_store(const char *path, const struct promise *promise, bool complete);

// Checks that the winners are those of the lottery.
void check_winners(const struct winners *winners);

#endif
