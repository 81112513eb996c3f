#include "claims/claims.h"

#include "claims/checks.h"

static bool (*const checks[])(struct evidence *, struct error *) = {
    check_package, check_rules,   check_seals,    check_proofs,       check_one_seal,
    check_tokens,  check_secrets, check_receipts, check_seal_json,    check_receipts_kept,
    check_csv,     check_export,  check_number,   check_later_export, check_winners_list,
};

// What is not given ----------------------------------------------------------------------------------------

enum needed { ALWAYS, WITH_EXPORT, FOR_A_BEACON, FOR_APPROVALS };

static const struct {
    enum given_kind kind, or_else;
    enum needed needed;
    const char *flag, *shows;
} all[] = {
    {GIVEN_RULES, GIVEN_RULES, ALWAYS, "--rules",
     "how the number comes, who watches, and how many agencies there are"},
    {GIVEN_SEAL, GIVEN_SEAL, ALWAYS, "--seal", "copies of the seal from other places"},
    {GIVEN_SEAL_JSON, GIVEN_SEAL_JSON, ALWAYS, "--seal-json",
     "which rules are sealed, and how many bets of each agency"},
    {GIVEN_RECEIPTS, GIVEN_RECEIPTS, ALWAYS, "--receipts", "that what an agency was acknowledged is sealed"},
    {GIVEN_CSV, GIVEN_CSV, ALWAYS, "--csv", "that an agency's bets are sealed as it sent them"},
    {GIVEN_PROOF, GIVEN_CODE, ALWAYS, "--proof", "that a bet is sealed"},
    {GIVEN_EXPORT, GIVEN_EXPORT, ALWAYS, "--export",
     "that the stored bets are those sealed, and how many won"},
    {GIVEN_EXPORT_AFTER, GIVEN_EXPORT_AFTER, WITH_EXPORT, "--export-after",
     "that nothing stored was changed since"},
    {GIVEN_WINNERS, GIVEN_WINNERS, WITH_EXPORT, "--winners",
     "that those who were told have won, and no others"},
    {GIVEN_TOKEN, GIVEN_TOKEN, ALWAYS, "--token", "when the seal was there"},
    {GIVEN_RESULT, GIVEN_RESULT, ALWAYS, "--result", "the number drawn"},
    {GIVEN_PULSE, GIVEN_PULSE, FOR_A_BEACON, "--pulse", "the number's origin"},
    {GIVEN_CERTIFICATE, GIVEN_CERTIFICATE, FOR_A_BEACON, "--nist-cert", "whose pulse it is"},
    {GIVEN_APPROVAL, GIVEN_APPROVAL, FOR_APPROVALS, "--approval", "that the number was approved"},
};

static bool is_needed(const struct evidence *evidence, enum needed needed) {
    const struct rules *rules = evidence->rules;
    return needed == ALWAYS || (needed == WITH_EXPORT && given_file(evidence->given, GIVEN_EXPORT) != NULL) ||
           (rules != NULL && needed == FOR_A_BEACON && rules->how == RULES_BEACON) ||
           (rules != NULL && needed == FOR_APPROVALS && rules->how == RULES_MANUAL);
}

static void list_not_given(struct evidence *evidence) {
    const struct given *given = evidence->given;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (given->files[all[i].kind].count == 0 && given->files[all[i].or_else].count == 0 &&
            is_needed(evidence, all[i].needed)) {
            verdicts_add(&evidence->verdicts, VERDICT_NOT_GIVEN, all[i].flag, "would show %s", all[i].shows);
        }
    }
}

// All of it -------------------------------------------------------------------------------------------------

bool claims_find(struct evidence *evidence, struct error *error) {
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        if (!checks[i](evidence, error)) {
            return false;
        }
    }
    list_not_given(evidence);
    if (evidence->verdicts.is_short) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for what was found");
    }
    return verdicts_status(&evidence->verdicts) != VERDICTS_WRONG_USE ||
           error_set(error, ERROR_BAD_SETTING, "nothing was checked: what was given says nothing by itself");
}

bool claims_check(struct given *given, bool as_json, FILE *stream, enum verdicts_status *status,
                  struct error *error) {
    struct evidence evidence;
    evidence_begin(&evidence, given);
    bool done = claims_find(&evidence, error);
    *status = done ? verdicts_status(&evidence.verdicts) : VERDICTS_WRONG_USE;
    if (done && as_json) {
        const char *origin = evidence.origin[0] == '\0' ? NULL : evidence.origin;
        done = verdicts_print_json(&evidence.verdicts, origin, stream, error);
    } else if (done) {
        verdicts_print(&evidence.verdicts, stream);
    }
    evidence_end(&evidence);
    return done;
}
