// Who won: each agency's winning documents. Built once and never changed, so any thread may read it.
#ifndef QUINIELA_LEDGER_WINNERS_H
#define QUINIELA_LEDGER_WINNERS_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct winners;

// An empty table for agencies 1 … `agencies`; NULL when out of memory. The caller frees it.
struct winners *winners_new(uint32_t agencies);
void winners_free(struct winners *winners);

// Adds a winning document (ended by a NUL). Agencies come in ascending order. Returns false when out of
// memory; then only winners_free may be called.
bool winners_add(struct winners *winners, uint32_t agency, const char *document) MUST_CHECK;

// The agency's documents joined by commas, and the text's length; "" when it has none. The table owns the
// text.
const char *winners_of(const struct winners *winners, uint32_t agency, size_t *length);

// How many agencies the table is for.
uint32_t winners_agencies(const struct winners *winners);

// How many winners there are in total.
uint64_t winners_count(const struct winners *winners);

#endif
