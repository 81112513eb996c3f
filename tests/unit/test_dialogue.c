// An agency does not wait too long for a slow or silent central, and then tries the right server.
// The test plays its socket and its timer.
#include "dialogue_story.h"

// Answers that do not come --------------------------------------------------------------------------------

static void a_chunk_that_is_never_answered_is_sent_again_on_a_new_connection(void **state) {
    (void)state;
    begin(1, false, 1);
    assert_int_equal(asked.wait_ms, ANSWER_MS);
    dialogue_waited(dialogue);
    assert_int_equal(asked.disconnects, 1);
    dialogue_waited(dialogue);
    assert_int_equal(asked.connects, 2);
    dialogue_up(dialogue);
    assert_int_equal(asked.sends, 2);
}

static void a_polled_consultation_that_is_never_answered_is_asked_again_on_a_new_connection(void **state) {
    (void)state;
    begin_consulting(true);
    assert_int_equal(asked.wait_ms, ANSWER_MS);
    assert_int_equal(asked.disconnects, 0);
    dialogue_waited(dialogue);
    assert_int_equal(asked.disconnects, 1);
    assert_in_range(asked.wait_ms, 0, BASE_MS);
    dialogue_waited(dialogue);
    assert_int_equal(asked.connects, 2);
    dialogue_up(dialogue);
    assert_int_equal(asked.sends, 3);
}

static void a_later_poll_that_is_never_answered_is_noticed_too(void **state) {
    (void)state;
    begin_consulting(true);
    answer_not_ready();
    assert_in_range(asked.wait_ms, 0, POLL_BASE_MS);
    dialogue_waited(dialogue);
    assert_int_equal(asked.sends, 3); // asked again, on the same connection
    assert_int_equal(asked.connects, 1);
    assert_int_equal(asked.wait_ms, ANSWER_MS);
    dialogue_waited(dialogue);
    assert_int_equal(asked.disconnects, 1);
}

static void an_answer_that_is_held_until_the_draw_has_no_timeout(void **state) {
    (void)state;
    begin(1, false, 1);
    int waits = asked.waits;
    acknowledge();
    assert_int_equal(asked.waits, waits);
    dialogue_waited(dialogue); // that for the acknowledgement, which has come
    assert_int_equal(asked.disconnects, 0);
}

static void the_timeout_doubles_for_a_central_that_is_only_slow(void **state) {
    (void)state;
    begin_consulting(true);
    uint32_t patience_ms = ANSWER_MS;
    for (int i = 0; i < 8; i++) {
        assert_int_equal(asked.wait_ms, patience_ms);
        dialogue_waited(dialogue); // no answer
        dialogue_waited(dialogue); // the backoff
        dialogue_up(dialogue);
        patience_ms = patience_ms < ANSWER_MS * ANSWER_GROWTH ? 2 * patience_ms : patience_ms;
    }
    assert_int_equal(patience_ms, ANSWER_MS * ANSWER_GROWTH);
    acknowledge();      // it still has the bet
    answer_not_ready(); // after an answer the timeout is what it was
    dialogue_waited(dialogue);
    assert_int_equal(asked.wait_ms, ANSWER_MS);
}

static void an_acknowledgement_makes_the_timeout_short_again(void **state) {
    (void)state;
    begin(1, true, 1);
    for (int i = 0; i < 3; i++) {
        dialogue_waited(dialogue);
        dialogue_waited(dialogue);
        dialogue_up(dialogue);
    }
    assert_int_equal(asked.wait_ms, 8 * ANSWER_MS);
    acknowledge();
    assert_int_equal(asked.wait_ms, ANSWER_MS); // for the first poll
}

static void a_central_with_more_than_the_only_bet_is_a_conflict(void **state) {
    (void)state;
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    struct error error;
    begin(1, true, 1);
    answer(frame, reply_encode_processed(frame, 2));
    assert_int_equal(asked.ends, 1);
    assert_true(dialogue_failed(dialogue, &error));
    assert_error(&error, ERROR_CONFLICT);
}

// The operator's orders -------------------------------------------------------------------------------------

// It asks for the winners of what is stored, on a new connection, and has failed nevertheless.
static void a_closed_draw_has_winners_and_is_a_failure(void **state) {
    (void)state;
    struct error error;
    begin(1, false, 1);
    refuse(ERROR_DRAW_CLOSED, 0);
    assert_int_equal(asked.disconnects, 1);
    assert_int_equal(asked.connects, 2);
    assert_int_equal(asked.ends, 0);
    dialogue_up(dialogue);
    assert_int_equal(asked.sends, 2); // its question
    assert_false(dialogue_failed(dialogue, &error));
    answer_winners();
    assert_int_equal(asked.ends, 1);
    assert_true(dialogue_failed(dialogue, &error));
    assert_error(&error, ERROR_DRAW_CLOSED);
}

static void a_closed_draw_that_has_all_bets_is_none(void **state) {
    (void)state;
    struct error error;
    begin(1, false, 1);
    refuse(ERROR_DRAW_CLOSED, 1);
    dialogue_up(dialogue);
    answer_winners();
    assert_int_equal(asked.ends, 1);
    assert_false(dialogue_failed(dialogue, &error));
}

// The central has more than exists here: another file was sent.
static void a_closed_draw_that_has_more_is_a_failure(void **state) {
    (void)state;
    struct error error;
    begin(1, false, 1);
    refuse(ERROR_DRAW_CLOSED, 2);
    assert_int_equal(asked.ends, 1);
    assert_true(dialogue_failed(dialogue, &error));
    assert_error(&error, ERROR_CONFLICT);
    assert_string_equal(error.text, "there is 1 bet, but 2 are already stored");
}

