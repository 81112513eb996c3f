// An agency sends its file from where the central is, and compares it with what is already stored.
// The test plays the central, the socket and the timer.
#include "cmocka_all.h"

#include "agency/dialogue.h"
#include "base/log.h"
#include "bet/errors.h"
#include "wire/frame.h"
#include "wire/message.h"
#include "wire/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BETS = 50, CHUNK_BETS = 10, WINDOW = 3, ANSWER_MS = 7000 };

static char path[64];
static struct dialogue_options options;
static struct dialogue *dialogue;
static struct message_decoder *decoder;

// What the dialogue has asked for since the last check: FIRST+COUNT is a chunk, with an L the last one, with
// ?N a question about what is stored from N on.
static char asked[1024];
static int answers_due; // how often it has started to wait for one

static void note(const char *what) {
    assert_true(strlen(asked) + strlen(what) + 2 < sizeof asked);
    strcat(strcat(asked, asked[0] == '\0' ? "" : " "), what);
}

static bool connect_to(void *context, const struct address *address) {
    (void)context, (void)address;
    note("connect");
    return true;
}

static void send_bytes(void *context, uint8_t *bytes, size_t length) {
    (void)context;
    char text[96];
    struct message message;
    struct error error;
    uint8_t *padded = calloc(1, length + JSON_PADDING_BYTES);
    assert_non_null(padded);
    memcpy(padded, bytes, length);
    assert_true(
        message_decode(decoder, padded + FRAME_HEADER_BYTES, length - FRAME_HEADER_BYTES, &message, &error));
    assert_int_equal(message.agency, 7);
    if (message.type == MESSAGE_CONSULT_WINNERS) {
        note("consult");
    } else {
        int used = snprintf(text, sizeof text, "%d+%u%s", (int)message.first, message.bets_sent,
                            message.type == MESSAGE_SEND_LAST_CHUNK ? "L" : "");
        if (message.stored >= 0) {
            snprintf(text + used, sizeof text - (size_t)used, "?%d", (int)message.stored);
        }
        note(text);
        chunk_free(message.chunk);
    }
    free(padded);
    free(bytes);
}

static void disconnect(void *context) {
    (void)context;
    note("disconnect");
}

static void wait_for(void *context, uint32_t wait_ms) {
    (void)context;
    if (wait_ms == ANSWER_MS) {
        answers_due++;
    } else {
        note(wait_ms > 0 ? "wait" : "go on");
    }
}

static void end(void *context) {
    (void)context;
    note("end");
}

static const struct dialogue_actions actions = {connect_to, send_bytes, disconnect, wait_for, end};

static void expect(const char *what) {
    if (strcmp(asked, what) != 0) {
        fail_msg("it asked for \"%s\", and not for \"%s\"", asked, what);
    }
    asked[0] = '\0';
}

static void expect_failed(const struct error_code *code) {
    struct error error;
    assert_true(dialogue_failed(dialogue, &error));
    assert_error(&error, code);
}

// The file ------------------------------------------------------------------------------------------------

static int bad_line = -1, bets = BETS;

static int write_bet(char text[64], int number) {
    return sprintf(text, "Ana,Paz,%d,1999-03-17,%d", number, number % 10000);
}

static void write_file(void) {
    char text[64];
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < bets; i++) {
        write_bet(text, i);
        fprintf(file, "%s\n", i == bad_line ? "Ana" : text);
    }
    assert_int_equal(fclose(file), 0);
}

// What the central has stored if it has the file's bets; `changed` ones are different.
static struct piece piece_of(uint64_t first, uint32_t count, int changed) {
    struct piece piece = {.first = first, .count = count};
    struct chunk *chunk = chunk_new(count, (size_t)count * 64);
    assert_non_null(chunk);
    for (uint32_t i = 0; i < count; i++) {
        char text[64];
        struct error error;
        int length = write_bet(text, (int)(first + i) + changed);
        assert_true(chunk_add(chunk, text, (size_t)length, &error));
    }
    assert_true(chunk_digest(chunk->numbers, count, chunk->rows, chunk->rows_length, piece.digest));
    chunk_free(chunk);
    return piece;
}

