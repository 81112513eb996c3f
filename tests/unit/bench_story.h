// What the stories of the bench's sender have in common: a few bets, an agency, and the central's end of its
// connection.
#ifndef QUINIELA_TESTS_BENCH_STORY_H
#define QUINIELA_TESTS_BENCH_STORY_H

#include "cmocka_all.h"

#include "base/clock.h"
#include "bench/sender.h"
#include "encoded.h"
#include "wire/reply.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { AGENCY = 7, BYTES_MAX = 256 * 1024, LARGE = 2000 };

static const uint64_t second_ns = 1000000000;

static const char *const bets[] = {"Ana,Pérez,1,2000-01-01,1", "Juan,\"Gil,22,1999-12-31,22",
                                   "Eva,O,3,1980-02-29,9", "Luz,Paz,44,1970-01-01,7574",
                                   "Leo,Sol,5,2001-05-05,50"};

enum { BETS = sizeof bets / sizeof *bets };

static struct payload payload;
static struct sender_shared shared;
static struct sender sender;
static struct error error;
static int central; // its end of the connection
static uint8_t seen[BYTES_MAX], expected[BYTES_MAX];
static size_t expected_length;

// Sends one write each as a message of its own when `type` is SOCK_SEQPACKET.
static inline void connect_as(int type, uint64_t count, uint64_t place) {
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
    central = pair[1];
    sender_init(&sender, &shared, AGENCY, count, place);
    assert_true(channel_open(&sender.channel, pair[0], NULL, &error));
}

static inline int make_shared(void **state) {
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    error = (struct error){0};
    payload_init(&payload);
    for (int i = 0; i < BETS; i++) {
        assert_true(payload_add(&payload, bets[i], strlen(bets[i]), &error));
    }
    assert_true(payload_prepare(&payload, &error));
    shared = (struct sender_shared){.payload = &payload,
                                    .chunk_size = 3,
                                    .window = WINDOW_MAX,
                                    .positions = true,
                                    .finish = true,
                                    .decoder = message_decoder_new()};
    expected_length = 0;
    central = -1;
    return shared.decoder == NULL;
}

static inline void disconnect(void) {
    close(central);
    sender_end(&sender);
    central = -1;
}

static inline int free_shared(void **state) {
    (void)state;
    if (central >= 0) {
        disconnect();
    }
    message_decoder_free(shared.decoder);
    payload_free(&payload);
    return 0;
}

// Expects one more chunk, of `count` bets from the payload's `place` on.
static inline void expect_chunk(enum message_type type, int64_t first, uint64_t place, uint32_t count) {
    struct chunk *chunk = chunk_new(count + 1, (size_t)(count + 1) * BET_TEXT_BYTES_MAX);
    assert_non_null(chunk);
    for (uint64_t i = place; i < place + count; i++) {
        size_t begin = payload.text_starts[i];
        assert_true(chunk_add(chunk, payload.text + begin, payload.text_starts[i + 1] - begin - 1, &error));
    }
    assert_true(expected_length + encoded_max(chunk) <= sizeof expected);
    expected_length += encode_chunk(expected + expected_length, type, AGENCY, first, chunk);
    chunk_free(chunk);
}

// Reads what has reached the central into `seen`. Returns its length.
static inline size_t read_chunks(void) {
    size_t length = 0;
    ssize_t got;
    while ((got = read(central, seen + length, sizeof seen - length)) > 0) {
        length += (size_t)got;
    }
    return length;
}

// Checks that exactly what was expected has reached the central.
static inline void assert_sent(void) {
    assert_int_equal(read_chunks(), expected_length);
    assert_memory_equal(seen, expected, expected_length);
    expected_length = 0;
}

static inline void write_due(void) {
    assert_true(sender_write(&sender, &shared, &error));
}

static inline void answer(const void *bytes, size_t length) {
    assert_int_equal(write(central, bytes, length), length);
}

static inline void answer_text(const char *text) {
    uint8_t header[] = {0, 0, 0, (uint8_t)strlen(text)};
    answer(header, sizeof header);
    answer(text, strlen(text));
}

static inline void acknowledge(uint64_t next) {
    uint8_t frame[REPLY_SMALL_BYTES_MAX];
    answer(frame, reply_encode_processed(frame, next));
}

// Returns how many bets the answers acknowledge.
static inline uint64_t read_answers(void) {
    uint64_t acknowledged = 1234;
    assert_true(sender_read(&sender, &shared, &acknowledged, &error));
    return acknowledged;
}

static inline void use_large_chunks(void) {
    assert_true(payload_repeat(&payload, LARGE, &error));
    free(payload.json);
    free(payload.json_starts);
    assert_true(payload_prepare(&payload, &error));
    shared.chunk_size = LARGE;
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, make_shared, free_shared)

#endif
