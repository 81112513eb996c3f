// An agency that was told the central's key goes on only with what it has checked and kept.
#include "promises_story.h"

#include "agency/dialogue.h"
#include "agency/file_check.h"
#include "base/log.h"
#include "wire/frame.h"
#include "wire/limits.h"
#include "wire/message.h"

enum { BETS = 6, CHUNK_BETS = 2, ANSWER_MS = 7000 };

#define DRAW "friday, opened 2026-11-25T08:00:00Z"

static struct office *office;
static struct dialogue_options options;
static struct dialogue *dialogue;
static struct message_decoder *decoder;
static char csv[TEMPORARY_BYTES + 32];

// What the dialogue has asked for since the last check. A chunk is FIRST+COUNT, L for the last, R for the
// rules, r for a receipt, D for the draw, d for that one only. S asks for the seal, s shows it.
static char asked[512];
static struct sent in_flight[8]; // chunks that were sent and not answered
static size_t flying;

static void say(const char *what) {
    assert_true(strlen(asked) + strlen(what) + 2 < sizeof asked);
    strcat(strcat(asked, asked[0] == '\0' ? "" : " "), what);
}

static void expect(const char *what) {
    if (strcmp(asked, what) != 0) {
        fail_msg("it asked for \"%s\", and not for \"%s\"", asked, what);
    }
    asked[0] = '\0';
}

// What it asks for
// -------------------------------------------------------------------------------------------

static bool connect_to(void *context, const struct address *address) {
    (void)context, (void)address;
    flying = 0;
    say("connect");
    return true;
}

static void take_chunk(const struct message *message) {
    char text[64];
    const struct chunk *chunk = message->chunk;
    struct sent *sent = &in_flight[flying++];
    *sent = (struct sent){.end = (uint64_t)message->first + chunk->count,
                          .count = chunk->count,
                          .wants = {.rules = message->wants_rules, .receipt = message->wants_receipt}};
    assert_true(chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, sent->digest));
    snprintf(text, sizeof text, "%d+%u%s%s%s%s%s", (int)message->first, chunk->count,
             message->type == MESSAGE_SEND_LAST_CHUNK ? "L" : "", message->wants_rules ? "R" : "",
             message->wants_receipt ? "r" : "", message->wants_draw ? "D" : "",
             message->only_draw.text != NULL ? "d" : "");
    if (message->only_draw.text != NULL) {
        assert_int_equal(message->only_draw.length, strlen(DRAW));
        assert_memory_equal(message->only_draw.text, DRAW, strlen(DRAW));
    }
    say(text);
}

static void send_bytes(void *context, uint8_t *bytes, size_t length) {
    (void)context;
    struct message message;
    struct error error;
    uint8_t *padded = calloc(1, length + JSON_PADDING_BYTES);
    assert_non_null(padded);
    memcpy(padded, bytes, length);
    must(message_decode(decoder, padded + FRAME_HEADER_BYTES, length - FRAME_HEADER_BYTES, &message, &error),
         &error);
    if (message.type != MESSAGE_CONSULT_WINNERS) {
        take_chunk(&message);
        chunk_free(message.chunk);
    } else {
        assert_true(message.wants_seal && message.wants_rules);
        say(message.seal.text == NULL ? "S" : "s");
        if (message.seal.text != NULL) {
            assert_int_equal(message.seal.length, office->sealed->note_length);
            assert_memory_equal(message.seal.text, office->sealed->note, message.seal.length);
        }
    }
    free(padded);
    free(bytes);
}

static void disconnect(void *context) {
    (void)context;
    say("disconnect");
}

static void wait_for(void *context, uint32_t wait_ms) {
    (void)context;
    if (wait_ms != ANSWER_MS) {
        say("wait");
    }
}

static void end(void *context) {
    (void)context;
    say("end");
}

static const struct dialogue_actions actions = {connect_to, send_bytes, disconnect, wait_for, end};

// The central
// ------------------------------------------------------------------------------------------------

