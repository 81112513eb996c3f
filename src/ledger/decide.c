// What the ledger decides on one request: new, sent again, a gap, a conflict, too late.
#include "ledger/internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "bet/errors.h"
#include "ledger/listing.h"
#include "ledger/resend.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

// Each function below returns false only when the store failed. A request that is refused has its error set.

bool ledger_begin_group(struct ledger *ledger, struct error *error) {
    if (!ledger->in_group) {
        ledger->appends = false;
        ledger->in_group = store_begin(ledger->store, error);
    }
    return ledger->in_group;
}

static void refuse_conflict(struct ledger_request *request, uint64_t first, uint64_t count) {
    error_set(&request->answer.error, ERROR_CONFLICT,
              "other bets of agency %" PRIu32 " are stored already between bet %" PRIu64 " and bet %" PRIu64,
              request->input.agency, first, first + count - 1);
    request->answer.error.field = "first";
}

static void refuse_finished(struct ledger_request *request, uint64_t bets) {
    error_set(&request->answer.error, ERROR_AGENCY_FINISHED,
              "agency %" PRIu32 " has sent its last chunk, after %" PRIu64 " bets", request->input.agency,
              bets);
    request->answer.error.field = "agency";
}

// What comparing with it may cost (cost.h).
static void note_size(struct agency *agency, size_t length) {
    agency->largest = length > agency->largest ? (uint32_t)length : agency->largest;
}

// Stores the chunk's bets from `skip` on at the end of the agency's.
static bool append(struct ledger *ledger, struct ledger_request *request, uint32_t skip,
                   struct error *error) {
    const struct chunk *chunk = request->input.chunk;
    struct agency *agency = &ledger->agencies[request->input.agency];
    if (skip == chunk->count) {
        return true;
    }
    size_t start = chunk_row_offset(chunk->rows, chunk->rows_length, skip);
    struct stored_chunk stored = {
        .agency = request->input.agency,
        .first = agency->bets,
        .count = chunk->count - skip,
        .numbers = chunk->numbers + 2 * (size_t)skip,
        .rows = chunk->rows + start,
        .rows_length = chunk->rows_length - start,
    };
    memcpy(stored.digest, request->input.digest, sizeof stored.digest);
    if (skip > 0 &&
        !chunk_digest(stored.numbers, stored.count, stored.rows, stored.rows_length, stored.digest)) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a digest");
    }
    if (!ledger_begin_group(ledger, error) || !store_add_chunk(ledger->store, &stored, error)) {
        return false;
    }
    request->own.attempt.bets = request->answer.stored = stored.count;
    request->own.attempt.at = stored.first;
    agency->bets += stored.count;
    note_size(agency, stored.rows_length);
    ledger->appends = true;
    ledger_touch(ledger, request->input.agency);
    return true;
}

static bool finish_agency(struct ledger *ledger, struct ledger_request *request, struct error *error) {
    struct agency *agency = &ledger->agencies[request->input.agency];
    if (agency->finished) {
        return true;
    }
    agency->finished = request->answer.finished = true;
    clock_utc_text(agency->finished_at);
    request->own.attempt.last = true;
    ledger->finished++;
    ledger->finishing++;
    ledger_touch(ledger, request->input.agency);
    return ledger_begin_group(ledger, error);
}

// It can be neither acknowledged nor called a conflict. No other request of the group has to do with that.
static void refuse_damaged(struct ledger_request *request, const struct error *damage) {
    struct log_source source = {.number = request->input.source, .error = error_name(damage->code)};
    (void)log_event_limited(&source, LOG_LEVEL_ERROR, "store", LOG_FAIL, "error: %s | message: %s",
                            source.error, damage->text);
    request->answer.error = *damage;
}

// As resend_compare; damage refuses the request.
static bool compare(struct ledger *ledger, struct ledger_request *request, uint64_t first, uint32_t count,
                    bool *same, struct error *error) {
    struct resend_result result;
    bool done = resend_compare(ledger->store, ledger->cache, request->input.agency, first,
                               request->input.chunk, count, &result, error);
    note_size(&ledger->agencies[request->input.agency], result.largest);
    *same = result.same;
    if (done && result.damage.code != ERROR_NONE) {
        refuse_damaged(request, &result.damage);
    }
    return done;
}

