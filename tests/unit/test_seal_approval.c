// A number that people turned counts once enough of them have signed it, and none two.
#include "seal_flips.h"
#include "seal_story.h"

#include "seal/approval.h"
#include "seal/errors.h"
#include "seal/result.h"

enum { APPROVERS = 3 };

struct jury {
    struct sealed *sealed;
    struct signing_key *keys[APPROVERS];
    struct vkey publics[APPROVERS];
    struct rules *rules; // two of three
    struct approvals approvals;
    struct hash seal; // that they are to be of
};

static int begin(void **state) {
    static const char *const names[APPROVERS] = {"a.example/one", "b.example/two", "c.example/three"};
    static struct jury jury;
    struct error error;
    jury.sealed = seal_small();
    for (int i = 0; i < APPROVERS; i++) {
        jury.keys[i] = seal_key(names[i], VKEY_ED25519, (uint8_t)(0x80 + 3 * i));
        jury.publics[i] = *signing_key_public(jury.keys[i]);
    }
    struct rules rules = small_rules(jury.sealed);
    rules.approvals = 2;
    rules.approver_count = APPROVERS;
    rules.approvers = jury.publics;
    jury.rules = rules_made(&rules);
    assert_true(approvals_begin(&jury.approvals, jury.rules, &error));
    jury.seal = jury.sealed->hash;
    *state = &jury;
    return 0;
}

static int end(void **state) {
    struct jury *jury = *state;
    approvals_end(&jury->approvals);
    for (int i = 0; i < APPROVERS; i++) {
        signing_key_free(jury->keys[i]);
    }
    rules_free(jury->rules);
    seal_end(jury->sealed);
    return 0;
}

static struct slice approve(struct jury *jury, const struct signing_key *const *keys, size_t count,
                            uint16_t number) {
    static char room[4096];
    char text[APPROVAL_BYTES_MAX];
    struct approval approval = {slice_of(SMALL_ORIGIN), jury->sealed->hash, number};
    struct draft draft;
    struct error error;
    size_t length = approval_write(&approval, text);
    draft_begin(&draft, room, sizeof room);
    assert_true(note_sign(&draft, (struct slice){text, length}, keys, count, &error));
    return draft_text(&draft);
}

static bool take(void *context, struct slice bytes, struct error *error) {
    struct jury *jury = context;
    static struct note note;
    return note_parse("the approval", bytes, &note, error) &&
           approvals_take(&jury->approvals, &note, &jury->seal, error);
}

static struct slice approve_one(struct jury *jury, int approver, uint16_t number) {
    const struct signing_key *keys[] = {jury->keys[approver]};
    return approve(jury, keys, 1, number);
}

static void two_of_three(void **state) {
    struct jury *jury = *state;
    struct error error;
    assert_true(take(jury, approve_one(jury, 2, 42), &error));
    assert_int_equal(approvals_of(&jury->approvals, 42), 1);
    assert_false(take(jury, approve_one(jury, 2, 42), &error));
    assert_string_equal(error.text, "the approval of c.example/three is given twice");
    assert_true(take(jury, approve_one(jury, 0, 42), &error));
    assert_int_equal(approvals_of(&jury->approvals, 42), 2);
    assert_int_equal(jury->approvals.count, 2);
}

static void several_on_one_paper(void **state) {
    struct jury *jury = *state;
    struct error error;
    const struct signing_key *keys[] = {jury->keys[1], jury->keys[0]};
    assert_true(take(jury, approve(jury, keys, 2, 9999), &error));
    assert_int_equal(approvals_of(&jury->approvals, 9999), 2);
    assert_true(jury->approvals.signers[0] && jury->approvals.signers[1] && !jury->approvals.signers[2]);
}

static void two_numbers_of_one_key(void **state) {
    struct jury *jury = *state;
    struct error error;
    const struct signing_key *keys[] = {jury->keys[0], jury->keys[1]};
    assert_true(take(jury, approve_one(jury, 1, 7), &error));
    assert_false(take(jury, approve_one(jury, 1, 8), &error));
    assert_error(&error, ERROR_FALSE_CLAIM);
    assert_string_equal(error.text, "b.example/two has approved two numbers, 0007 and 0008: a fraud");
    assert_false(take(jury, approve(jury, keys, 2, 8), &error)); // nor is the other's taken with it
    assert_string_equal(error.text, "b.example/two has approved two numbers, 0007 and 0008: a fraud");
    assert_int_equal(jury->approvals.count, 1);
    assert_int_equal(approvals_of(&jury->approvals, 8), 0);
}

// One who is wrong, or wants to be in the way, does not keep the others from having their number.
static void another_approvers_other_number(void **state) {
    struct jury *jury = *state;
    struct error error;
    assert_true(take(jury, approve_one(jury, 1, 8), &error));
    assert_true(take(jury, approve_one(jury, 0, 7), &error));
    assert_true(take(jury, approve_one(jury, 2, 7), &error));
    assert_int_equal(jury->approvals.count, 3);
    assert_int_equal(approvals_of(&jury->approvals, 7), 2);
    assert_int_equal(approvals_of(&jury->approvals, 8), 1);
    assert_int_equal(approvals_of(&jury->approvals, 9), 0);
}

