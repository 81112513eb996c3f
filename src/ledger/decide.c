#include "ledger/decide.h"

#include "base/log.h"
#include "bet/errors.h"
#include "ledger/in_hand.h"
#include "ledger/known.h"
#include "ledger/load.h"
#include "ledger/open_group.h"
#include "ledger/resend.h"
#include "ledger/sender.h"
#include "ledger/state.h"

#include <assert.h>
#include <inttypes.h>

// What follows from a verdict -----------------------------------------------------------------------------

// In a shared store, whether the verdict may be due to not knowing what another server has stored for the
// agency. A resent chunk then looks like other bets, or like too many bets. decide_place reads the agency's
// row again before relying on such a verdict.
static bool may_know_too_little(enum verdict verdict) {
    switch (verdict) {
    case VERDICT_GAP:
    case VERDICT_CONFLICT:
    case VERDICT_LATE:
    case VERDICT_DAMAGED: // the bets may have been set aside
        return true;
    case VERDICT_NOTHING:
    case VERDICT_TOLD:
    case VERDICT_STORE:          // the commit notices
    case VERDICT_UNKNOWN_AGENCY: // decide_unknown has checked
    case VERDICT_ENDS_EARLY:     // more bets do not change it
    case VERDICT_RESET:          // nor do resets
    case VERDICT_UNCOMPARED:     // it is said after that
        break;
    }
    return false;
}

// Whether the request stays refused when its group starts over, with whatever is stored by then. A verdict
// that depends on how many bets are stored, or on which, must be reached again.
static bool is_final(enum verdict verdict) {
    switch (verdict) {
    case VERDICT_UNKNOWN_AGENCY:
    case VERDICT_DAMAGED:
        return true;
    case VERDICT_NOTHING:
    case VERDICT_TOLD:
    case VERDICT_STORE:
    case VERDICT_RESET:
    case VERDICT_UNCOMPARED:
    case VERDICT_GAP:
    case VERDICT_CONFLICT:
    case VERDICT_LATE:
    case VERDICT_ENDS_EARLY:
        break;
    }
    return false;
}

// Against what is stored ----------------------------------------------------------------------------------

// Compares `count` of the chunk's bets with the stored ones, starting at `first`.
static bool compare(struct ledger *ledger, const struct ledger_input *input, uint64_t first, uint32_t count,
                    struct decision *decision, bool *same, struct error *error) {
    struct resend_result result;
    if (!open_group_show(ledger, input->agency, error)) {
        return false;
    }
    bool done = resend_compare(ledger->store, ledger->cache, input->agency, first, input->chunk, count,
                               &result, error);
    state_note_size(ledger, input->agency, result.largest);
    *same = result.same;
    if (done && result.damage.code != ERROR_NONE) {
        decision->verdict = VERDICT_DAMAGED;
        decision->damage = result.damage;
    }
    return done;
}

// For a chunk that gives its place, at or before the end of the stored bets.
static bool decide_overlap(struct ledger *ledger, const struct ledger_input *input, struct decision *decision,
                           struct error *error) {
    const struct agency *agency = &ledger->agencies[input->agency];
    uint64_t bets = agency->row.bets, first = (uint64_t)input->first, end = first + input->chunk->count;
    bool same = true;
    decision->verdict = VERDICT_STORE;
    decision->known = (uint32_t)((end < bets ? end : bets) - first);
    // In a shared store a group confirms what is known, so it is also read within that group.
    if (decision->known > 0 && ((ledger->is_shared && !open_group_begin(ledger, error)) ||
                                !compare(ledger, input, first, decision->known, decision, &same, error))) {
        return false;
    }
    if (decision->verdict == VERDICT_DAMAGED) {
        return true;
    }
    if (!same) {
        decision->verdict = VERDICT_CONFLICT;
    } else if (agency_has_finished(agency) && end > bets) {
        decision->verdict = VERDICT_LATE;
    } else if (input->type == LEDGER_LAST_CHUNK && end < bets) {
        decision->verdict = VERDICT_ENDS_EARLY;
    }
    return true;
}

static bool decide_place(struct ledger *ledger, const struct ledger_input *input, struct decision *decision,
                         struct error *error) {
    const struct stored_agency *row = &ledger->agencies[input->agency].row;
    uint64_t first = (uint64_t)input->first;
    if (first <= row->bets && first + input->chunk->count > row->bets) {
        if (!decide_overlap(ledger, input, decision, error)) {
            return false;
        }
        if (!may_know_too_little(decision->verdict) || !ledger->is_shared) {
            return true;
        }
    }
    // When nothing is appended, no commit notices that another server has stored more. So the row is read.
    if (!known_refresh(ledger, input->agency, error)) {
        return false;
    }
    if (first > row->bets) {
        decision->verdict = VERDICT_GAP;
        return true;
    }
    return decide_overlap(ledger, input, decision, error);
}