static void answer(const struct json_writer *fields, size_t length, uint8_t *frame) {
    length = fields->length > 1 ? reply_add_fields(frame, length, fields) : length;
    assert_int_equal(dialogue_received(dialogue, frame, length), length);
}

// Answers the oldest chunk as `reply` says; its `next` is the central's.
static void answer_chunk(const struct reply *reply, int64_t next) {
    static uint8_t frame[REPLY_SMALL_BYTES_MAX + 64 * 1024];
    struct json_writer fields = {0};
    json_begin(&fields, NULL);
    json_put_text(&fields, "draw", DRAW);
    if (reply->rules.text != NULL) {
        json_put_bytes(&fields, "rules", reply->rules.text, reply->rules.length);
    }
    if (reply->has_receipt) {
        receipt_json_write(&fields, &reply->receipt);
    }
    memmove(in_flight, in_flight + 1, sizeof in_flight - sizeof *in_flight);
    flying--;
    answer(&fields, reply_encode_processed(frame, (uint64_t)next), frame);
    free(fields.text);
}

static void acknowledge(void) {
    struct sent sent = in_flight[0];
    struct reply reply = acknowledgement(office, &sent);
    reply.has_receipt = sent.wants.receipt;
    reply.rules.text = sent.wants.rules ? reply.rules.text : NULL;
    answer_chunk(&reply, (int64_t)sent.end);
}

static void put_notes(struct json_writer *fields, struct bet_slice seal, struct bet_slice result) {
    json_begin(fields, NULL);
    json_put_bytes(fields, "rules", office->rules, office->rules_length);
    if (seal.text != NULL) {
        json_put_bytes(fields, "seal", seal.text, seal.length);
    }
    if (result.text != NULL) {
        json_put_bytes(fields, "result", result.text, result.length);
    }
}

static void answer_waiting(struct bet_slice seal) {
    static uint8_t frame[REPLY_SMALL_BYTES_MAX + 64 * 1024];
    struct json_writer fields = {0};
    put_notes(&fields, seal, bet_slice_of(NULL, 0));
    answer(&fields, reply_encode_not_ready(frame, 1000), frame);
    free(fields.text);
}

// Tells these documents as winners.
static void answer_told(const char *documents, struct bet_slice seal, struct bet_slice result) {
    static uint8_t frame[REPLY_SMALL_BYTES_MAX + 64 * 1024];
    struct json_writer fields = {0};
    put_notes(&fields, seal, result);
    answer(&fields, reply_encode_winners(frame, documents, strlen(documents)), frame);
    free(fields.text);
}

static void answer_winners(struct bet_slice seal, struct bet_slice result) {
    answer_told("1", seal, result);
}

static struct bet_slice seal_of_office(void) {
    return bet_slice_of(office->sealed->note, office->sealed->note_length);
}

static void come_back(void) {
    dialogue_waited(dialogue);
    dialogue_up(dialogue);
}

static void expect_failed(const struct error_code *code, const char *says) {
    struct error error;
    assert_true(dialogue_failed(dialogue, &error));
    assert_error(&error, code);
    assert_non_null(strstr(error.text, says));
}

// The agency
// -------------------------------------------------------------------------------------------------

static void start(void) {
    struct error error;
    struct file_findings findings;
    options = (struct dialogue_options){.agency = AGENCY,
                                        .bets.count = 1,
                                        .chunk_size = CHUNK_BETS,
                                        .window = 4,
                                        .promises = office->promises,
                                        .answer_timeout_ms = ANSWER_MS,
                                        .seed = 1};
    must(reader_open(csv, &options.reader, &error), &error);
    must(file_check(options.reader, AGENCY, &findings, &error), &error);
    must(dialogue_new(&options, &actions, NULL, &dialogue, &error), &error);
    asked[0] = '\0';
    dialogue_start(dialogue);
    dialogue_up(dialogue);
}

static void stop(void) {
    dialogue_free(&dialogue);
    reader_close(&options.reader);
}

