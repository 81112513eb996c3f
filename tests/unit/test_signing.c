// A draw is signed from its opening on, and whatever changes in its rules is signed before it counts.
#include "signed_story.h"

#include "base/clock.h"
#include "ledger/rules_differ.h"
#include "ledger/terms.h"

#define LATER "2099-11-25T21:00:00Z"

// Opening -------------------------------------------------------------------------------------------------

static void a_new_draw_has_rules_before_its_first_bet(void **state) {
    (void)state;
    open_ledger(3);
    struct kept_rules kept = shown(1);
    const struct rules *rules = kept.records[0].rules;
    assert_true(slice_is(rules->origin, SMALL_NAME "/1"));
    assert_int_equal(rules->agencies, 3);
    assert_int_equal(rules->how, RULES_FIXED);
    assert_false(rules->has_close);
    kept_rules_free(&kept);
    assert_kept(1);
    assert_int_equal(query("SELECT length(secret) FROM draws"), SECRET_BYTES);
    assert_int_equal(query("SELECT rules FROM draws"), 1);
}

static void a_restart_goes_on_with_them(void **state) {
    (void)state;
    open_ledger(3);
    struct kept_rules before = shown(1);
    stop();
    open_ledger(3);
    struct kept_rules after = shown(1);
    assert_memory_equal(after.records[0].rules->hash.bytes, before.records[0].rules->hash.bytes, HASH_BYTES);
    kept_rules_free(&before);
    kept_rules_free(&after);
    assert_kept(1);
}

static void two_draws_have_secrets_of_their_own(void **state) {
    (void)state;
    open_ledger(3);
    ledger_close(&story.ledger);
    story.draw = "2";
    sign(true);
    open_ledger(3);
    assert_int_equal(query("SELECT count(DISTINCT secret) FROM draws"), 2);
}

static void without_a_key_nothing_is_signed(void **state) {
    (void)state;
    sign(false);
    open_ledger(3);
    assert_false(notice_is_signed(story.notice));
    assert_int_equal(query("SELECT count(*) FROM papers"), 0);
    assert_int_equal(query("SELECT count(*) FROM draws WHERE secret IS NULL"), 1);
    assert_error(&change_agencies(4)->error, ERROR_NONE);
    stop();
    sign(true); // it stays so
    open_ledger(4);
    assert_false(notice_is_signed(story.notice));
    assert_error(&change_agencies(5)->error, ERROR_NONE);
    assert_int_equal(query("SELECT count(*) FROM papers"), 0);
    assert_string_equal(office.order.answer.status.signed_by, "");
}

static void without_its_key_it_is_not_opened(void **state) {
    (void)state;
    open_ledger(3);
    ledger_close(&story.ledger);
    sign(false);
    assert_not_opened(3, ERROR_NOT_OUR_KEY, "SIGN_KEY");
    office.options.key = office.key_files[1];
    sign(true);
    assert_not_opened(3, ERROR_NOT_OUR_KEY, SMALL_NAME);
    office.options.key = office.key_files[0];
    office.options.name = "lottery.example/other";
    sign(true);
    assert_not_opened(3, ERROR_NOT_OUR_KEY, SMALL_NAME);
    office.options.name = SMALL_NAME;
    sign(true);
    open_ledger(3);
    assert_kept(1);
}

static void what_cannot_be_signed_is_refused(void **state) {
    (void)state;
    assert_not_opened(0, ERROR_BAD_SETTING, "at least one agency");
    story.draw = "\303\261";
    story.seal_dir = NULL;
    assert_not_opened(3, ERROR_BAD_SETTING, "a signed draw has a name of");
    assert_int_equal(query("SELECT count(*) FROM draws"), 0);
}

