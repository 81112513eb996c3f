// How often each number was bet: counted from the store now and then, on a thread of its own, while somebody
// wants to know. Bets of a draw that were voided do not count.
#ifndef QUINIELA_LEDGER_NUMBER_COUNTS_H
#define QUINIELA_LEDGER_NUMBER_COUNTS_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

enum { NUMBER_COUNTS = 10000 }; // numbers that can be bet, from 0

struct number_counts;
struct store;

// Counts nothing yet. `open_reader` is as in ledger/options.h, and is called on the count's thread; `draw` is
// copied. NULL when out of memory. The caller frees it.
struct number_counts *number_counts_new(bool (*open_reader)(void *context, const char *draw,
                                                            struct store **store, struct error *error),
                                        void *context, const char *draw);

// Waits for a count under way, which ends within the time that a chunk takes. NULL is fine. Nobody may use it
// any more.
void number_counts_free(struct number_counts *counts);

// Begins a count, unless one is under way, or the last one, which may have failed, ended less than 2 seconds
// ago, or 20 times what it took: so it never takes more than a twentieth of a core and of a disk. Returns at
// once. Any thread may call it.
void number_counts_want(struct number_counts *counts);

// Copies the last count that ended well: how often each number was bet, how many bets that is, and how old it
// is in seconds. False, with nothing set but `failure`, while there is none. `failure` says why the last
// count failed; "" when it did not. Any thread may call it.
bool number_counts_read(struct number_counts *counts, uint64_t numbers[NUMBER_COUNTS], uint64_t *bets,
                        uint32_t *age_s, char failure[ERROR_TEXT_BYTES]);

#endif