// How many of the chunk's bets from `first` on are stored already; sets request->error when the chunk does
// not fit what is stored.
static bool compare_with_stored(struct ledger *ledger, struct ledger_request *request, uint64_t first,
                                uint32_t *known, struct error *error) {
    const struct agency *agency = &ledger->agencies[request->input.agency];
    uint64_t end = first + request->input.chunk->count;
    *known = (uint32_t)((end < agency->bets ? end : agency->bets) - first);
    bool same;
    // In a shared store, what is known is confirmed by a group, in which it is read, too.
    if (ledger->is_shared && !ledger_begin_group(ledger, error)) {
        return false;
    }
    if (!compare(ledger, request, first, *known, &same, error)) {
        return false;
    }
    if (request->answer.error.code != ERROR_NONE) {
        return true;
    }
    if (!same) {
        refuse_conflict(request, first, *known);
    } else if (agency->finished && end > agency->bets) {
        refuse_finished(request, agency->bets);
    } else if (request->input.type == LEDGER_LAST_CHUNK && end < agency->bets) {
        error_set(&request->answer.error, ERROR_CONFLICT,
                  "agency %" PRIu32 " has %" PRIu64 " bets stored, more than the %" PRIu64
                  " that end with this last chunk",
                  request->input.agency, agency->bets, end);
        request->answer.error.field = "first";
    }
    return true;
}

static void refuse_gap(struct ledger_request *request, uint64_t bets) {
    error_set(&request->answer.error, ERROR_GAP,
              "agency %" PRIu32 " has %" PRIu64 " bets stored, and this chunk begins at %" PRId64,
              request->input.agency, bets, request->input.first);
    request->answer.error.field = "first";
}

// Reads an agency's row again, when another server may have changed it and this group has not.
static bool refresh_agency(struct ledger *ledger, uint32_t number, struct error *error) {
    struct agency *agency = &ledger->agencies[number];
    struct stored_agency stored;
    bool found;
    if (!ledger->is_shared || agency->touched) {
        return true;
    }
    if (!ledger_begin_group(ledger, error) ||
        !store_get_agency(ledger->store, number, &stored, &found, error)) {
        return false;
    }
    if (found && stored.checksum != agency->checksum) {
        ledger->finished -= agency->finished;
        return ledger_take_agency(ledger, &stored, error);
    }
    return true;
}

// An append in a commit of which nobody knew whether it was stored: *known is how many of its bets were.
static bool find_unknown(struct ledger *ledger, struct ledger_request *request, uint32_t *known,
                         struct error *error) {
    const struct agency *agency = &ledger->agencies[request->input.agency];
    const struct ledger_attempt *unknown = &request->own.unknown;
    *known = 0;
    if (unknown->bets > 0 && unknown->at + unknown->bets <= agency->bets) {
        bool same;
        if (!compare(ledger, request, unknown->at, unknown->bets, &same, error)) {
            return false;
        }
        *known = same ? unknown->bets : 0;
    }
    return true;
}

static bool decide_append(struct ledger *ledger, struct ledger_request *request, uint32_t *known,
                          struct error *error) {
    const struct agency *agency = &ledger->agencies[request->input.agency];
    bool asks = request->input.type == LEDGER_CHUNK && request->input.chunk->count == 0; // as in decide_place
    if ((asks && !refresh_agency(ledger, request->input.agency, error)) ||
        !find_unknown(ledger, request, known, error)) {
        return false;
    }
    if (request->answer.error.code != ERROR_NONE) {
        return true;
    }
    bool is_whole = *known == request->input.chunk->count && (*known > 0 || request->own.unknown.last);
    bool is_done = is_whole && (request->input.type == LEDGER_CHUNK || request->own.unknown.last);
    if (agency->finished && !is_done) {
        refuse_finished(request, agency->bets);
    }
    return true;
}

