// What a shared store does beyond storing and reading: it locks rows, reads their current state, and counts
// what all servers have done.
#ifndef QUINIELA_STORE_POSTGRES_SHARED_H
#define QUINIELA_STORE_POSTGRES_SHARED_H

#include "store/opening.h"
#include "store/rows.h"

#include <stddef.h>

struct store;

// These are operations of backend.h.
bool postgres_total_agencies(struct store *store, struct stored_totals *totals,
                             struct error *error) MUST_CHECK;
bool postgres_some_agencies(struct store *store, const uint32_t *numbers, size_t count, bool locks,
                            store_each_agency each, void *context, struct error *error) MUST_CHECK;
bool postgres_count_papers(struct store *store, uint32_t *count, struct error *error) MUST_CHECK;
bool postgres_count_finished(struct store *store, uint64_t draw_checksum, uint32_t more, uint32_t *finished,
                             struct error *error) MUST_CHECK;
bool postgres_lock_draw(struct store *store, struct error *error) MUST_CHECK;
bool postgres_hold_draw(struct store *store, uint64_t draw_checksum, struct error *error) MUST_CHECK;
bool postgres_now(struct store *store, char now[STORE_TIME_BYTES], struct error *error) MUST_CHECK;
bool postgres_confirm(struct store *store, struct error *error) MUST_CHECK;
bool postgres_claim_draw(struct store *store, bool *claimed, struct error *error) MUST_CHECK;
bool postgres_check_files(struct store *store, store_on_damage on_damage, void *context,
                          struct error *error) MUST_CHECK;
bool postgres_erase(struct store *store, struct error *error) MUST_CHECK;
bool postgres_void_agency(struct store *store, uint32_t agency, uint32_t voiding, uint64_t *bets,
                          struct error *error) MUST_CHECK;

#endif
