// An agency that was told the central's key, as its dialogue is asked to go on, and a central that answers
// it.
#ifndef QUINIELA_TESTS_PROMISED_DIALOGUE_STORY_H
#define QUINIELA_TESTS_PROMISED_DIALOGUE_STORY_H

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
static uint32_t wait_ms_max; // of the waits that it has asked for, apart from those for an answer

static inline void say(const char *what) {
    assert_true(strlen(asked) + strlen(what) + 2 < sizeof asked);
    strcat(strcat(asked, asked[0] == '\0' ? "" : " "), what);
}

static inline void expect(const char *what) {
    if (strcmp(asked, what) != 0) {
        fail_msg("it asked for \"%s\", and not for \"%s\"", asked, what);
    }
    asked[0] = '\0';
}

// What it asks for
// -------------------------------------------------------------------------------------------

static inline bool connect_to(void *context, const struct address *address) {
    (void)context, (void)address;
    flying = 0;
    say("connect");
    return true;
}

static inline void take_chunk(const struct message *message) {
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

static inline void send_bytes(void *context, uint8_t *bytes, size_t length) {
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

static inline void disconnect(void *context) {
    (void)context;
    say("disconnect");
}

static inline void wait_for(void *context, uint32_t wait_ms) {
    (void)context;
    if (wait_ms != ANSWER_MS) {
        wait_ms_max = wait_ms > wait_ms_max ? wait_ms : wait_ms_max;
        say("wait");
    }
}

static inline void end(void *context) {
    (void)context;
    say("end");
}

static const struct dialogue_actions actions = {connect_to, send_bytes, disconnect, wait_for, end};

// The central
// ------------------------------------------------------------------------------------------------

static inline void answer(const struct json_writer *fields, size_t length, uint8_t *frame) {
    length = fields->length > 1 ? reply_add_fields(frame, length, fields) : length;
    assert_int_equal(dialogue_received(dialogue, frame, length), length);
}

// Answers the oldest chunk as `reply` says; its `next` is the central's.
static inline void answer_chunk(const struct reply *reply, int64_t next) {
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

static inline void acknowledge(void) {
    struct sent sent = in_flight[0];
    struct reply reply = acknowledgement(office, &sent);
    reply.has_receipt = sent.wants.receipt;
    reply.rules.text = sent.wants.rules ? reply.rules.text : NULL;
    answer_chunk(&reply, (int64_t)sent.end);
}

static inline void put_notes(struct json_writer *fields, struct bet_slice seal, struct bet_slice result) {
    json_begin(fields, NULL);
    json_put_bytes(fields, "rules", office->rules, office->rules_length);
    if (seal.text != NULL) {
        json_put_bytes(fields, "seal", seal.text, seal.length);
    }
    if (result.text != NULL) {
        json_put_bytes(fields, "result", result.text, result.length);
    }
}

static inline void answer_waiting(struct bet_slice seal) {
    static uint8_t frame[REPLY_SMALL_BYTES_MAX + 64 * 1024];
    struct json_writer fields = {0};
    put_notes(&fields, seal, bet_slice_of(NULL, 0));
    answer(&fields, reply_encode_not_ready(frame, 1000), frame);
    free(fields.text);
}

// Tells these documents as winners.
static inline void answer_told(const char *documents, struct bet_slice seal, struct bet_slice result) {
    static uint8_t frame[REPLY_SMALL_BYTES_MAX + 64 * 1024];
    struct json_writer fields = {0};
    put_notes(&fields, seal, result);
    answer(&fields, reply_encode_winners(frame, documents, strlen(documents)), frame);
    free(fields.text);
}

static inline void answer_winners(struct bet_slice seal, struct bet_slice result) {
    answer_told("1", seal, result);
}

static inline struct bet_slice seal_of_office(void) {
    return bet_slice_of(office->sealed->note, office->sealed->note_length);
}

static inline void come_back(void) {
    dialogue_waited(dialogue);
    dialogue_up(dialogue);
}

static inline void expect_failed(const struct error_code *code, const char *says) {
    struct error error;
    assert_true(dialogue_failed(dialogue, &error));
    assert_error(&error, code);
    assert_non_null(strstr(error.text, says));
}

// The agency
// -------------------------------------------------------------------------------------------------

static inline void start(void) {
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

static inline void stop(void) {
    dialogue_free(&dialogue);
    reader_close(&options.reader);
}

static inline int begin(void **state) {
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

static inline int finish(void **state) {
    stop();
    message_decoder_free(decoder);
    return tear_down(state);
}

static inline void send_all(void) {
    acknowledge(); // of nothing: the rules
    acknowledge();
    acknowledge();
    acknowledge();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

#endif