static bool decide_place(struct ledger *ledger, struct ledger_request *request, uint32_t *known,
                         struct error *error) {
    const struct agency *agency = &ledger->agencies[request->input.agency];
    uint64_t first = (uint64_t)request->input.first;
    if (first <= agency->bets && first + request->input.chunk->count > agency->bets) {
        if (!compare_with_stored(ledger, request, first, known, error)) {
            return false;
        }
        bool may_know_too_little = request->answer.error.code == ERROR_CONFLICT ||
                                   request->answer.error.code == ERROR_AGENCY_FINISHED;
        if (!may_know_too_little || !ledger->is_shared) {
            return true;
        }
        error_clear(&request->answer.error);
    }
    // Where nothing is appended, no commit notices that another server has stored more: its row is asked.
    if (!refresh_agency(ledger, request->input.agency, error)) {
        return false;
    }
    if (first > agency->bets) {
        refuse_gap(request, agency->bets);
        return true;
    }
    return compare_with_stored(ledger, request, first, known, error);
}

// What was stored before may be of a commit that no standby has yet (see store_loaded): so in a shared store
// it is acknowledged behind a commit, too.
static bool confirm_known(struct ledger *ledger, const struct ledger_request *request, struct error *error) {
    if (!ledger->is_shared || ledger->agencies[request->input.agency].checksum == 0) {
        return true;
    }
    ledger_touch(ledger, request->input.agency);
    return ledger_begin_group(ledger, error);
}

static bool decide_chunk(struct ledger *ledger, struct ledger_request *request, struct error *error) {
    struct agency *agency = &ledger->agencies[request->input.agency];
    uint32_t known = 0;
    if (!(request->input.first < 0 ? decide_append(ledger, request, &known, error)
                                   : decide_place(ledger, request, &known, error))) {
        return false;
    }
    if (request->answer.error.code == ERROR_NONE) {
        if (!append(ledger, request, known, error) ||
            (request->input.type == LEDGER_LAST_CHUNK && !finish_agency(ledger, request, error)) ||
            !confirm_known(ledger, request, error)) {
            return false;
        }
        if (request->answer.stored == 0) { // they are stored, then, by the attempt before
            request->answer.stored = request->own.unknown.bets;
            request->answer.finished = request->answer.finished || request->own.unknown.last;
        }
    }
    request->answer.next = request->answer.error.code == ERROR_STORE_FAILED ? -1 : (int64_t)agency->bets;
    return !listing_is_due(request, agency->bets) ||
           listing_make(ledger->listings, ledger->store, request, agency->bets, error);
}

static bool decide_told(struct ledger *ledger, struct ledger_request *request, struct error *error) {
    struct agency *agency = &ledger->agencies[request->input.agency];
    if (agency->told) {
        return true;
    }
    agency->told = true;
    clock_utc_text(agency->told_at);
    ledger->told++;
    ledger_touch(ledger, request->input.agency);
    return ledger_begin_group(ledger, error);
}

// Whether the stored draw is another one than that in memory. Once a group is enough.
static bool look_at_draw(struct ledger *ledger, struct error *error) {
    bool changed = false;
    if (!ledger->is_shared || ledger->has_looked) {
        return true;
    }
    ledger->has_looked = true;
    return ledger_has_changed(ledger, &changed, error) &&
           (!changed || error_set(error, ERROR_STORE_STALE, "another server has changed the draw"));
}

// Another server may have opened the draw for more agencies since: that is looked up before one is refused.
static bool decide_unknown(struct ledger *ledger, struct ledger_request *request, struct error *error) {
    if (!look_at_draw(ledger, error)) {
        return false;
    }
    error_set(&request->answer.error, ERROR_UNKNOWN_AGENCY, "agency: %" PRIu32 " is not from 1 to %" PRIu32,
              request->input.agency, ledger->draw.agencies);
    request->answer.error.field = "agency";
    return true;
}

bool ledger_decide(struct ledger *ledger, struct ledger_request *request, struct error *error) {
    if (request->answer.error.code == ERROR_NONE && request->input.agency > ledger->draw.agencies) {
        return decide_unknown(ledger, request, error);
    }
    if (request->answer.error.code != ERROR_NONE || request->input.type == LEDGER_PASS) {
        return true;
    }
    assert(request->input.agency >= 1);
    return request->input.type == LEDGER_TOLD ? decide_told(ledger, request, error)
                                              : decide_chunk(ledger, request, error);
}