// For an append whose earlier commit had an unknown outcome: how many of its bets were stored.
static bool find_unknown(struct ledger *ledger, const struct ledger_request *request,
                         struct decision *decision, struct error *error) {
    const struct ledger_attempt *unknown = &request->own.unknown;
    bool same = false;
    if (unknown->bets > 0 &&
        unknown->at + unknown->bets <= ledger->agencies[request->input.agency].row.bets &&
        !compare(ledger, &request->input, unknown->at, unknown->bets, decision, &same, error)) {
        return false;
    }
    decision->known = same ? unknown->bets : 0;
    return true;
}

static bool decide_append(struct ledger *ledger, const struct ledger_request *request,
                          struct decision *decision, struct error *error) {
    const struct ledger_input *input = &request->input;
    bool asks = input->type == LEDGER_CHUNK && input->chunk->count == 0; // as in decide_place
    decision->verdict = VERDICT_STORE;
    if ((asks && !known_refresh(ledger, input->agency, error)) ||
        !find_unknown(ledger, request, decision, error)) {
        return false;
    }
    bool is_end_stored = request->own.unknown.last;
    bool is_whole = decision->known == input->chunk->count && (decision->known > 0 || is_end_stored);
    bool is_done = is_whole && (input->type == LEDGER_CHUNK || is_end_stored);
    if (decision->verdict == VERDICT_STORE && agency_has_finished(&ledger->agencies[input->agency]) &&
        !is_done) {
        decision->verdict = VERDICT_LATE;
    }
    return true;
}

// Whether it comes from before a reset is looked at last: the row may have been read again by then.
static bool decide_chunk(struct ledger *ledger, const struct ledger_request *request,
                         struct decision *decision, struct error *error) {
    const struct ledger_input *input = &request->input;
    if (!(input->first < 0 ? decide_append(ledger, request, decision, error)
                           : decide_place(ledger, input, decision, error))) {
        return false;
    }
    const struct stored_agency *row = &ledger->agencies[input->agency].row;
    if (sender_is_behind(input, row)) {
        decision->verdict = VERDICT_RESET;
    } else if (decision->verdict == VERDICT_STORE && decision->known == 0 &&
               sender_shows_nothing(input, row)) {
        decision->verdict = VERDICT_UNCOMPARED;
    } else {
        sender_note(input, row);
    }
    return true;
}

// Another server may have opened the draw to more agencies since, so this is checked before refusing one.
// Once per group is enough.
static bool decide_unknown(struct ledger *ledger, struct decision *decision, struct error *error) {
    decision->verdict = VERDICT_UNKNOWN_AGENCY;
    bool changed = false;
    if (!ledger->is_shared || !in_hand_take_look(ledger)) {
        return true;
    }
    return load_has_changed(ledger, &changed, error) &&
           (!changed || error_set(error, ERROR_STORE_STALE, "another server has changed the draw"));
}

static bool find_verdict(struct ledger *ledger, const struct ledger_request *request,
                         struct decision *decision, struct error *error) {
    const struct ledger_input *input = &request->input;
    if (request->own.is_final) {
        return true;
    }
    if (input->agency > ledger->draw.agencies) {
        return decide_unknown(ledger, decision, error);
    }
    assert(input->agency >= 1 ||
           ledger_request_only_passes(input->type)); // 0 stands for no agency: it has nothing stored
    switch (input->type) {
    case LEDGER_CHUNK:
    case LEDGER_LAST_CHUNK:
        return decide_chunk(ledger, request, decision, error);
    case LEDGER_TOLD:
        decision->verdict = agency_is_told(&ledger->agencies[input->agency]) ? VERDICT_NOTHING : VERDICT_TOLD;
        break;
    case LEDGER_PASS:
    case LEDGER_SHOWN_SEAL:
        break;
    }
    return true;
}

// What is refused -----------------------------------------------------------------------------------------

static void refuse_conflict(struct ledger_request *request, const struct decision *decision) {
    uint64_t first = (uint64_t)request->input.first;
    error_set(&request->answer.error, ERROR_CONFLICT,
              "other bets of agency %" PRIu32 " are stored already between bet %" PRIu64 " and bet %" PRIu64,
              request->input.agency, first, first + decision->known - 1);
    request->answer.error.field = "first";
}

static void refuse_early_end(struct ledger_request *request, uint64_t bets) {
    error_set(&request->answer.error, ERROR_CONFLICT,
              "agency %" PRIu32 " has %" PRIu64 " bets stored, more than the %" PRIu64
              " that end with this last chunk",
              request->input.agency, bets, (uint64_t)request->input.first + request->input.chunk->count);
    request->answer.error.field = "first";
}

