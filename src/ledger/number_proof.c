#include "ledger/number_proof.h"

#include "ledger/sealing_show.h"
#include "ledger/state.h"
#include "seal/beacon_number.h"

#include <inttypes.h>
#include <stdio.h>

const struct error_code ERROR_NOT_APPROVED[1] = {{"not_approved", false}};
const struct error_code ERROR_NO_PULSE[1] = {{"no_pulse", false}};
const struct error_code ERROR_NO_WITNESS[1] = {{"no_witness", false}};

// Approvals -------------------------------------------------------------------------------------------------

static bool take_approvals(const struct paper_terms *terms, const struct draw_papers *papers,
                           struct approvals *approvals, struct error *error) {
    for (size_t i = 0; i < papers->count; i++) {
        uint16_t ignored;
        if (papers->list[i].kind == PAPER_APPROVAL &&
            !paper_take_approval(approvals, terms, paper_bytes(&papers->list[i]), &ignored, error)) {
            return false;
        }
    }
    return true;
}

// Those of another number do not count, and are in nobody's way.
static bool are_enough(const struct approvals *approvals, uint16_t number, struct error *error) {
    uint32_t wanted = approvals->rules->approvals;
    size_t count = approvals_of(approvals, number);
    char others[64] = "";
    if (count < approvals->count) {
        snprintf(others, sizeof others, ", and %zu of another number", approvals->count - count);
    }
    return count >= wanted ||
           error_set(error, ERROR_NOT_APPROVED,
                     "the rules ask for %" PRIu32 " approvals of %04u, and there are %zu%s: quiniela draw "
                     "--number %04u --approval FILE gives more",
                     wanted, number, count, others, number);
}

bool number_proof_approved(const struct ledger *ledger, const struct draw_papers *papers, uint16_t number,
                           struct error *error) {
    const struct paper_terms terms = sealing_terms(ledger);
    struct approvals approvals;
    if (terms.rules->approvals == 0) {
        return true;
    }
    if (!approvals_begin(&approvals, terms.rules, error)) {
        return false;
    }
    bool done = take_approvals(&terms, papers, &approvals, error) && are_enough(&approvals, number, error);
    approvals_end(&approvals);
    return done;
}

// The beacon ------------------------------------------------------------------------------------------------

// When the seal was first seen by somebody whom the rules name.
static bool find_time(const struct paper_terms *terms, const struct draw_papers *papers, uint64_t *earliest,
                      struct error *error) {
    *earliest = UINT64_MAX;
    for (size_t i = 0; i < papers->count; i++) {
        const struct paper *paper = &papers->list[i];
        uint64_t time = UINT64_MAX;
        struct error reason; // a token may be of an authority whose certificate is not here any more
        if (paper->kind == PAPER_TIMESTAMP && !paper_stamped_at(terms, paper_bytes(paper), &time, &reason)) {
            time = UINT64_MAX;
        }
        if (paper->kind == PAPER_COSIGNATURE &&
            !paper_witnessed_at(terms, paper_bytes(paper), &time, error)) {
            return false;
        }
        *earliest = time < *earliest ? time : *earliest;
    }
    return true;
}

static bool is_early(const struct paper_terms *terms, const struct draw_papers *papers, struct error *error) {
    uint64_t earliest;
    if (!find_time(terms, papers, &earliest, error)) {
        return false;
    }
    if (earliest == UINT64_MAX) {
        return error_set(
            error, ERROR_NO_WITNESS,
            "nothing shows that the seal is older than the pulse: quiniela seal --add FILE gives "
            "a witness' cosignature, or a time stamp");
    }
    return beacon_time_holds(earliest, terms->rules->pulse.time) ||
           error_set(error, ERROR_NO_WITNESS,
                     "by what was added the seal was first seen less than %d s before the pulse: quiniela "
                     "seal --add FILE gives a time stamp, or a witness' cosignature, that was made "
                     "before; where there is none, this draw has no number: hold another one",
                     BEACON_WITNESS_LEAD_S);
}

bool number_proof_of_pulse(const struct ledger *ledger, const struct draw_papers *papers, bool needs_time,
                           uint16_t *number, struct error *error) {
    const struct paper_terms terms = sealing_terms(ledger);
    const struct paper *pulse = draw_papers_find(papers, PAPER_PULSE, 0);
    if (pulse == NULL) {
        return error_set(error, ERROR_NO_PULSE,
                         "the pulse is not here yet: quiniela draw --pulse FILE gives it");
    }
    return paper_number_of_pulse(&terms, paper_bytes(pulse), number, error) &&
           (!needs_time || is_early(&terms, papers, error));
}