static void an_agency_that_was_reset_does_not_try_again(void **state) {
    (void)state;
    struct error error;
    begin(2, false, 1);
    refuse(ERROR_AGENCY_RESET, 0);
    assert_int_equal(asked.ends, 1);
    assert_true(dialogue_failed(dialogue, &error));
    assert_error(&error, ERROR_AGENCY_RESET);
}

static void a_server_that_drains_is_left_for_another(void **state) {
    (void)state;
    begin(2, false, 1);
    const char *drained = asked.address;
    refuse(ERROR_DRAINING, -1);
    assert_int_equal(asked.ends, 0);
    dialogue_waited(dialogue);
    assert_int_equal(asked.connects, 2);
    assert_string_not_equal(asked.address, drained);
}

// Waits between connections -------------------------------------------------------------------------------

static void the_first_wait_after_a_good_answer_is_short(void **state) {
    (void)state;
    uint32_t longest_ms = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        begin(1, false, seed);
        for (int i = 0; i < 8; i++) {
            uint32_t wait_ms = lose_and_come_back();
            longest_ms = wait_ms > longest_ms ? wait_ms : longest_ms;
        }
        dialogue_up(dialogue);
        acknowledge();
        assert_in_range(lose_and_come_back(), 0, BASE_MS);
        assert_in_range(lose_and_come_back(), 0, 2 * BASE_MS);
        dialogue_free(&dialogue);
    }
    assert_in_range(longest_ms, CAP_MS / 2, CAP_MS);
}

// A connection that is lost before anything was answered is not a success: a port that is forwarded to a
// server that is down looks like that.
static void a_connection_alone_does_not_make_the_waits_short(void **state) {
    (void)state;
    uint32_t longest_ms = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        begin(1, false, seed);
        for (int i = 0; i < 8; i++) {
            uint32_t wait_ms = lose_and_come_back();
            longest_ms = wait_ms > longest_ms ? wait_ms : longest_ms;
            dialogue_up(dialogue);
        }
        dialogue_free(&dialogue);
    }
    assert_in_range(longest_ms, CAP_MS / 2, CAP_MS);
}

// It was good, so the other one is tried almost immediately, and only if that fails too does the wait grow.
static void after_a_good_answer_every_other_server_is_tried_at_once(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        begin(2, false, seed);
        for (int i = 0; i < 15; i++) { // the last one is the first of a new round
            lose_and_come_back();
        }
        dialogue_up(dialogue);
        const char *good = asked.address;
        acknowledge();
        for (int i = 0; i < 2; i++) { // the alternative, and the first that counts
            assert_in_range(lose_and_come_back(), 0, BASE_MS);
            assert_true(i > 0 || strcmp(asked.address, good) != 0);
        }
        dialogue_free(&dialogue);
    }
}

static void polls_of_a_good_server_keep_the_others_fresh(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        begin(2, true, seed);
        lose_and_come_back();
        dialogue_up(dialogue);
        acknowledge();
        lose_and_come_back(); // now the other one has failed once
        dialogue_up(dialogue);
        const char *good = asked.address;
        acknowledge(); // it still has the bet
        answer_not_ready();
        dialogue_waited(dialogue);
        assert_in_range(lose_and_come_back(), 0, BASE_MS);
        assert_string_not_equal(asked.address, good);
        dialogue_free(&dialogue);
    }
}

int main(void) {
    log_set_level(LOG_LEVEL_CRITICAL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_chunk_that_is_never_answered_is_sent_again_on_a_new_connection,
                                  tear_down),
        cmocka_unit_test_teardown(
            a_polled_consultation_that_is_never_answered_is_asked_again_on_a_new_connection, tear_down),
        cmocka_unit_test_teardown(a_later_poll_that_is_never_answered_is_noticed_too, tear_down),
        cmocka_unit_test_teardown(an_answer_that_is_held_until_the_draw_has_no_timeout, tear_down),
        cmocka_unit_test_teardown(the_timeout_doubles_for_a_central_that_is_only_slow, tear_down),
        cmocka_unit_test_teardown(an_acknowledgement_makes_the_timeout_short_again, tear_down),
        cmocka_unit_test_teardown(a_central_with_more_than_the_only_bet_is_a_conflict, tear_down),
        cmocka_unit_test_teardown(a_closed_draw_has_winners_and_is_a_failure, tear_down),
        cmocka_unit_test_teardown(a_closed_draw_that_has_more_is_a_failure, tear_down),
        cmocka_unit_test_teardown(a_closed_draw_that_has_all_bets_is_none, tear_down),
        cmocka_unit_test_teardown(an_agency_that_was_reset_does_not_try_again, tear_down),
        cmocka_unit_test_teardown(a_server_that_drains_is_left_for_another, tear_down),
        cmocka_unit_test_teardown(the_first_wait_after_a_good_answer_is_short, tear_down),
        cmocka_unit_test_teardown(a_connection_alone_does_not_make_the_waits_short, tear_down),
        cmocka_unit_test_teardown(after_a_good_answer_every_other_server_is_tried_at_once, tear_down),
        cmocka_unit_test_teardown(polls_of_a_good_server_keep_the_others_fresh, tear_down),
    };
    return cmocka_run_group_tests_name("dialogue", tests, NULL, NULL);
}
