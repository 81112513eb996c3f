#include "ledger/cost.h"

#include "bet/limits.h"
#include "ledger/listing.h"
#include "ledger/row_cache.h"
#include "ledger/state.h"

enum { LIST_BYTES = 512 * 1024 }; // the cost of reading a list, in bytes of chunks read

// Of the stored chunk that holds a bet of the agency, at most.
static size_t bytes_of_chunk(const struct agency *agency) {
    size_t largest = agency->largest == 0 ? (size_t)CHUNK_BYTES_MAX : agency->largest;
    return largest > STORE_JOINED_BYTES_MAX ? largest : (size_t)STORE_JOINED_BYTES_MAX;
}

// For bets sent before, when the chunks that hold the first and the last of them are not cached.
static size_t cost_of_comparing(const struct ledger *ledger, const struct ledger_request *request) {
    const struct agency *agency = &ledger->agencies[request->input.agency];
    if (request->input.first < 0 || (uint64_t)request->input.first >= agency->row.bets ||
        request->input.chunk->count == 0) {
        return 0;
    }
    uint64_t first = (uint64_t)request->input.first, end = first + request->input.chunk->count;
    end = end < agency->row.bets ? end : agency->row.bets;
    if (row_cache_has(ledger->cache, request->input.agency, first) &&
        row_cache_has(ledger->cache, request->input.agency, end - 1)) {
        return 0;
    }
    size_t bytes = bytes_of_chunk(agency);
    return bytes > request->input.chunk->rows_length ? bytes : 0; // else it costs only what was sent
}

static size_t cost_of_list(const struct ledger *ledger, const struct ledger_request *request) {
    return listing_is_due(request, ledger->agencies[request->input.agency].row.bets) &&
                   !listings_have(ledger->listings, request->input.agency, request->input.list_from)
               ? LIST_BYTES
               : 0;
}

size_t cost_beyond(const struct ledger *ledger, const struct ledger_request *request) {
    bool is_chunk = request->input.type == LEDGER_CHUNK || request->input.type == LEDGER_LAST_CHUNK;
    if (!is_chunk || request->answer.error.code != ERROR_NONE ||
        !state_has_place(ledger, request->input.agency)) {
        return 0;
    }
    return cost_of_comparing(ledger, request) + cost_of_list(ledger, request);
}