static void the_key_of_the_draw_before_signs_too(void **state) {
    (void)state;
    open_ledger(3);
    ledger_close(&story.ledger);
    story.draw = "2";
    office.options.key = office.key_files[1];
    sign(true);
    assert_not_opened(3, ERROR_BAD_SETTING, "PREVIOUS_SIGN_KEY");
    assert_int_equal(query("SELECT count(*) FROM draws"), 1);
    office.options.previous_key = office.key_files[0];
    sign(true);
    open_ledger(3);
    size_t length;
    bool no_memory;
    struct note note;
    struct error error;
    char *rules = notice_rules(story.notice, &length, &no_memory);
    must(note_parse("the rules", (struct slice){rules, length}, &note, &error), &error);
    must(note_check(&note, key_of(0), &error), &error);
    must(note_check(&note, key_of(1), &error), &error);
    free(rules);
    ledger_close(&story.ledger);
    office.options.previous_key = NULL; // only the first record of a draw needs it
    sign(true);
    open_ledger(3);
    ledger_close(&story.ledger);
    story.draw = "3"; // nor does the next draw
    sign(true);
    open_ledger(3);
}

// Waits until the clock has gone on, as draws are told apart by the second that they were opened in.
static void pass_a_second(void) {
    char before[CLOCK_TEXT_BYTES], now[CLOCK_TEXT_BYTES];
    clock_utc_text(before);
    do {
        sched_yield();
        clock_utc_text(now);
    } while (strcmp(before, now) == 0);
}

static void the_draw_before_is_the_one_that_was_opened_last(void **state) {
    (void)state;
    story.draw = "b";
    sign(true);
    open_ledger(3);
    ledger_close(&story.ledger);
    pass_a_second();
    story.draw = "a";
    office.options.key = office.key_files[1];
    office.options.previous_key = office.key_files[0];
    sign(true);
    open_ledger(3);
    ledger_close(&story.ledger);
    story.draw = "c";
    office.options.previous_key = NULL;
    sign(true);
    open_ledger(3);
    ledger_close(&story.ledger);
    story.draw = "d";
    office.options.key = office.key_files[0];
    sign(true);
    assert_not_opened(3, ERROR_BAD_SETTING, "PREVIOUS_SIGN_KEY");
}

// Changing ------------------------------------------------------------------------------------------------

static void a_change_is_a_record(void **state) {
    (void)state;
    open_ledger(3);
    assert_error(&change_agencies(5)->error, ERROR_NONE);
    assert_false(office.order.answer.already);
    assert_string_equal(office.order.answer.status.signed_by, SMALL_NAME);
    assert_false(office.order.answer.status.draw.has_secret);
    assert_false(office.order.answer.before.has_secret);
    assert_kept(2);
    assert_true(change_agencies(5)->already);
    assert_kept(2);
    assert_error(&change_cutoff(LATER)->error, ERROR_NONE);
    struct kept_rules kept = shown(3);
    char close[INSTANT_TEXT_BYTES];
    assert_int_equal(kept.records[1].rules->agencies, 5);
    assert_false(kept.records[1].rules->has_close);
    assert_int_equal(kept.records[2].rules->agencies, 5);
    instant_format(kept.records[2].rules->close, close);
    assert_string_equal(close, LATER);
    kept_rules_free(&kept);
    assert_error(&change_cutoff("")->error, ERROR_NONE);
    assert_kept(4);
    stop();
    open_ledger(3); // the settings of before the orders
    assert_kept(4);
    assert_int_equal(ledger_agencies(story.ledger), 5);
}

static void what_changes_nothing_of_the_rules_is_none(void **state) {
    (void)state;
    open_ledger(3);
    assert_error(
        &give(ORDER_CHANGE, (struct order_input){.is_sure = true, .changes_number = true, .number = 7})
             ->error,
        ERROR_NONE);
    assert_error(&give(ORDER_CHANGE, (struct order_input){.changes_agencies = true, .agencies = 1000})->error,
                 ERROR_NEEDS_YES);
    assert_error(&give(ORDER_CLOSE, (struct order_input){.is_sure = true})->error, ERROR_NONE);
    assert_kept(1);
    assert_error(&change_agencies(5)->error, ERROR_NOT_OPEN);
    assert_kept(1);
}