// The central ---------------------------------------------------------------------------------------------

static void answer(const uint8_t *frame, size_t length) {
    uint8_t *bytes = calloc(1, length + JSON_PADDING_BYTES);
    assert_non_null(bytes);
    memcpy(bytes, frame, length);
    assert_int_equal(dialogue_received(dialogue, bytes, length), length);
    free(bytes);
}

static void acknowledge(uint64_t next) {
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    answer(frame, reply_encode_processed(frame, next));
}

static void acknowledge_listing(uint64_t next, struct piece piece) {
    uint8_t *frame = malloc(reply_stored_bytes_max(1));
    assert_non_null(frame);
    answer(frame, reply_encode_stored(frame, next, &piece, 1));
    free(frame);
}

static void refuse(const struct error_code *code, int64_t next) {
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    struct error error;
    error_set(&error, code, "no");
    answer(frame, reply_encode_error(frame, &error, next));
}

static void begin_with(uint32_t chunk_size) {
    struct error error;
    write_file();
    options = (struct dialogue_options){.agency = 7,
                                        .bets.count = 1,
                                        .chunk_size = chunk_size,
                                        .window = WINDOW,
                                        .answer_timeout_ms = ANSWER_MS,
                                        .seed = 1};
    strcpy(options.bets.list[0].text, "central");
    assert_true(reader_open(path, &options.reader, &error));
    assert_true(dialogue_new(&options, &actions, NULL, &dialogue, &error));
    asked[0] = '\0';
    dialogue_start(dialogue);
    expect("connect");
    answers_due = 0;
    dialogue_up(dialogue);
    assert_int_equal(answers_due, 1);
}

static void begin(void) {
    begin_with(CHUNK_BETS);
    expect("0+10?10"); // alone: what is already stored would make others useless
}

static int set_up(void **state) {
    (void)state;
    strcpy(path, "/tmp/test_sending.XXXXXX");
    int descriptor = mkstemp(path);
    bad_line = -1;
    bets = BETS;
    decoder = message_decoder_new();
    return descriptor < 0 || close(descriptor) != 0 || decoder == NULL;
}

static int tear_down(void **state) {
    (void)state;
    dialogue_free(&dialogue);
    reader_close(&options.reader);
    message_decoder_free(decoder);
    return unlink(path);
}

// Tests ---------------------------------------------------------------------------------------------------

static void as_many_are_in_flight_as_the_window_allows(void **state) {
    (void)state;
    begin();
    acknowledge(10);
    expect("10+10 20+10 30+10");
    acknowledge(20);
    expect("40+10L");
    acknowledge(30);
    acknowledge(40);
    expect("");
    acknowledge(50);
    expect("consult");
}

static void a_single_chunk_asks_nothing(void **state) {
    (void)state;
    begin_with(BETS);
    expect("0+50L");
    acknowledge(50);
    expect("consult");
}

static void more_after_the_last_chunk_is_a_conflict(void **state) {
    (void)state;
    begin_with(BETS);
    expect("0+50L");
    acknowledge(51);
    expect("disconnect end");
    expect_failed(ERROR_CONFLICT);
}

static void what_was_not_acknowledged_is_sent_again_on_the_next_connection(void **state) {
    (void)state;
    begin();
    acknowledge(10);
    acknowledge(20);
    expect("10+10 20+10 30+10 40+10L");
    dialogue_down(dialogue, "lost");
    expect("disconnect wait");
    dialogue_waited(dialogue);
    expect("connect");
    dialogue_up(dialogue);
    expect("20+10"); // alone again, and there is nothing to ask
    acknowledge(30);
    expect("30+10 40+10L");
}

