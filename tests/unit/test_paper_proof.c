// A paper counts only when it is of this draw, right, and of somebody whom the rules name.
#include "seal_story.h"

#include "ledger/paper_proof.h"
#include "seal/cosignature.h"
#include "seal/pulse.h"

#include <stdio.h>

struct story {
    struct sealed *sealed;
    struct signing_key *second; // another approver
    struct rules *rules;
    struct notary notary;
    struct paper_terms terms;
    struct approvals approvals;
};

static int begin(void **state) {
    struct story *story = calloc(1, sizeof *story);
    assert_non_null(story);
    story->sealed = seal_small();
    story->second = seal_key("inspector.example/lopez", VKEY_ED25519, 0x80);
    struct vkey approvers[] = {*signing_key_public(story->sealed->approver),
                               *signing_key_public(story->second)};
    struct rules rules = small_rules(story->sealed);
    rules.approvers = approvers;
    rules.approver_count = rules.approvals = 2;
    rules.witnesses = (struct vkey *)signing_key_public(story->sealed->witness);
    rules.witness_count = 1;
    story->rules = rules_made(&rules);
    story->terms = (struct paper_terms){.notary = &story->notary,
                                        .rules = story->rules,
                                        .seal = seal_note(story->sealed),
                                        .hash = story->sealed->hash};
    struct error error;
    must(approvals_begin(&story->approvals, story->rules, &error), &error);
    *state = story;
    return 0;
}

static int end(void **state) {
    struct story *story = *state;
    approvals_end(&story->approvals);
    rules_free(story->rules);
    signing_key_free(story->second);
    seal_end(story->sealed);
    free(story);
    return 0;
}

// What was refused, and that it says this.
static void assert_bad(const struct error *error, const char *says) {
    assert_error(error, ERROR_BAD_PAPER);
    if (strstr(error->text, says) == NULL) {
        fail_msg("expected it to say \"%s\", it says \"%s\"", says, error->text);
    }
}

// Approvals -------------------------------------------------------------------------------------------------

static struct slice approval_of(const struct story *story, const struct signing_key *key, uint16_t number,
                                char note[1024]) {
    const struct signing_key *keys[] = {key};
    const struct approval approval = {
        .origin = slice_of(SMALL_ORIGIN), .seal = story->terms.hash, .number = number};
    char text[APPROVAL_BYTES_MAX];
    struct draft draft;
    struct error error;
    draft_begin(&draft, note, 1024);
    must(note_sign(&draft, (struct slice){text, approval_write(&approval, text)}, keys, 1, &error), &error);
    return draft_text(&draft);
}

static void approvals_of_two_are_counted(void **state) {
    struct story *story = *state;
    char note[1024];
    uint16_t number = 0;
    struct error error;
    must(paper_take_approval(&story->approvals, &story->terms,
                             approval_of(story, story->sealed->approver, 7574, note), &number, &error),
         &error);
    assert_int_equal(number, 7574);
    assert_false(paper_take_approval(&story->approvals, &story->terms,
                                     approval_of(story, story->sealed->approver, 7574, note), &number,
                                     &error));
    assert_error(&error, ERROR_BAD_PAPER);
    must(paper_take_approval(&story->approvals, &story->terms, approval_of(story, story->second, 7574, note),
                             &number, &error),
         &error);
    assert_int_equal(story->approvals.count, 2);
}

static void two_numbers_of_one_key_are_a_fraud(void **state) {
    struct story *story = *state;
    char note[1024];
    uint16_t number;
    struct error error;
    must(paper_take_approval(&story->approvals, &story->terms, approval_of(story, story->second, 7574, note),
                             &number, &error),
         &error);
    assert_false(paper_take_approval(&story->approvals, &story->terms,
                                     approval_of(story, story->second, 7575, note), &number, &error));
    assert_bad(&error, "fraud");
    assert_int_equal(story->approvals.count, 1);
}

static void strangers_approve_nothing(void **state) {
    struct story *story = *state;
    char note[1024];
    uint16_t number;
    struct error error;
    assert_false(paper_take_approval(&story->approvals, &story->terms,
                                     approval_of(story, story->sealed->server, 7574, note), &number, &error));
    assert_error(&error, ERROR_BAD_PAPER);
    struct slice approval = approval_of(story, story->sealed->approver, 7574, note);
    story->terms.hash.bytes[0] ^= 1; // of another seal
    assert_false(paper_take_approval(&story->approvals, &story->terms, approval, &number, &error));
    assert_error(&error, ERROR_BAD_PAPER);
    assert_int_equal(story->approvals.count, 0);
}

static void no_bit_of_an_approval_may_be_another(void **state) {
    struct story *story = *state;
    char note[1024];
    uint16_t number;
    struct error error;
    struct slice bytes = approval_of(story, story->second, 7574, note);
    for (size_t bit = 0; bit < bytes.length * 8; bit++) {
        note[bit / 8] ^= (char)(1 << bit % 8);
        if (paper_take_approval(&story->approvals, &story->terms, bytes, &number, &error)) {
            fail_msg("bit %zu of an approval was another one, and it was taken", bit);
        }
        note[bit / 8] ^= (char)(1 << bit % 8);
    }
    assert_int_equal(story->approvals.count, 0);
}