static void a_change_that_seals_is_signed_first(void **state) {
    (void)state;
    open_ledger(3);
    assert_stored(.agency = 1, .first = 0, .count = 3, .last = true, .next = 3);
    assert_error(&change_agencies(1)->error, ERROR_NONE);
    assert_int_equal(office.order.answer.status.draw.state, DRAW_SEALED);
    assert_kept(2);
}

static void settings_that_change_the_draw_are_a_record(void **state) {
    (void)state;
    open_ledger(3);
    assert_stored(.agency = 1, .first = 0, .count = 3, .next = 3);
    stop();
    story.closes_text = LATER;
    assert_not_opened(3, ERROR_CUTOFF_MISMATCH, "CHANGE=yes");
    story.change = true;
    open_ledger(4);
    assert_kept(2);
    struct kept_rules kept = shown(2);
    assert_int_equal(kept.records[1].rules->agencies, 4);
    assert_true(kept.records[1].rules->has_close);
    kept_rules_free(&kept);
}

static void how_the_number_comes_stays(void **state) {
    (void)state;
    open_ledger(3);
    ledger_close(&story.ledger);
    story.is_manual = story.change = true;
    office.options.how = RULES_MANUAL;
    sign(true);
    assert_not_opened(3, ERROR_NUMBER_MISMATCH, "is signed with NUMBER=fixed");
}

// A beacon --------------------------------------------------------------------------------------------------

#define PULSE(hour_minute) "2099-11-25T" hour_minute ":00Z"

static struct order_answer *change_pulse(const char *pulse) {
    struct order_input input = {.is_sure = true, .changes_pulse = true};
    snprintf(input.pulse, sizeof input.pulse, "%s", pulse);
    return give(ORDER_CHANGE, input);
}

// The draw closes at LATER, a quarter of an hour before its pulse.
static void open_with_beacon(void) {
    static char witness[VKEY_TEXT_BYTES];
    struct signing_key *key = seal_key("witness.example/w1", VKEY_COSIGNATURE, 0x60);
    vkey_format(signing_key_public(key), witness);
    signing_key_free(key);
    story.is_beacon = true;
    story.closes_text = LATER;
    office.options.how = RULES_BEACON;
    office.options.witnesses = witness;
    office.options.chain = 1;
    office.options.pulse = PULSE("21:15");
    office.options.certificate = GOLDEN_DIR "/../seal/certificate.pem";
    sign(true);
    open_ledger(3);
}

static void a_pulse_changes_to_a_later_one(void **state) {
    (void)state;
    open_with_beacon();
    assert_error(&change_pulse(PULSE("21:30"))->error, ERROR_NONE);
    assert_false(office.order.answer.already);
    assert_true(change_pulse(PULSE("21:30"))->already);
    assert_error(&change_pulse(PULSE("21:15"))->error, ERROR_BAD_CHANGE);
    assert_error(&change_cutoff(PULSE("21:20"))->error, ERROR_BAD_CHANGE); // too near to it
    assert_error(&change_cutoff("")->error, ERROR_BAD_CHANGE);
    assert_error(&change_cutoff(PULSE("21:10"))->error, ERROR_NONE);
    struct kept_rules kept = shown(3);
    char pulse[INSTANT_TEXT_BYTES];
    instant_format(kept.records[2].rules->pulse.time, pulse);
    assert_string_equal(pulse, PULSE("21:30"));
    kept_rules_free(&kept);
    assert_kept(3);
    stop();
    story.closes_text = PULSE("21:10");
    open_ledger(3); // with the pulse of before in the settings
    assert_kept(3);
}