static void strangers_and_other_draws(void **state) {
    struct jury *jury = *state;
    struct error error;
    const struct signing_key *keys[] = {jury->sealed->server};
    assert_false(take(jury, approve(jury, keys, 1, 7), &error));
    assert_string_equal(error.text, "the approval is signed by none of the approvers");
    jury->seal.bytes[0] ^= 1;
    assert_false(take(jury, approve_one(jury, 0, 7), &error));
    assert_string_equal(error.text, "the approval is of another seal than this one");
    jury->seal = jury->sealed->hash;
    jury->rules->origin.length--;
    assert_false(take(jury, approve_one(jury, 0, 7), &error));
    assert_string_equal(error.text, "the approval is another draw's");
}

// Takes an approval as the first one.
static bool take_first(void *context, struct slice bytes, struct error *error) {
    struct jury *jury = context;
    for (int i = 0; i < APPROVERS; i++) {
        jury->approvals.numbers[i] = APPROVALS_NONE;
    }
    jury->approvals.count = 0;
    return take(context, bytes, error);
}

static void every_bit_counts(void **state) {
    struct jury *jury = *state;
    struct slice bytes = approve_one(jury, 1, 7574);
    assert_flips_refused(bytes, take_first, jury);
    assert_lengths_refused(bytes, take_first, jury);
}

static void expect_number(const char *line, bool is_good) {
    char text[512];
    struct approval approval;
    struct error error;
    int length = snprintf(text, sizeof text,
                          "quiniela approval v1\n" SMALL_ORIGIN
                          "\nseal AJ4ecKAKW/OwfG03nwYIrXCyVWtaMQgQZBI+MSEA6FI=\n%s",
                          line);
    assert_int_equal(approval_parse((struct slice){text, (size_t)length}, &approval, &error), is_good);
}

static void numbers_have_four_digits(void **state) {
    (void)state;
    static const char *const bad[] = {"number 7\n",
                                      "number 10000\n",
                                      "number 00007\n",
                                      "number -007\n",
                                      "number 0x07\n",
                                      "number  007\n",
                                      "number 0007",
                                      "number 0007\n\n",
                                      "number\n",
                                      "nUmber 0007\n",
                                      "",
                                      "number 007 \n"};
    expect_number("number 0007\n", true);
    expect_number("number 9999\n", true);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        expect_number(bad[i], false);
    }
}

#define SEAL_HASH "vc/pSUy7jdEiCjkvRv29mUBjXs1yULsP6aBkPpSepL4="

static void the_text(void **state) {
    struct jury *jury = *state;
    char text[APPROVAL_BYTES_MAX];
    struct approval approval = {slice_of(SMALL_ORIGIN), jury->sealed->hash, 42};
    struct slice written = {text, approval_write(&approval, text)};
    assert_true(
        slice_is(written, "quiniela approval v1\n" SMALL_ORIGIN "\nseal " SEAL_HASH "\nnumber 0042\n"));
}

// The result ----------------------------------------------------------------------------------------------

static bool check_result(void *context, struct slice bytes, struct error *error) {
    struct jury *jury = context;
    static struct note note;
    struct result result;
    return note_parse("the result", bytes, &note, error) &&
           note_check(&note, signing_key_public(jury->sealed->server), error) &&
           result_parse(note.text, &result, error);
}

static void the_result(void **state) {
    struct jury *jury = *state;
    struct result result = {slice_of(SMALL_ORIGIN), jury->sealed->hash, 7, 123456789}, read;
    char text[RESULT_BYTES_MAX], room[1024];
    struct draft draft;
    struct error error;
    const struct signing_key *keys[] = {jury->sealed->server};
    size_t length = result_write(&result, text);
    assert_true(slice_is((struct slice){text, length}, "quiniela result v1\n" SMALL_ORIGIN "\nseal " SEAL_HASH
                                                       "\nnumber 0007\nwinners 123456789\n"));
    assert_true(result_parse((struct slice){text, length}, &read, &error));
    assert_int_equal(read.number, 7);
    assert_int_equal(read.winners, 123456789);
    assert_true(hash_equal(&read.seal, &jury->sealed->hash));
    draft_begin(&draft, room, sizeof room);
    assert_true(note_sign(&draft, (struct slice){text, length}, keys, 1, &error));
    assert_flips_refused(draft_text(&draft), check_result, jury);
    assert_lengths_refused(draft_text(&draft), check_result, jury);
}

int main(void) {
#define STORY(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        STORY(two_of_three),
        STORY(several_on_one_paper),
        STORY(two_numbers_of_one_key),
        STORY(another_approvers_other_number),
        STORY(strangers_and_other_draws),
        STORY(every_bit_counts),
        STORY(numbers_have_four_digits),
        STORY(the_result),
        STORY(the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
