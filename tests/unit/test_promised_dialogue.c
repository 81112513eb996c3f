// An agency that was told the central's key goes on only with what it has checked and kept.
#include "promised_dialogue_story.h"

static void the_rules_come_first_and_every_chunk_asks_for_a_receipt(void **state) {
    (void)state;
    expect("connect 0+0RD");
    acknowledge();
    expect("0+2r 2+2r 4+2Lr");
    acknowledge();
    acknowledge();
    expect("");
    acknowledge();
    expect("S");
    assert_int_equal(promises_covered(office->promises), BETS);
}

static void a_false_receipt_stops_it_loudly(void **state) {
    (void)state;
    acknowledge();
    acknowledge();
    expect("connect 0+0RD 0+2r 2+2r 4+2Lr");
    struct sent sent = in_flight[0];
    sent.digest[0] ^= 1;
    struct reply reply = acknowledgement(office, &sent);
    answer_chunk(&reply, (int64_t)sent.end);
    expect("disconnect end");
    expect_failed(ERROR_FALSE_CLAIM,
                  "4 bets are stored there: the receipt is not for bets 3 to 4 as they were sent");
    assert_int_equal(promises_covered(office->promises), CHUNK_BETS);
}

static void without_a_receipt_it_sends_again(void **state) {
    (void)state;
    acknowledge();
    acknowledge();
    asked[0] = '\0';
    answer_chunk(&(struct reply){.next = -1}, 4);
    expect("disconnect wait");
    come_back();
    expect("connect 2+0RDd"); // what has a receipt is of that draw
    acknowledge();
    expect("2+2r 4+2Lr"); // and is not sent again
}

// It was killed when the central had stored all, and two receipts had come.
static void what_has_no_receipt_is_sent_again_by_the_next_start(void **state) {
    (void)state;
    acknowledge();
    acknowledge();
    acknowledge();
    stop();
    must(open_office(office), &office->error);
    start();
    expect("connect 0+0RD");
    struct sent sent = in_flight[0];
    struct reply reply = acknowledgement(office, &sent);
    reply.has_receipt = false;
    answer_chunk(&reply, BETS); // and lists nothing, as an older one: then it is believed
    expect("4+2Lr");
    acknowledge();
    expect("S");
    assert_int_equal(promises_covered(office->promises), BETS);
}

static void the_seal_is_shown_as_soon_as_it_is_kept(void **state) {
    (void)state;
    send_all();
    asked[0] = '\0';
    answer_waiting(seal_of_office());
    expect("s");
    assert_memory_equal(kept(office, "agency-3.seal"), office->sealed->note, office->sealed->note_length);
    char result[1024];
    answer_winners(seal_of_office(), bet_slice_of(result, result_of(office, 1, result)));
    expect("disconnect wait"); // nothing more is needed of the central
    dialogue_waited(dialogue);
    expect("end");
    struct error error;
    assert_false(dialogue_failed(dialogue, &error));
    assert_non_null(kept(office, "agency-3.result"));
}

static void without_a_seal_it_asks_again_later(void **state) {
    (void)state;
    send_all();
    asked[0] = '\0';
    answer_waiting(bet_slice_of(NULL, 0));
    expect("wait");
    dialogue_waited(dialogue);
    expect("S");
    answer_waiting(seal_of_office());
    expect("s");
    answer_waiting(seal_of_office()); // it need not wait for the draw; then this does not ask without pause
    expect("wait");
}

static void a_second_seal_stops_it_loudly(void **state) {
    (void)state;
    char note[1024];
    send_all();
    answer_waiting(seal_of_office());
    asked[0] = '\0';
    answer_waiting(bet_slice_of(note, other_seal(office, note)));
    expect("disconnect end");
    expect_failed(ERROR_FALSE_CLAIM, "has sealed this draw twice");
    assert_non_null(kept(office, "agency-3.other-seal"));
}

static void winners_of_another_seal_are_not_believed(void **state) {
    (void)state;
    char note[1024], result[1024];
    send_all();
    answer_waiting(seal_of_office());
    asked[0] = '\0';
    answer_winners(bet_slice_of(note, other_seal(office, note)),
                   bet_slice_of(result, result_of(office, 7574, result)));
    expect("disconnect end");
    expect_failed(ERROR_FALSE_CLAIM, "has sealed this draw twice");
}

static void winners_without_proof_are_not_believed(void **state) {
    (void)state;
    send_all();
    asked[0] = '\0';
    answer_winners(seal_of_office(), bet_slice_of(NULL, 0));
    expect("disconnect end");
    expect_failed(ERROR_FALSE_CLAIM, "without the seal");
}

