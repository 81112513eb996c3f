// An agency does not wait too long for a slow or silent central, and then tries the right server.
// The test plays its socket and its timer.
#include "cmocka_all.h"

#include "agency/dialogue.h"
#include "base/log.h"
#include "bet/errors.h"
#include "wire/limits.h"
#include "wire/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MS = 700, ANSWER_GROWTH = 16, BASE_MS = 100, CAP_MS = 5000, POLL_BASE_MS = 1000, SEEDS = 40 };

// What the dialogue has asked for.
static struct {
    int connects, sends, disconnects, waits, ends;
    uint32_t wait_ms;
    const char *address;
} asked;

static bool has_consult; // the winners are asked for elsewhere
static struct dialogue_options options;
static struct dialogue *dialogue;

static bool connect_to(void *context, const struct address *address) {
    (void)context;
    asked.connects++;
    asked.address = address->text;
    return true;
}

static void send_bytes(void *context, uint8_t *bytes, size_t length) {
    (void)context, (void)length;
    asked.sends++;
    free(bytes);
}

static void disconnect(void *context) {
    (void)context;
    asked.disconnects++;
}

static void wait_for(void *context, uint32_t wait_ms) {
    (void)context;
    asked.waits++;
    asked.wait_ms = wait_ms;
}

static void end(void *context) {
    (void)context;
    asked.ends++;
}

static const struct dialogue_actions actions = {connect_to, send_bytes, disconnect, wait_for, end};

// What the central does -----------------------------------------------------------------------------------

static void answer(const uint8_t *frame, size_t length) {
    uint8_t *bytes = calloc(1, length + JSON_PADDING_BYTES);
    assert_non_null(bytes);
    memcpy(bytes, frame, length);
    assert_int_equal(dialogue_received(dialogue, bytes, length), length);
    free(bytes);
}

static void acknowledge(void) {
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    answer(frame, reply_encode_processed(frame, 1));
}

static void answer_not_ready(void) {
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    answer(frame, reply_encode_not_ready(frame, 1000));
}

// The connection is lost, and the wait that follows is over. Returns how long that was.
static uint32_t lose_and_come_back(void) {
    int connects = asked.connects, waits = asked.waits;
    dialogue_down(dialogue, "lost");
    assert_int_equal(asked.waits, waits + 1);
    assert_int_equal(asked.connects, connects); // not before the wait is over
    uint32_t wait_ms = asked.wait_ms;
    dialogue_waited(dialogue);
    assert_int_equal(asked.connects, connects + 1);
    return wait_ms;
}

// A connected dialogue with one bet and so many servers.
static void begin(uint32_t servers, bool poll, uint64_t seed) {
    static struct chunk *bet;
    static const char text[] = "Ana,Paz,1,1999-03-17,7574";
    struct error error;
    if (bet == NULL) {
        bet = chunk_new(1, sizeof text);
        assert_true(bet != NULL && chunk_add(bet, text, sizeof text - 1, &error));
    }
    memset(&asked, 0, sizeof asked);
    options = (struct dialogue_options){.agency = 1,
                                        .bets.count = servers,
                                        .consult.count = 1,
                                        .has_consult = has_consult,
                                        .single = bet,
                                        .chunk_size = 1,
                                        .window = 1,
                                        .poll = poll,
                                        .answer_timeout_ms = ANSWER_MS,
                                        .seed = seed};
    snprintf(options.consult.list[0].text, sizeof options.consult.list[0].text, "winners");
    for (uint32_t i = 0; i < servers; i++) {
        snprintf(options.bets.list[i].text, sizeof options.bets.list[i].text, "%u", i);
    }
    assert_true(dialogue_new(&options, &actions, NULL, &dialogue, &error));
    dialogue_start(dialogue);
    dialogue_up(dialogue);
    assert_int_equal(asked.sends, 1); // its bet
}

static void begin_consulting(bool poll) {
    begin(1, poll, 1);
    acknowledge();
    assert_int_equal(asked.sends, 2); // its question
}

static int tear_down(void **state) {
    (void)state;
    has_consult = false;
    dialogue_free(&dialogue);
    return 0;
}

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

static void refuse(const struct error_code *code, int64_t next) {
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    struct error error;
    error_set(&error, code, "so it is");
    answer(frame, reply_encode_error(frame, &error, next));
}

static void answer_winners(void) {
    uint8_t frame[64 + REPLY_WINNERS_AROUND_BYTES];
    answer(frame, reply_encode_winners(frame, "1", 1));
}

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

// Coming back ---------------------------------------------------------------------------------------------

static void who_comes_back_looks_before_it_waits(void **state) {
    (void)state;
    begin_consulting(false);
    lose_and_come_back();
    dialogue_up(dialogue);
    assert_int_equal(asked.sends, 3); // the end, once more
    assert_int_equal(asked.wait_ms, ANSWER_MS);
    acknowledge();
    assert_int_equal(asked.sends, 4); // the question
}

static void what_the_central_has_no_longer_is_sent_again(void **state) {
    (void)state;
    begin_consulting(false);
    lose_and_come_back();
    dialogue_up(dialogue);
    int connects = asked.connects;
    refuse(ERROR_GAP, 0);
    assert_int_equal(asked.connects, connects + 1);
    dialogue_up(dialogue);
    assert_int_equal(asked.sends, 4); // its bet
    acknowledge();
    assert_int_equal(asked.sends, 5);
    answer_winners();
    struct error error;
    assert_false(dialogue_failed(dialogue, &error));
}

static void one_that_was_reset_does_not_wait_for_winners(void **state) {
    (void)state;
    struct error error;
    begin_consulting(false);
    lose_and_come_back();
    dialogue_up(dialogue);
    refuse(ERROR_AGENCY_RESET, 0);
    assert_int_equal(asked.ends, 1);
    assert_true(dialogue_failed(dialogue, &error));
    assert_ptr_equal(error.code, ERROR_AGENCY_RESET);
}

// Whoever has the winners may be there when those who took the bets are not.
static void winners_come_where_nobody_takes_bets_any_more(void **state) {
    (void)state;
    has_consult = true;
    begin(1, false, 1);
    acknowledge();
    dialogue_up(dialogue);
    assert_int_equal(asked.sends, 2);
    const char *const tried[] = {"0", "winners", "0",
                                 "winners"}; // nobody; up, so the other once more; nobody
    for (int i = 0; i < 4; i++) {
        if (i == 2) {
            dialogue_up(dialogue);
        } else {
            lose_and_come_back();
        }
        assert_string_equal(asked.address, tried[i]);
        assert_int_equal(asked.sends, 2);
    }
    dialogue_up(dialogue);
    assert_int_equal(asked.sends, 3);
    answer_winners();
    assert_int_equal(asked.ends, 1);
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
        cmocka_unit_test_teardown(who_comes_back_looks_before_it_waits, tear_down),
        cmocka_unit_test_teardown(what_the_central_has_no_longer_is_sent_again, tear_down),
        cmocka_unit_test_teardown(one_that_was_reset_does_not_wait_for_winners, tear_down),
        cmocka_unit_test_teardown(winners_come_where_nobody_takes_bets_any_more, tear_down),
    };
    return cmocka_run_group_tests_name("dialogue", tests, NULL, NULL);
}
