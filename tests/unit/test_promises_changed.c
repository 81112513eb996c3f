// A key that has changed is proved by the rules, and what another draw has left accuses nobody.
#include "promises_taken.h"

#include "agency/errors.h"
#include "base/log.h"

#include <unistd.h>

// The rules, signed by the server's key, and by the `count` others.
static void sign_rules(struct office *office, struct slice text, const struct signing_key *const *others,
                       size_t count) {
    const struct signing_key *keys[2] = {office->sealed->server};
    struct draft draft;
    assert_true(count < 2);
    for (size_t i = 0; i < count; i++) {
        keys[1 + i] = others[i];
    }
    draft_begin(&draft, office->rules + office->rules_length, sizeof office->rules - office->rules_length);
    must(note_sign(&draft, text, keys, 1 + count, &office->error), &office->error);
    office->rules_length += draft.length;
}

// The key of the draw before has signed the rules that name a new one: receipts, seal and result are of that.
static void a_new_key_is_vouched_for_by_the_old_one(void **state) {
    struct office *office = *state;
    struct signing_key *old = seal_key("lottery.example/before", VKEY_ED25519, 0x33);
    const struct signing_key *const others[] = {old};
    char note[1024];
    office->trusted = old;
    office->rules_length = 0;
    sign_rules(office, office->sealed->rules->text, others, 1);
    must(open_office(office), &office->error);
    give_chunk(office, 0, 10);
    must(open_office(office), &office->error);
    struct reply reply = sealed_answer(office);
    reply.result = bet_slice_of(note, result_of(office, 7574, note));
    must(take_winners(office, &reply), &office->error);
    must(open_office(office), &office->error); // with seal and result
    assert_int_equal(promises_covered(office->promises), 10);
    office->trusted = NULL; // whom the new key was given meanwhile
    must(open_office(office), &office->error);
    signing_key_free(old);
}

// A later record cannot name another key, so that the old one need not sign it.
static void what_follows_is_of_the_new_key_alone(void **state) {
    struct office *office = *state;
    struct signing_key *old = seal_key("lottery.example/before", VKEY_ED25519, 0x33);
    const struct signing_key *const others[] = {old};
    struct rules *later = later_rules(office, 9);
    office->trusted = old;
    office->rules_length = 0;
    sign_rules(office, office->sealed->rules->text, others, 1);
    sign_rules(office, later->text, NULL, 0);
    must(open_office(office), &office->error);
    give_chunk(office, 0, 10);
    must(open_office(office), &office->error);
    assert_non_null(kept(office, "agency-3.rules-1"));
    rules_free(later);
    signing_key_free(old);
}

static void nobody_vouches_for_another_key_alone(void **state) {
    struct office *office = *state;
    struct signing_key *old = seal_key("lottery.example/before", VKEY_ED25519, 0x33);
    const struct signing_key *const others[] = {old};
    struct sent sent = chunk_of(0, 10);
    office->trusted = old;
    must(open_office(office), &office->error);
    struct reply reply = acknowledgement(office, &sent);
    expect_refused(office, take_chunk(office, &sent, &reply), ERROR_OTHER_KEY, "ask whoever gave it");
    office->rules_length = 0;
    add_rules(office, old, office->sealed->rules->text); // the new key has not signed
    reply = acknowledgement(office, &sent);
    expect_refused(office, take_chunk(office, &sent, &reply), ERROR_FALSE_CLAIM, "is not signed by");
    office->rules_length = 0;
    sign_rules(office, office->sealed->rules->text, others, 1);
    struct receipt receipt = right_receipt(office, &sent);
    reply = acknowledgement(office, &sent);
    reply.receipt = receipt_made(office, &receipt, old); // which signs nothing more
    expect_refused(office, take_chunk(office, &sent, &reply), ERROR_FALSE_CLAIM, "is not signed by");
    assert_int_equal(promises_covered(office->promises), 0);
    signing_key_free(old);
}

// Nobody has sealed twice: rules and receipts of the night before were moved away, and its seal was not.
static void a_seal_of_another_draw_is_in_the_way(void **state) {
    struct office *office = *state;
    struct reply reply = sealed_answer(office);
    bool is_new;
    struct checkpoint seal = office->sealed->seal;
    char note[1024], text[CHECKPOINT_BYTES_MAX];
    seal.origin = slice_of(SMALL_NAME "/2026-11-24");
    size_t length = checkpoint_write(&seal, text);
    length = note_made(office->sealed->server, (struct slice){text, length}, note, sizeof note);
    write_kept(office, "agency-3.seal", (struct slice){note, length});
    must(open_office(office), &office->error);
    expect_refused(office, take_waiting(office, &reply, &is_new), ERROR_OTHER_DRAW,
                   "are of draw " SMALL_NAME "/2026-11-24, and the central's draw is " SMALL_ORIGIN);
    assert_null(kept(office, "agency-3.rules-0"));
    assert_null(kept(office, "agency-3.other-seal"));
    assert_int_equal(unlink(path_of(office, "agency-3.seal")), 0);
    must(open_office(office), &office->error);
    give_chunk(office, 0, 10);
    assert_int_equal(unlink(path_of(office, "agency-3.rules-0")), 0);
    write_kept(office, "agency-3.seal", (struct slice){note, length});
    expect_refused(office, open_office(office), ERROR_BAD_SETTING,
                   "the seal beside it is of draw " SMALL_NAME "/2026-11-24: name another place");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_new_key_is_vouched_for_by_the_old_one),
        TEST(what_follows_is_of_the_new_key_alone),
        TEST(nobody_vouches_for_another_key_alone),
        TEST(a_seal_of_another_draw_is_in_the_way),
    };
    log_set_level(LOG_LEVEL_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