static int begin(void **state) {
    int status = set_up(state);
    office = *state;
    snprintf(csv, sizeof csv, "%s/agency-3.csv", office->folder);
    char text[BETS * 64];
    size_t length = 0;
    for (int i = 0; i < BETS; i++) {
        length += (size_t)sprintf(text + length, "Ana,Paz,%d,1999-03-17,%d\n", i, i);
    }
    write_kept(office, "agency-3.csv", (struct slice){text, length});
    decoder = message_decoder_new();
    assert_non_null(decoder);
    start();
    return status;
}

static int finish(void **state) {
    stop();
    message_decoder_free(decoder);
    return tear_down(state);
}

static void send_all(void) {
    acknowledge();
    acknowledge();
    acknowledge();
}

// Stories
// ----------------------------------------------------------------------------------------------------

static void every_chunk_asks_for_a_receipt_and_the_first_for_the_rules(void **state) {
    (void)state;
    expect("connect 0+2RrD");
    acknowledge();
    expect("2+2r 4+2Lr");
    acknowledge();
    expect("");
    acknowledge();
    expect("S");
    assert_int_equal(promises_covered(office->promises), BETS);
}

static void a_false_receipt_stops_it_loudly(void **state) {
    (void)state;
    acknowledge();
    expect("connect 0+2RrD 2+2r 4+2Lr");
    struct sent sent = in_flight[0];
    sent.digest[0] ^= 1;
    struct reply reply = acknowledgement(office, &sent);
    answer_chunk(&reply, (int64_t)sent.end);
    expect("disconnect end");
    expect_failed(ERROR_FALSE_CLAIM, "the receipt is not for bets 3 to 4 as they were sent");
    assert_int_equal(promises_covered(office->promises), CHUNK_BETS);
}

static void without_a_receipt_it_sends_again(void **state) {
    (void)state;
    acknowledge();
    asked[0] = '\0';
    answer_chunk(&(struct reply){.next = -1}, 4);
    expect("disconnect wait");
    come_back();
    expect("connect 2+2RrDd"); // what has a receipt is not sent again, and is of that draw
}

static void an_unsigned_draw_stops_it_at_once(void **state) {
    (void)state;
    asked[0] = '\0';
    answer_chunk(&(struct reply){.next = -1}, 2);
    expect("disconnect end");
    expect_failed(ERROR_FALSE_CLAIM, "does not tell the rules");
}

// It was killed when the central had stored all, and two receipts had come.
static void what_has_no_receipt_is_sent_again_by_the_next_start(void **state) {
    (void)state;
    acknowledge();
    acknowledge();
    stop();
    must(open_office(office), &office->error);
    start();
    expect("connect 0+2RrD"); // the first is always sent: what follows is compared
    struct sent sent = in_flight[0];
    struct reply reply = acknowledgement(office, &sent);
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

// The central says that it has only two of the bets, and has given receipts for four.
static void what_has_a_receipt_takes_part(void **state) {
    (void)state;
    static uint8_t frame[REPLY_SMALL_BYTES_MAX];
    struct error closed;
    error_set(&closed, ERROR_DRAW_CLOSED, "closed");
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(every_chunk_asks_for_a_receipt_and_the_first_for_the_rules),
        TEST(a_false_receipt_stops_it_loudly),
        TEST(without_a_receipt_it_sends_again),
        TEST(an_unsigned_draw_stops_it_at_once),
        TEST(what_has_no_receipt_is_sent_again_by_the_next_start),
        TEST(the_seal_is_shown_as_soon_as_it_is_kept),
        TEST(without_a_seal_it_asks_again_later),
        TEST(a_second_seal_stops_it_loudly),
        TEST(winners_of_another_seal_are_not_believed),
        TEST(winners_without_proof_are_not_believed),
        TEST(winners_who_are_none_are_kept_beside_the_result),
        TEST(a_winner_who_is_left_out_stops_it_loudly),
        TEST(what_has_a_receipt_takes_part),
        TEST(told_to_end_while_it_looks_it_does_not_know_them),
        TEST(a_look_is_for_its_draw_alone),
    };
    log_set_level(LOG_LEVEL_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
