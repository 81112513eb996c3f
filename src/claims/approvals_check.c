#include "claims/checks.h"

#include "seal/approval.h"
#include "seal/errors.h"

#include <inttypes.h>

// Each approval ---------------------------------------------------------------------------------------------

static void say_who(struct evidence *evidence, const char *what, const struct approvals *approved,
                    uint16_t number, bool is_sealed) {
    char names[NAMES_BYTES] = "";
    size_t length = 0;
    for (size_t i = 0; i < approved->rules->approver_count; i++) {
        if (approved->signers[i] && length < sizeof names - SIGN_NAME_BYTES_MAX - 8) {
            length += (size_t)snprintf(names + length, sizeof names - length, "%s%s",
                                       length == 0 ? "" : " and ", approved->rules->approvers[i].name);
        }
    }
    verdicts_add(&evidence->verdicts, is_sealed ? VERDICT_OK : VERDICT_NOT_CHECKED, what, "%04u, by %s%s",
                 number, names, is_sealed ? "" : ": no seal it is of");
}

static bool take_approval(struct evidence *evidence, const char *what, struct approvals *approved,
                          const struct note *note, struct error *error) {
    struct approval approval;
    bool is_sealed;
    if (!approval_parse(note->text, &approval, error) ||
        !evidence_take_origin(evidence, approval.origin, error) ||
        !evidence_check_seal_hash(evidence, &approval.seal, &is_sealed, error)) {
        return false;
    }
    const struct rules *rules = approved->rules;
    if (rules == NULL) {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, what, "no rules, which name the approvers");
        return true;
    }
    if (!approvals_take_signers(approved, note, approval.number, error)) {
        return false;
    }
    evidence_tell_unknown(evidence, what, note, rules->approvers, rules->approver_count);
    say_who(evidence, what, approved, approval.number, is_sealed);
    return true;
}

static bool read_approvals(struct evidence *evidence, struct approvals *approved, struct error *error) {
    const struct given_files *files = &evidence->given->files[GIVEN_APPROVAL];
    for (size_t i = 0; i < files->count; i++) {
        char what[WHAT_BYTES];
        struct note_file file;
        what_of(what, "approval", files->list[i]->path);
        bool done = note_file_read(files->list[i], "the approval", &file, error);
        if (done) {
            done = take_approval(evidence, what, approved, file.note, error);
            note_file_free(&file);
        }
        if (!done && !verdicts_refuse(&evidence->verdicts, what, error)) {
            return false;
        }
    }
    return true;
}

// Together --------------------------------------------------------------------------------------------------

// How many approvals the number has that has the most; *enough is how many numbers have as many as the rules
// ask for.
static size_t count_most(const struct approvals *approved, size_t *enough) {
    bool seen[SEAL_NUMBERS] = {false};
    size_t most = 0;
    *enough = 0;
    for (size_t i = 0; i < approved->rules->approver_count; i++) {
        int32_t number = approved->numbers[i];
        if (number == APPROVALS_NONE || seen[number]) {
            continue;
        }
        size_t count = approvals_of(approved, (uint16_t)number);
        seen[number] = true;
        most = count > most ? count : most;
        *enough += count >= approved->rules->approvals;
    }
    return most;
}

static void say_enough(struct evidence *evidence, const struct approvals *approved, size_t count) {
    char others[96] = "";
    if (count < approved->count) {
        snprintf(others, sizeof others, "; %zu approved another number, which does not count",
                 approved->count - count);
    }
    verdicts_add(&evidence->verdicts, VERDICT_OK, "approvals",
                 "%zu approvers, and the rules ask for %" PRIu32 "%s", count, approved->rules->approvals,
                 others);
}

// Approvers may differ: those of the number that was drawn count, and no others.
static void say_of_result(struct evidence *evidence, const struct approvals *approved) {
    size_t count = approvals_of(approved, evidence->result_number);
    if (count >= approved->rules->approvals) {
        say_enough(evidence, approved, count);
        return;
    }
    verdicts_add(&evidence->verdicts, VERDICT_FALSE, "approvals",
                 "%zu are for %04u, of %zu given, and the rules ask for %" PRIu32, count,
                 evidence->result_number, approved->count, approved->rules->approvals);
}

static void say_without_result(struct evidence *evidence, const struct approvals *approved) {
    size_t enough, most = count_most(approved, &enough);
    if (enough == 1) {
        say_enough(evidence, approved, most);
    } else if (enough == 0) {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, "approvals",
                     "%zu of the %" PRIu32 " that the rules ask for", most, approved->rules->approvals);
    } else {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, "approvals",
                     "%zu numbers have as many as the rules ask for: a result says which", enough);
    }
}

// Of a draw whose number people turn: whether enough have approved it.
static void say_if_enough(struct evidence *evidence, const struct approvals *approved) {
    uint32_t wanted = approved->rules->approvals;
    if (!evidence->has_result && approved->count == 0) {
        return;
    }
    if (wanted == 0) {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, "number",
                     "the rules ask for no approvals: it is the operator's word");
    } else if (evidence->given->files[GIVEN_APPROVAL].count == 0) {
        verdicts_add(&evidence->verdicts, VERDICT_NOT_CHECKED, "approvals",
                     "the rules ask for %" PRIu32 ", and none was given", wanted);
    } else if (evidence->has_result) {
        say_of_result(evidence, approved);
    } else {
        say_without_result(evidence, approved);
    }
}

bool check_approvals(struct evidence *evidence, struct error *error) {
    struct approvals approved = {.rules = NULL};
    if (evidence->rules != NULL && !approvals_begin(&approved, evidence->rules, error)) {
        return false;
    }
    bool done = read_approvals(evidence, &approved, error);
    if (done && approved.rules != NULL && approved.rules->how == RULES_MANUAL) {
        say_if_enough(evidence, &approved);
    }
    approvals_end(&approved);
    return done;
}