// Cosignatures ----------------------------------------------------------------------------------------------

static struct slice cosigned(const struct story *story, uint64_t time, char note[NOTE_BYTES_MAX]) {
    struct draft draft;
    struct error error;
    draft_begin(&draft, note, NOTE_BYTES_MAX);
    draft_add(&draft, story->terms.seal);
    must(cosignature_add(&draft, seal_text(story->sealed), story->sealed->witness, time, &error), &error);
    return draft_text(&draft);
}

static void a_cosignature_is_taken_once(void **state) {
    static char note[NOTE_BYTES_MAX], kept[NOTE_BYTES_MAX], again[NOTE_BYTES_MAX];
    struct story *story = *state;
    struct slice bytes = cosigned(story, 1000, note);
    struct error error;
    size_t length, added, more;
    uint64_t time;
    must(paper_take_cosignatures(&story->terms, story->terms.seal, bytes, kept, &length, &added, &error),
         &error);
    assert_int_equal(added, 1);
    assert_true(slice_equal((struct slice){kept, length}, bytes));
    must(paper_witnessed_at(&story->terms, bytes, &time, &error), &error);
    assert_int_equal(time, 1000);
    must(paper_take_cosignatures(&story->terms, bytes, bytes, again, &length, &more, &error), &error);
    assert_int_equal(more, 0);
}

static void a_seal_that_no_witness_signed(void **state) {
    static char kept[NOTE_BYTES_MAX];
    struct story *story = *state;
    struct error error;
    size_t length, added;
    uint64_t time;
    assert_false(paper_take_cosignatures(&story->terms, story->terms.seal, story->terms.seal, kept, &length,
                                         &added, &error));
    assert_bad(&error, "signed by no witness of the rules");
    must(paper_witnessed_at(&story->terms, story->terms.seal, &time, &error), &error);
    assert_true(time == UINT64_MAX);
}

static void no_bit_of_a_cosignature_may_be_another(void **state) {
    static char note[NOTE_BYTES_MAX], kept[NOTE_BYTES_MAX];
    struct story *story = *state;
    struct slice bytes = cosigned(story, 1000, note);
    struct error error;
    size_t length, added;
    for (size_t bit = 0; bit < bytes.length * 8; bit++) {
        bool is_servers = bit / 8 >= story->sealed->text_length && bit / 8 < story->terms.seal.length;
        note[bit / 8] ^= (char)(1 << bit % 8);
        bool taken =
            paper_take_cosignatures(&story->terms, story->terms.seal, bytes, kept, &length, &added, &error);
        // The server's own line is not taken from there.
        if (taken && (!is_servers || memcmp(kept, story->terms.seal.text, story->terms.seal.length) != 0)) {
            fail_msg("bit %zu of a cosigned seal was another one, and it was taken", bit);
        }
        note[bit / 8] ^= (char)(1 << bit % 8);
    }
}

// What a server without certificates takes
// --------------------------------------------------------------------

static void without_certificates_nothing_is_believed(void **state) {
    struct story *story = *state;
    struct error error;
    struct hash authority = {{7}};
    uint64_t time;
    uint16_t number;
    assert_false(paper_stamped_at(&story->terms, slice_of("0"), &time, &error));
    assert_bad(&error, "name no time-stamping authority");
    story->rules->authorities = &authority;
    story->rules->authority_count = 1;
    assert_false(paper_stamped_at(&story->terms, slice_of("0"), &time, &error));
    assert_bad(&error, "TSA_CERTS");
    story->rules->authorities = NULL;
    story->rules->authority_count = 0;
    assert_false(paper_number_of_pulse(&story->terms, slice_of("{}"), &number, &error));
    assert_bad(&error, "does not come from a beacon");
    story->rules->how = RULES_BEACON;
    assert_false(paper_number_of_pulse(&story->terms, slice_of("{}"), &number, &error));
    assert_bad(&error, "BEACON_CERT");
    story->notary.has_certificate = true;
    assert_false(paper_number_of_pulse(&story->terms, slice_of("{}"), &number, &error));
    assert_error(&error, ERROR_BAD_PAPER);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(approvals_of_two_are_counted, begin, end),
        cmocka_unit_test_setup_teardown(two_numbers_of_one_key_are_a_fraud, begin, end),
        cmocka_unit_test_setup_teardown(strangers_approve_nothing, begin, end),
        cmocka_unit_test_setup_teardown(no_bit_of_an_approval_may_be_another, begin, end),
        cmocka_unit_test_setup_teardown(a_cosignature_is_taken_once, begin, end),
        cmocka_unit_test_setup_teardown(a_seal_that_no_witness_signed, begin, end),
        cmocka_unit_test_setup_teardown(no_bit_of_a_cosignature_may_be_another, begin, end),
        cmocka_unit_test_setup_teardown(without_certificates_nothing_is_believed, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
