#include "claims/checks.h"

#include "seal/beacon_number.h"
#include "seal/instant.h"

#include <inttypes.h>

// When the seal was first seen; NULL: never, as far as is known.
static const struct seal_time *first_time(const struct evidence *evidence) {
    const struct seal_time *first = NULL;
    for (size_t i = 0; i < evidence->time_count; i++) {
        const struct seal_time *time = &evidence->times[i];
        if (first == NULL || time->seconds < first->seconds) {
            first = time;
        }
    }
    return first;
}

// That the seal was there before the pulse.
static void check_time(struct evidence *evidence) {
    uint64_t pulse = evidence->rules->pulse.time;
    char at[TIME_TEXT_BYTES], seen[TIME_TEXT_BYTES];
    const struct seal_time *first = first_time(evidence);
    time_text(pulse, at);
    if (first != NULL) {
        time_text(first->seconds, seen);
    }
    if (first != NULL && beacon_time_holds(first->seconds, pulse)) {
        verdicts_add(&evidence->verdicts, VERDICT_OK, "time", "%s saw the seal at %s, before the pulse of %s",
                     first->who, seen, at);
    } else if (evidence->has_open_time) {
        verdicts_add(
            &evidence->verdicts, VERDICT_NOT_CHECKED, "time",
            "nothing that was checked saw the seal %d s before the pulse of %s, and a time stamp was "
            "not checked",
            BEACON_WITNESS_LEAD_S, at);
    } else {
        verdicts_add(&evidence->verdicts, VERDICT_FALSE, "time",
                     "no witness and no time stamp saw the seal %d s before the pulse of %s%s%s%s%s%s",
                     BEACON_WITNESS_LEAD_S, at,
                     first == NULL ? "" : " (the first: ", first == NULL ? "" : first->who,
                     first == NULL ? "" : ", ", first == NULL ? "" : seen, first == NULL ? "" : ")");
    }
}

static void check_beacon(struct evidence *evidence, bool has_output,
                         const uint8_t output[BEACON_OUTPUT_BYTES]) {
    struct hash key;
    if (evidence->has_seal) {
        check_time(evidence);
    }
    if (!evidence->has_seal || !has_output) {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, "number", "no %s to compute it from",
                     evidence->has_seal ? "pulse" : "seal");
        return;
    }
    beacon_key_make(&evidence->seal_hash, output, BEACON_OUTPUT_BYTES, &key);
    uint32_t number = beacon_number(&key, SEAL_NUMBERS);
    if (evidence->has_result && evidence->result_number != number) {
        verdicts_add(&evidence->verdicts, VERDICT_FALSE, "number",
                     "seal and pulse give %04" PRIu32 ", and the result says %04u", number,
                     evidence->result_number);
    } else {
        verdicts_add(&evidence->verdicts, VERDICT_OK, "number", "seal and pulse give %04" PRIu32, number);
    }
    if (!evidence->has_drawn) {
        evidence->has_drawn = true;
        evidence->drawn = (uint16_t)number;
    }
}

static void check_winners(struct evidence *evidence) {
    if (!evidence->has_result || evidence->numbers == NULL) {
        return;
    }
    uint64_t bets = evidence->numbers[evidence->result_number];
    if (bets == evidence->result_winners) {
        verdicts_add(&evidence->verdicts, VERDICT_OK, "winners",
                     "%" PRIu64 " bets are on %04u, as the result says", bets, evidence->result_number);
    } else {
        verdicts_add(&evidence->verdicts, VERDICT_FALSE, "winners",
                     "%" PRIu64 " bets are on %04u, and the result says %" PRIu64, bets,
                     evidence->result_number, evidence->result_winners);
    }
}

static void say_who_wins(struct evidence *evidence) {
    if (!evidence->has_drawn) {
        return;
    }
    for (size_t i = 0; i < evidence->proof_count; i++) {
        const struct known_proof *proof = &evidence->proofs[i];
        verdicts_add(&evidence->verdicts, VERDICT_NOTE, proof->what,
                     "its number is %04u: this bet %s with %04u", proof->number,
                     proof->number == evidence->drawn ? "wins" : "does not win", evidence->drawn);
    }
    if (evidence->csv_numbers != NULL) {
        char what[WHAT_BYTES];
        what_of(what, "csv", given_file(evidence->given, GIVEN_CSV)->path);
        verdicts_add(&evidence->verdicts, VERDICT_NOTE, what, "%" PRIu64 " of its sealed bets are on %04u",
                     evidence->csv_numbers[evidence->drawn], evidence->drawn);
    }
}

bool check_number(struct evidence *evidence, struct error *error) {
    const struct given *given = evidence->given;
    bool is_asked = given->files[GIVEN_RESULT].count > 0 || given->files[GIVEN_PULSE].count > 0;
    uint8_t output[BEACON_OUTPUT_BYTES];
    bool has_output;
    if (!check_results(evidence, error)) {
        return false;
    }
    evidence->has_drawn = evidence->has_result;
    evidence->drawn = evidence->result_number;
    if (!check_pulse(evidence, &has_output, output, error) || !check_approvals(evidence, error)) {
        return false;
    }
    if (is_asked && evidence->rules == NULL) {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, "number",
                     "how it comes is not known without rules");
    } else if (is_asked && evidence->rules->how == RULES_BEACON) {
        check_beacon(evidence, has_output, output);
    } else if (is_asked && evidence->rules->how == RULES_FIXED) {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, "number",
                     "was fixed by the operator: nothing is claimed of it");
    }
    check_winners(evidence);
    say_who_wins(evidence);
    return true;
}