static bool keep_no_winners(void *context, const char *documents, size_t length, struct error *error) {
    (void)context, (void)documents, (void)length, (void)error;
    fail_msg("winners that are not believed are kept");
    return false;
}

static void expect_winners_refused(const char *told, uint16_t number, const char *says) {
    char result[1024];
    answer_waiting(seal_of_office());
    asked[0] = '\0';
    answer_told(told, seal_of_office(), bet_slice_of(result, result_of(office, number, result)));
    expect("disconnect wait");
    dialogue_waited(dialogue);
    expect("end");
    expect_failed(ERROR_FALSE_CLAIM, says);
    assert_string_equal(kept(office, "agency-3.false-winners"), told);
    assert_non_null(kept(office, "agency-3.result"));
}

static void winners_who_are_none_are_kept_beside_the_result(void **state) {
    (void)state;
    options.keep_winners = keep_no_winners;
    send_all();
    expect_winners_refused("2,3", 2, "document 3 has no bet on 0002 in agency-3.csv: ");
    expect_failed(ERROR_FALSE_CLAIM, "agency-3.result and false-winners: give both to whoever audits");
}

static void a_winner_who_is_left_out_stops_it_loudly(void **state) {
    (void)state;
    options.keep_winners = keep_no_winners;
    send_all();
    expect_winners_refused("", 5,
                           "leaves out a winner: document 5 has a bet on 0005 in agency-3.csv, line 6");
}

// The central says that it has all, and has given receipts for two: it may leave the others out of its seal.
static void what_has_no_receipt_does_not_count_as_taken(void **state) {
    (void)state;
    static uint8_t frame[REPLY_SMALL_BYTES_MAX];
    char result[1024];
    struct error closed;
    error_set(&closed, ERROR_DRAW_CLOSED, "closed");
    acknowledge();
    acknowledge();
    answer(&(struct json_writer){0}, reply_encode_error(frame, &closed, BETS), frame);
    dialogue_up(dialogue);
    answer_waiting(seal_of_office());
    answer_winners(seal_of_office(), bet_slice_of(result, result_of(office, 1, result)));
    dialogue_waited(dialogue);
    expect_failed(
        ERROR_DRAW_CLOSED,
        "4 of 6 bets were not taken, those from number 3 on; the central says that it has 6, and has "
        "signed no receipts for those");
}

// The central says that it has only two of the bets, and has given receipts for four.
static void what_has_a_receipt_takes_part(void **state) {
    (void)state;
    static uint8_t frame[REPLY_SMALL_BYTES_MAX];
    struct error closed;
    error_set(&closed, ERROR_DRAW_CLOSED, "closed");
    acknowledge();
    acknowledge();
    acknowledge();
    answer(&(struct json_writer){0}, reply_encode_error(frame, &closed, 2), frame);
    dialogue_up(dialogue);
    expect_winners_refused("", 3, "document 3 has a bet on 0003 in agency-3.csv, line 4");
}

static void told_to_end_while_it_looks_it_does_not_know_them(void **state) {
    (void)state;
    char result[1024];
    options.keep_winners = keep_no_winners;
    send_all();
    answer_waiting(seal_of_office());
    answer_winners(seal_of_office(), bet_slice_of(result, result_of(office, 1, result)));
    asked[0] = '\0';
    dialogue_stop(dialogue);
    expect("end");
    struct error error;
    assert_false(dialogue_failed(dialogue, &error));
}

static void a_look_is_for_its_draw_alone(void **state) {
    (void)state;
    send_all();
    asked[0] = '\0';
    dialogue_down(dialogue, "lost");
    expect("disconnect wait");
    come_back();
    expect("connect 6+0LRDd");
    acknowledge();
    expect("S");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_rules_come_first_and_every_chunk_asks_for_a_receipt),
        TEST(a_false_receipt_stops_it_loudly),
        TEST(without_a_receipt_it_sends_again),
        TEST(what_has_no_receipt_is_sent_again_by_the_next_start),
        TEST(the_seal_is_shown_as_soon_as_it_is_kept),
        TEST(without_a_seal_it_asks_again_later),
        TEST(a_second_seal_stops_it_loudly),
        TEST(winners_of_another_seal_are_not_believed),
        TEST(winners_without_proof_are_not_believed),
        TEST(winners_who_are_none_are_kept_beside_the_result),
        TEST(a_winner_who_is_left_out_stops_it_loudly),
        TEST(what_has_no_receipt_does_not_count_as_taken),
        TEST(what_has_a_receipt_takes_part),
        TEST(told_to_end_while_it_looks_it_does_not_know_them),
        TEST(a_look_is_for_its_draw_alone),
    };
    log_set_level(LOG_LEVEL_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
