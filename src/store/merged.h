// The SQLite store's tables and its inbox, read as one (filing.h).
#ifndef QUINIELA_STORE_MERGED_H
#define QUINIELA_STORE_MERGED_H

#include "store/filing.h"

// As store.h's functions, with the bets of the inbox.
bool merged_agencies(struct filing *filing, struct store *store, store_each_agency each, void *context,
                     struct error *error) MUST_CHECK;
bool merged_numbers(struct filing *filing, struct store *store, store_each_chunk each, void *context,
                    struct error *error) MUST_CHECK;
bool merged_chunks(struct filing *filing, struct store *store, uint32_t agency, uint64_t from, uint64_t to,
                   store_each_chunk each, void *context, struct error *error) MUST_CHECK;
bool merged_pieces(struct filing *filing, struct store *store, uint32_t agency, uint64_t from,
                   uint32_t count_max, store_each_piece each, void *context, struct error *error) MUST_CHECK;

#endif
