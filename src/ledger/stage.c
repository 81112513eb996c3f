#include "ledger/stage.h"

#include "ledger/decide.h"
#include "ledger/listing.h"
#include "ledger/open_group.h"
#include "ledger/receipts.h"
#include "ledger/state.h"

#include <string.h>

// The part of the chunk after its first `skip` bets, as appended to the agency's bets.
static bool cut_chunk(const struct ledger_input *input, uint32_t skip, uint64_t first,
                      struct stored_chunk *stored, struct error *error) {
    const struct chunk *chunk = input->chunk;
    size_t start = chunk_row_offset(chunk->rows, chunk->rows_length, skip);
    *stored = (struct stored_chunk){
        .agency = input->agency,
        .first = first,
        .count = chunk->count - skip,
        .numbers = chunk->numbers + 2 * (size_t)skip,
        .rows = chunk->rows + start,
        .rows_length = chunk->rows_length - start,
    };
    memcpy(stored->digest, input->digest, sizeof stored->digest);
    return skip == 0 ||
           chunk_digest(stored->numbers, stored->count, stored->rows, stored->rows_length, stored->digest) ||
           error_set(error, ERROR_NO_MEMORY, "no memory for a digest");
}

static bool append(struct ledger *ledger, struct ledger_request *request, uint32_t skip,
                   struct error *error) {
    uint32_t agency = request->input.agency;
    struct stored_chunk stored;
    if (skip == request->input.chunk->count) {
        return true;
    }
    if (!cut_chunk(&request->input, skip, ledger->agencies[agency].row.bets, &stored, error) ||
        !open_group_add(ledger, &stored, error)) {
        return false;
    }
    request->own.attempt.bets = request->answer.stored = stored.count;
    request->own.attempt.at = stored.first;
    state_add_bets(ledger, agency, stored.count, stored.rows_length);
    return true;
}

static bool finish_agency(struct ledger *ledger, struct ledger_request *request, struct error *error) {
    if (agency_has_finished(&ledger->agencies[request->input.agency])) {
        return true;
    }
    request->answer.finished = true;
    request->own.attempt.last = true;
    open_group_note_last_chunk(ledger);
    state_finish(ledger, request->input.agency, AGENCY_FINISHED);
    return open_group_change(ledger, error);
}

// In a shared store, bets stored before may come from a commit that no standby has yet (see load.c:
// store_loaded). So they, too, are acknowledged only after a commit.
static bool confirm_known(struct ledger *ledger, uint32_t agency, struct error *error) {
    if (!ledger->is_shared || ledger->agencies[agency].row.checksum == 0) {
        return true;
    }
    state_touch(ledger, agency);
    return open_group_change(ledger, error);
}

// That the agency has a receipt is stored before it gets one.
static bool note_receipt(struct ledger *ledger, const struct ledger_request *request, struct error *error) {
    uint32_t agency = request->input.agency;
    if (!receipts_are_due(ledger, request) || ledger->agencies[agency].row.receipted) {
        return true;
    }
    state_note_receipt(ledger, agency);
    return open_group_change(ledger, error);
}

static bool stage_chunk(struct ledger *ledger, struct ledger_request *request, uint32_t known,
                        struct error *error) {
    if (!append(ledger, request, known, error) ||
        (request->input.type == LEDGER_LAST_CHUNK && !finish_agency(ledger, request, error)) ||
        !confirm_known(ledger, request->input.agency, error) || !note_receipt(ledger, request, error)) {
        return false;
    }
    if (request->answer.stored == 0) { // nothing new: counts what an unknown attempt stored
        request->answer.stored = request->own.unknown.bets;
        request->answer.finished = request->answer.finished || request->own.unknown.last;
    }
    return true;
}

static bool stage_told(struct ledger *ledger, uint32_t agency, struct error *error) {
    state_tell(ledger, agency);
    return open_group_change(ledger, error);
}

// Answers how many bets are stored; and which ones, if the request asked for a list.
static bool answer_stored(struct ledger *ledger, struct ledger_request *request, struct error *error) {
    uint64_t bets = ledger->agencies[request->input.agency].row.bets;
    request->answer.next = (int64_t)bets;
    request->answer.refuses = decide_late(&ledger->agencies[request->input.agency]);
    return !listing_is_due(request, bets) ||
           (open_group_show(ledger, request->input.agency, error) &&
            listing_make(ledger->listings, ledger->store, request, bets, error));
}

bool stage(struct ledger *ledger, struct ledger_request *request, const struct decision *decision,
           struct error *error) {
    switch (decision->verdict) {
    case VERDICT_NOTHING:
    case VERDICT_UNKNOWN_AGENCY:
        return true;
    case VERDICT_TOLD:
        return stage_told(ledger, request->input.agency, error);
    case VERDICT_STORE:
        return stage_chunk(ledger, request, decision->known, error) && answer_stored(ledger, request, error);
    case VERDICT_GAP:
    case VERDICT_CONFLICT:
    case VERDICT_LATE:
    case VERDICT_ENDS_EARLY:
        return answer_stored(ledger, request, error);
    case VERDICT_UNCOMPARED:
        request->answer.next = 0; // where it has to begin
        return true;
    case VERDICT_RESET:
    case VERDICT_DAMAGED:
        request->answer.next = -1;
        return true;
    }
    return true;
}

void stage_take_back(struct ledger_request *request, bool is_known) {
    struct ledger_own *own = &request->own;
    error_clear(&request->answer.error);
    request->answer.next = -1;
    request->answer.stored = 0;
    request->answer.finished = false;
    request->answer.refuses = NULL;
    listing_drop(request);
    if (!is_known && (own->attempt.bets > 0 || own->attempt.last)) {
        own->unknown = own->attempt;
    }
    own->attempt = (struct ledger_attempt){0};
}
