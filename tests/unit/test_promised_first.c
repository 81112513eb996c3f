// An agency that was told the central's key sends no bet before the rules of the draw are checked.
#include "promised_dialogue_story.h"

#include "agency/errors.h"

// A question is soon answered, also by a central that cannot store.
static void answers_to_questions_do_not_shorten_its_waits(void **state) {
    (void)state;
    wait_ms_max = 0;
    for (int i = 0; i < 20; i++) {
        asked[0] = '\0';
        acknowledge();
        answer_chunk(&(struct reply){.next = -1}, 2); // without a receipt
        come_back();
    }
    assert_true(wait_ms_max > 1000);
}

static void answer_rules(const struct reply *reply, int64_t stored) {
    expect("connect 0+0RD");
    answer_chunk(reply, stored);
    expect("disconnect end");
    assert_int_equal(promises_covered(office->promises), 0);
}

static void no_bet_goes_to_a_draw_that_is_not_signed(void **state) {
    (void)state;
    answer_rules(&(struct reply){.next = -1}, 0);
    expect_failed(ERROR_NOT_SIGNED, "nothing was sent: the central does not tell the rules");
}

static void no_bet_goes_to_a_central_with_another_key(void **state) {
    (void)state;
    struct signing_key *other = seal_key(SMALL_NAME, VKEY_ED25519, 0x33);
    office->rules_length = 0;
    add_rules(office, other, office->sealed->rules->text);
    answer_rules(&(struct reply){.rules = bet_slice_of(office->rules, office->rules_length)}, 4);
    expect_failed(ERROR_OTHER_KEY, "nothing was sent, and 4 bets are stored there from before: the rules");
    assert_null(kept(office, "agency-3.rules-0"));
    signing_key_free(other);
}

static void no_bet_goes_to_another_draw_than_its_files_are_of(void **state) {
    (void)state;
    struct rules rules = small_rules(office->sealed);
    rules.origin = slice_of(SMALL_NAME "/2026-11-26");
    struct rules *next_night = rules_made(&rules);
    acknowledge();
    stop();
    must(open_office(office), &office->error);
    office->rules_length = 0;
    add_rules(office, office->sealed->server, next_night->text);
    start();
    answer_rules(&(struct reply){.rules = bet_slice_of(office->rules, office->rules_length)}, 0);
    expect_failed(ERROR_OTHER_DRAW, "nothing was sent: the files ");
    rules_free(next_night);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(answers_to_questions_do_not_shorten_its_waits),
        TEST(no_bet_goes_to_a_draw_that_is_not_signed),
        TEST(no_bet_goes_to_a_central_with_another_key),
        TEST(no_bet_goes_to_another_draw_than_its_files_are_of),
    };
    log_set_level(LOG_LEVEL_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