static void what_the_settings_say_otherwise_is_named(void **state) {
    (void)state;
    char text[RULES_DIFFER_BYTES];
    open_with_beacon();
    struct kept_rules kept = shown(1);
    struct rules wanted = office.notary->terms;
    const struct rules *rules = kept.records[0].rules;
    rules_differ(rules, &wanted, text);
    assert_string_equal(text, "");
    wanted.pulse.time += 60;
    wanted.pulse.chain++;
    wanted.pulse.certificate_id[63] ^= 1;
    wanted.witness_count = 0;
    wanted.approvals = 1;
    rules_differ(rules, &wanted, text);
    assert_string_equal(text, "APPROVALS, WITNESSES, BEACON_CHAIN, BEACON_PULSE, BEACON_CERT");
    wanted = office.notary->terms;
    struct vkey other = *key_of(1);
    wanted.witnesses = &other;
    wanted.approvers = &other;
    wanted.approver_count = 1;
    struct hash authority = {.bytes = {1}};
    wanted.authorities = &authority;
    wanted.authority_count = 1;
    rules_differ(rules, &wanted, text);
    assert_string_equal(text, "APPROVERS, WITNESSES, TSA_CERTS");
    kept_rules_free(&kept);
}

static void a_draw_without_a_beacon_has_no_pulse(void **state) {
    (void)state;
    open_ledger(3);
    assert_error(&change_pulse(PULSE("21:15"))->error, ERROR_BAD_CHANGE);
    assert_kept(1);
}

static void a_beacon_wants_a_cutoff_before_it(void **state) {
    (void)state;
    open_with_beacon();
    ledger_close(&story.ledger);
    story.draw = "2";
    story.closes_text = NULL;
    sign(true);
    assert_not_opened(3, ERROR_BAD_SETTING, "close");
    assert_int_equal(query("SELECT count(*) FROM draws"), 1);
}

// Commits that fail ---------------------------------------------------------------------------------------

static void a_change_whose_commit_fails_can_be_ordered_again(void **state) {
    (void)state;
    open_ledger(3);
    story.fault = FAIL_BEFORE;
    assert_error(&change_agencies(4)->error, ERROR_STORE_FAILED);
    work_do(story.ledger);
    assert_kept(1);
    assert_error(&change_agencies(4)->error, ERROR_NONE);
    assert_false(office.order.answer.already);
    assert_kept(2);
}

static void a_change_that_was_stored_all_the_same_is_kept_and_shown(void **state) {
    (void)state;
    open_ledger(3);
    story.fault = FAIL_AFTER;
    assert_error(&change_agencies(4)->error, ERROR_STORE_FAILED);
    work_do(story.ledger);
    assert_kept(2);
    assert_true(change_agencies(4)->already);
    assert_kept(2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SIGNING_TEST(a_new_draw_has_rules_before_its_first_bet),
        SIGNING_TEST(a_restart_goes_on_with_them),
        SIGNING_TEST(two_draws_have_secrets_of_their_own),
        SIGNING_TEST(without_a_key_nothing_is_signed),
        SIGNING_TEST(without_its_key_it_is_not_opened),
        SIGNING_TEST(what_cannot_be_signed_is_refused),
        SIGNING_TEST(the_key_of_the_draw_before_signs_too),
        SIGNING_TEST(the_draw_before_is_the_one_that_was_opened_last),
        SIGNING_TEST(a_change_is_a_record),
        SIGNING_TEST(what_changes_nothing_of_the_rules_is_none),
        SIGNING_TEST(a_change_that_seals_is_signed_first),
        SIGNING_TEST(settings_that_change_the_draw_are_a_record),
        SIGNING_TEST(how_the_number_comes_stays),
        SIGNING_TEST(a_pulse_changes_to_a_later_one),
        SIGNING_TEST(what_the_settings_say_otherwise_is_named),
        SIGNING_TEST(a_draw_without_a_beacon_has_no_pulse),
        SIGNING_TEST(a_beacon_wants_a_cutoff_before_it),
        SIGNING_TEST(a_change_whose_commit_fails_can_be_ordered_again),
        SIGNING_TEST(a_change_that_was_stored_all_the_same_is_kept_and_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