// Immediately the first time, and after a wait if that brought nothing.
static void it_goes_back_to_where_the_central_is(void **state) {
    (void)state;
    begin();
    acknowledge(10);
    expect("10+10 20+10 30+10");
    refuse(ERROR_GAP, 0);
    expect("disconnect connect");
    dialogue_up(dialogue);
    expect("0+10?10");
    refuse(ERROR_GAP, 0);
    expect("disconnect wait");
    dialogue_waited(dialogue);
    expect("connect");
    dialogue_up(dialogue);
    acknowledge(10); // which it had before
    expect("0+10?10 10+10 20+10 30+10");
    acknowledge(20); // now it has brought something
    expect("40+10L");
    refuse(ERROR_GAP, 5);
    expect("disconnect connect");
    dialogue_up(dialogue);
    expect("5+10");
}

// Otherwise it would connect again without pause, for ever.
static void a_central_that_takes_and_forgets_in_turns_is_waited_for(void **state) {
    (void)state;
    begin();
    acknowledge(10);
    refuse(ERROR_GAP, 0);
    for (int i = 0; i < 10; i++) {
        asked[0] = '\0';
        dialogue_up(dialogue);
        acknowledge(10);
        refuse(ERROR_GAP, 0);
        assert_non_null(strstr(asked, "disconnect wait"));
        dialogue_waited(dialogue);
    }
}

static void an_acknowledgement_of_fewer_than_were_sent_does_not_count(void **state) {
    (void)state;
    begin();
    acknowledge(9);
    expect("disconnect connect");
    dialogue_up(dialogue);
    expect("9+10");
}

static void an_acknowledgement_of_what_was_not_sent_does_not_count(void **state) {
    (void)state;
    begin();
    acknowledge(10);
    expect("10+10 20+10 30+10");
    for (uint64_t next = 20; next <= 50; next += 10) {
        acknowledge(next);
    }
    expect("40+10L consult");
    acknowledge(50);
    expect("disconnect wait");
}

static void what_is_already_stored_is_compared_and_not_sent(void **state) {
    (void)state;
    begin();
    acknowledge_listing(30, piece_of(0, 30, 0));
    expect("30+10 40+10L");
    acknowledge(40);
    acknowledge(50);
    expect("consult");
}

static void what_is_not_listed_yet_is_asked_for(void **state) {
    (void)state;
    begin();
    acknowledge_listing(40, piece_of(0, 20, 0));
    expect("0+0?20");
    assert_int_equal(answers_due, 2);
    acknowledge_listing(40, piece_of(20, 20, 0));
    expect("40+10L");
}

// Other events have their turn between two steps.
static void much_is_compared_in_steps(void **state) {
    (void)state;
    enum { PIECE_BETS = 30 * 1000, PIECES = 5 };
    struct piece pieces[PIECES];
    bets = PIECES * PIECE_BETS;
    for (int i = 0; i < PIECES; i++) {
        pieces[i] = piece_of((uint64_t)i * PIECE_BETS, PIECE_BETS, 0);
    }
    begin_with(PIECE_BETS / 2);
    expect("0+15000?15000");
    uint8_t *frame = malloc(reply_stored_bytes_max(PIECES));
    assert_non_null(frame);
    answer(frame, reply_encode_stored(frame, (uint64_t)bets, pieces, PIECES));
    expect("go on"); // four of them are one step
    dialogue_waited(dialogue);
    expect("150000+0L");
    free(frame);
}

static void bets_of_another_file_are_a_conflict(void **state) {
    (void)state;
    begin();
    acknowledge_listing(30, piece_of(0, 30, 1));
    expect("disconnect end");
    expect_failed(ERROR_CONFLICT);
}

static void more_than_the_file_has_is_a_conflict(void **state) {
    (void)state;
    begin();
    acknowledge_listing(60, piece_of(0, 50, 0));
    expect("0+0?50");
    acknowledge_listing(60, piece_of(50, 10, 0));
    expect("disconnect end");
    expect_failed(ERROR_CONFLICT);
}

static void a_list_that_does_not_begin_there_is_asked_for_again_later(void **state) {
    (void)state;
    begin();
    acknowledge_listing(40, piece_of(20, 20, 0));
    expect("disconnect wait");
}

