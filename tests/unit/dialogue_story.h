// A dialogue whose socket, timer and central the test plays.
#ifndef QUINIELA_TESTS_DIALOGUE_STORY_H
#define QUINIELA_TESTS_DIALOGUE_STORY_H

#include "cmocka_all.h"

#include "agency/dialogue.h"
#include "base/log.h"
#include "bet/errors.h"
#include "wire/frame.h"
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
    char sent[256]; // the last message
} asked;

static bool has_consult; // the winners are asked for elsewhere
static struct dialogue_options options;
static struct dialogue *dialogue;

static inline bool connect_to(void *context, const struct address *address) {
    (void)context;
    asked.connects++;
    asked.address = address->text;
    return true;
}

static inline void send_bytes(void *context, uint8_t *bytes, size_t length) {
    (void)context;
    asked.sends++;
    snprintf(asked.sent, sizeof asked.sent, "%.*s", (int)length - FRAME_HEADER_BYTES,
             (const char *)bytes + FRAME_HEADER_BYTES);
    free(bytes);
}

static inline void disconnect(void *context) {
    (void)context;
    asked.disconnects++;
}

static inline void wait_for(void *context, uint32_t wait_ms) {
    (void)context;
    asked.waits++;
    asked.wait_ms = wait_ms;
}

static inline void end(void *context) {
    (void)context;
    asked.ends++;
}

static const struct dialogue_actions actions = {connect_to, send_bytes, disconnect, wait_for, end};

// What the central does -----------------------------------------------------------------------------------

static inline void answer(const uint8_t *frame, size_t length) {
    uint8_t *bytes = calloc(1, length + JSON_PADDING_BYTES);
    assert_non_null(bytes);
    memcpy(bytes, frame, length);
    assert_int_equal(dialogue_received(dialogue, bytes, length), length);
    free(bytes);
}

static const char *central_draw = ""; // what the central says of its draw; "": nothing

// Whoever asks is told.
static inline void answer_chunk(uint8_t frame[REPLY_SMALL_BYTES_MAX], size_t length) {
    bool is_told = central_draw[0] != '\0' && strstr(asked.sent, "\"draw\":true") != NULL;
    answer(frame, is_told ? reply_add_draw(frame, length, central_draw) : length);
}

static inline void acknowledge(void) {
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    answer_chunk(frame, reply_encode_processed(frame, 1));
}

static inline void answer_not_ready(void) {
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    answer(frame, reply_encode_not_ready(frame, 1000));
}

static inline void refuse(const struct error_code *code, int64_t next) {
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    struct error error;
    error_set(&error, code, "so it is");
    answer_chunk(frame, reply_encode_error(frame, &error, next));
}

static inline void answer_winners(void) {
    uint8_t frame[64 + REPLY_WINNERS_AROUND_BYTES];
    answer(frame, reply_encode_winners(frame, "1", 1));
}

// The connection is lost, and the wait that follows is over. Returns how long that was.
static inline uint32_t lose_and_come_back(void) {
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
static inline void begin(uint32_t servers, bool poll, uint64_t seed) {
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

static inline void begin_consulting(bool poll) {
    begin(1, poll, 1);
    acknowledge();
    assert_int_equal(asked.sends, 2); // its question
}

static inline int tear_down(void **state) {
    (void)state;
    has_consult = false;
    central_draw = "";
    dialogue_free(&dialogue);
    return 0;
}

#endif
