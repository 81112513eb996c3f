// What is stored of an agency, for a client that wants to know whether it is what it has: a list of pieces,
// with their digests.
//
// The last lists are kept: reading one takes milliseconds of the ledger's one thread, and anybody can ask.
// What is stored never changes, so they stay valid until the ledger takes something back: then all of them
// are forgotten (listings_forget).
#ifndef QUINIELA_LEDGER_LISTING_H
#define QUINIELA_LEDGER_LISTING_H

#include "base/error.h"
#include "ledger/request.h"
#include "store/store.h"

#include <stdint.h>

struct listings;

// An empty set of lists; NULL when there is no memory. The caller frees it.
struct listings *listings_new(void);
void listings_free(struct listings *listings); // or NULL

// Forgets every list that was kept.
void listings_forget(struct listings *listings);

// Whether a kept list has the piece that holds the agency's bet `bet`.
bool listings_have(const struct listings *listings, uint32_t agency, uint64_t bet);

// Whether the request asks for a list, and there is one: its chunk begins at 0, and more than the chunk is
// among the agency's `bets`.
bool listing_is_due(const struct ledger_request *request, uint64_t bets);

// Makes the list: pieces from the one that holds bet request->input.list_from on, each after the one before,
// PIECES_LISTED_MAX at most, within the agency's `bets`; the next list begins where this one ends. The
// request's submitter frees it. Sets request->answer.error when there is no memory. Fails only when the store
// does.
bool listing_make(struct listings *listings, struct store *store, struct ledger_request *request,
                  uint64_t bets, struct error *error) MUST_CHECK;

// Frees a request's list, if there is one: it is decided on again.
void listing_drop(struct ledger_request *request);

#endif