const struct error_code *decide_late(const struct agency *agency) {
    if (!agency_has_finished(agency)) {
        return NULL;
    }
    return agency->row.ending == AGENCY_FINISHED ? ERROR_AGENCY_FINISHED : ERROR_DRAW_CLOSED;
}

static void refuse_late(struct ledger_request *request, const struct agency *agency) {
    const struct stored_agency *row = &agency->row;
    const struct error_code *code = decide_late(agency);
    if (code == ERROR_AGENCY_FINISHED) {
        error_set(&request->answer.error, code,
                  "agency %" PRIu32 " has sent its last chunk, after %" PRIu64 " bets", row->agency,
                  row->bets);
    } else {
        error_set(&request->answer.error, code,
                  "the draw was closed to agency %" PRIu32 " after %" PRIu64 " bets", row->agency, row->bets);
    }
    request->answer.error.field = "agency";
}

static void refuse_gap(struct ledger_request *request, uint64_t bets) {
    error_set(&request->answer.error, ERROR_GAP,
              "agency %" PRIu32 " has %" PRIu64 " bets stored, and this chunk begins at %" PRId64,
              request->input.agency, bets, request->input.first);
    request->answer.error.field = "first";
}

static void refuse_uncompared(struct ledger_request *request, uint64_t bets) {
    error_set(&request->answer.error, ERROR_GAP,
              "agency %" PRIu32 " was reset, and has %" PRIu64
              " bets stored since: begin with the first bet, so that they are compared",
              request->input.agency, bets);
    request->answer.error.field = "first";
}

static void refuse_reset(struct ledger_request *request) {
    error_set(&request->answer.error, ERROR_AGENCY_RESET,
              "the bets of agency %" PRIu32
              " before this chunk were set aside by the operator: it has to begin anew, with its first bet",
              request->input.agency);
    request->answer.error.field = request->input.first < 0 ? "agency" : "first";
}

static void refuse_unknown_agency(struct ledger_request *request, uint32_t agencies) {
    error_set(&request->answer.error, ERROR_UNKNOWN_AGENCY, "agency: %" PRIu32 " is not from 1 to %" PRIu32,
              request->input.agency, agencies);
    request->answer.error.field = "agency";
}

// The chunk can be neither acknowledged nor called a conflict. The other requests of the group are not
// affected.
static void refuse_damaged(struct ledger_request *request, const struct error *damage) {
    struct log_source source = {.number = request->input.source, .error = error_name(damage->code)};
    (void)log_event_limited(&source, LOG_LEVEL_ERROR, "store", LOG_FAIL, "error: %s | message: %s",
                            source.error, damage->text);
    request->answer.error = *damage;
}

static void refuse(const struct ledger *ledger, struct ledger_request *request,
                   const struct decision *decision) {
    switch (decision->verdict) {
    case VERDICT_NOTHING:
    case VERDICT_TOLD:
    case VERDICT_STORE:
        return;
    case VERDICT_UNKNOWN_AGENCY:
        refuse_unknown_agency(request, ledger->draw.agencies);
        return;
    case VERDICT_RESET:
        refuse_reset(request);
        return;
    case VERDICT_UNCOMPARED:
        refuse_uncompared(request, ledger->agencies[request->input.agency].row.bets);
        return;
    case VERDICT_GAP:
        refuse_gap(request, ledger->agencies[request->input.agency].row.bets);
        return;
    case VERDICT_CONFLICT:
        refuse_conflict(request, decision);
        return;
    case VERDICT_LATE:
        refuse_late(request, &ledger->agencies[request->input.agency]);
        return;
    case VERDICT_ENDS_EARLY:
        refuse_early_end(request, ledger->agencies[request->input.agency].row.bets);
        return;
    case VERDICT_DAMAGED:
        refuse_damaged(request, &decision->damage);
        return;
    }
}

// What is missing may have been erased.
static bool look_for_erasure(struct ledger *ledger, struct error *error) {
    bool changed;
    return load_has_changed(ledger, &changed, error) &&
           (!changed || error_set(error, ERROR_STORE_STALE, "another program has changed the draw"));
}

bool decide(struct ledger *ledger, struct ledger_request *request, struct decision *decision,
            struct error *error) {
    decision->verdict = VERDICT_NOTHING;
    decision->known = 0;
    if (!find_verdict(ledger, request, decision, error) ||
        (decision->verdict == VERDICT_DAMAGED && ledger->is_shared && !look_for_erasure(ledger, error))) {
        return false;
    }
    refuse(ledger, request, decision);
    request->own.is_final = request->own.is_final || is_final(decision->verdict);
    return true;
}
