// An agency's stored bets, as a list of pieces with their digests. A client compares it with its own bets.
//
// The last lists are kept: reading one takes milliseconds of the ledger's only thread, and anybody can ask.
// Stored bets never change, so the lists stay valid until the ledger takes something back. Then all of them
// are dropped (listings_forget).
#ifndef QUINIELA_LEDGER_LISTING_H
#define QUINIELA_LEDGER_LISTING_H

#include "base/error.h"
#include "ledger/request.h"
#include "store/store.h"

#include <stdint.h>

struct listings;

// An empty set of lists; NULL when out of memory. The caller frees it.
struct listings *listings_new(void);
void listings_free(struct listings *listings); // or NULL

// Drops every kept list.
void listings_forget(struct listings *listings);

// Whether a kept list has the piece that holds bet `bet` of the agency.
bool listings_have(const struct listings *listings, uint32_t agency, uint64_t bet);

// Whether the request asks for a list and there is one: its chunk begins at 0, and the agency has more
// `bets` than the chunk.
bool listing_is_due(const struct ledger_request *request, uint64_t bets);

// Makes the list of consecutive pieces, starting with the one that holds bet request->input.list_from. It
// has at most PIECES_LISTED_MAX pieces, within the agency's `bets`; the next list begins where this one
// ends. The request's submitter frees it. Sets request->answer.error when out of memory. Fails only when the
// store fails.
bool listing_make(struct listings *listings, struct store *store, struct ledger_request *request,
                  uint64_t bets, struct error *error) MUST_CHECK;

// Frees a request's list, if there is one, before the request is decided on again.
void listing_drop(struct ledger_request *request);

#endif
