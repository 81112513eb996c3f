// Reading from a backend, checking each row against its checksum (store.h, invariant 5). In a survey damage
// is reported and left out; otherwise it is ERROR_STORE_FAILED. Arguments are those of store.h's functions.
#ifndef QUINIELA_STORE_CHECKED_H
#define QUINIELA_STORE_CHECKED_H

#include "store/backend.h"

// Damage is an error or, in a survey, something to report. Returns whether to go on.
bool checked_damaged(const struct store *store, struct error *error, const char *format, ...)
    PRINTF_LIKE(3, 4);

bool checked_draw(struct store *store, struct stored_draw *draw, bool *found, struct error *error) MUST_CHECK;
bool checked_draws(struct store *store, store_each_draw each, void *context, struct error *error) MUST_CHECK;
bool checked_agencies(struct store *store, store_each_agency each, void *context,
                      struct error *error) MUST_CHECK;
bool checked_some_agencies(struct store *store, const uint32_t *numbers, size_t count, bool locks,
                           store_each_agency each, void *context, struct error *error) MUST_CHECK;
bool checked_numbers(struct store *store, store_each_chunk each, void *context,
                     struct error *error) MUST_CHECK;
bool checked_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to, store_each_chunk each,
                    void *context, struct error *error) MUST_CHECK;
bool checked_pieces(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                    store_each_piece each, void *context, struct error *error) MUST_CHECK;
bool checked_voided(struct store *store, store_each_voided each, void *context,
                    struct error *error) MUST_CHECK;
bool checked_winners(struct store *store, store_each_winner each, void *context,
                     struct error *error) MUST_CHECK;
bool checked_papers(struct store *store, store_each_paper each, void *context,
                    struct error *error) MUST_CHECK;

#endif