static void a_central_that_does_not_list_is_believed(void **state) {
    (void)state;
    begin();
    acknowledge(30);
    expect("30+10 40+10L");
}

// Another connection of the same agency was faster. The chunk did not ask what is stored, so that is asked
// now.
static void what_is_ahead_later_is_asked_for_first(void **state) {
    (void)state;
    begin();
    acknowledge(10);
    expect("10+10 20+10 30+10");
    dialogue_down(dialogue, "lost");
    dialogue_waited(dialogue);
    dialogue_up(dialogue);
    expect("disconnect wait connect 10+10");
    acknowledge(40);
    expect("0+0?20");
    acknowledge_listing(40, piece_of(20, 20, 0));
    expect("40+10L");
}

// What comes before it is stored nevertheless.
static void a_bad_line_ends_it_once_everything_before_is_acknowledged(void **state) {
    (void)state;
    bad_line = 25;
    begin();
    acknowledge(10);
    expect("10+10");
    acknowledge(20);
    expect("disconnect end");
    expect_failed(ERROR_BAD_BET);
}

static void after_a_bad_line_a_lost_connection_is_not_retried(void **state) {
    (void)state;
    bad_line = 25;
    begin();
    acknowledge(10);
    expect("10+10");
    dialogue_down(dialogue, "lost");
    expect("disconnect end");
    expect_failed(ERROR_BAD_BET);
}

static void a_retryable_error_is_retried_and_any_other_ends_it(void **state) {
    (void)state;
    begin();
    refuse(ERROR_SHUTTING_DOWN, -1);
    expect("disconnect wait");
    dialogue_waited(dialogue);
    dialogue_up(dialogue);
    expect("connect 0+10?10");
    refuse(ERROR_BAD_BET, -1);
    expect("disconnect end");
    expect_failed(ERROR_BAD_BET);
}

static void a_stopped_dialogue_has_ended_and_not_failed(void **state) {
    (void)state;
    struct error error;
    begin();
    dialogue_stop(dialogue);
    expect("disconnect end");
    assert_false(dialogue_failed(dialogue, &error));
    dialogue_waited(dialogue); // the answer's timeout, which nobody stopped
    expect("");
}

#define SENDING_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    log_set_level(LOG_LEVEL_CRITICAL);
    const struct CMUnitTest tests[] = {
        SENDING_TEST(as_many_are_in_flight_as_the_window_allows),
        SENDING_TEST(a_single_chunk_asks_nothing),
        SENDING_TEST(more_after_the_last_chunk_is_a_conflict),
        SENDING_TEST(what_was_not_acknowledged_is_sent_again_on_the_next_connection),
        SENDING_TEST(it_goes_back_to_where_the_central_is),
        SENDING_TEST(a_central_that_takes_and_forgets_in_turns_is_waited_for),
        SENDING_TEST(an_acknowledgement_of_fewer_than_were_sent_does_not_count),
        SENDING_TEST(an_acknowledgement_of_what_was_not_sent_does_not_count),
        SENDING_TEST(what_is_already_stored_is_compared_and_not_sent),
        SENDING_TEST(what_is_not_listed_yet_is_asked_for),
        SENDING_TEST(much_is_compared_in_steps),
        SENDING_TEST(bets_of_another_file_are_a_conflict),
        SENDING_TEST(more_than_the_file_has_is_a_conflict),
        SENDING_TEST(a_list_that_does_not_begin_there_is_asked_for_again_later),
        SENDING_TEST(a_central_that_does_not_list_is_believed),
        SENDING_TEST(what_is_ahead_later_is_asked_for_first),
        SENDING_TEST(a_bad_line_ends_it_once_everything_before_is_acknowledged),
        SENDING_TEST(after_a_bad_line_a_lost_connection_is_not_retried),
        SENDING_TEST(a_retryable_error_is_retried_and_any_other_ends_it),
        SENDING_TEST(a_stopped_dialogue_has_ended_and_not_failed),
    };
    return cmocka_run_group_tests_name("sending", tests, NULL, NULL);
}
