// What the stories of the lottery's service have in common: connections that are only a struct and note what
// is done with them, one loop, and a ledger that passes everything, or answers what a story says.
#ifndef QUINIELA_TESTS_SERVICE_STORY_H
#define QUINIELA_TESTS_SERVICE_STORY_H

#include "cmocka_all.h"

#include "audit/audit.h"
#include "base/log.h"
#include "ledger/worker.h"
#include "net/connection.h"
#include "net/limits.h"
#include "net/net.h"
#include "service/service.h"
#include "wire/frame.h"
#include "wire/message.h"
#include "wire/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SENT_BYTES_MAX = 64 * 1024, CONNECTIONS = 8, WINNERS_AGENCIES = 40 };

struct loop {
    bool woken;
    size_t memory_share;
    void *state;
};

struct connection {
    int port, holds;
    bool open, finishing, paused, awaits_arrival;
    bool breaks;                    // when something is next sent
    struct connection *takes_along; // another one, closed as soon as this one is; NULL: none
    const char *identity;           // of its certificate; NULL in plain text
    uint64_t source;
    uint32_t claim; // the latest claim
    unsigned claims;
    size_t charged;
    uint8_t sent[SENT_BYTES_MAX]; // the bytes copied
    size_t sent_length;
    const uint8_t *lasting; // the bytes only referred to
    size_t lasting_length;
    void *state;
};

#include "connection_stub.h"
#include "loop_stub.h"

struct worker {
    struct ledger_request *requests[64];
    size_t count;
    bool is_stopped;
};

static struct loop loop;
static struct worker worker;
static char audited[1024];                                // the records' events and fields
static void (*on_resumed)(struct connection *connection); // NULL: not called
static struct connection *connections[CONNECTIONS];
static int connection_count;
static struct lottery *lottery;
static struct winners *winners;
static unsigned told[WINNERS_AGENCIES + 1];

// What net/ and ledger/worker.h promise -------------------------------------------------------------------

struct loop *connection_loop(struct connection *connection) {
    (void)connection;
    return &loop;
}

const char *connection_identity(const struct connection *connection) {
    return connection->identity;
}

void connection_certificate(const struct connection *connection, struct connection_certificate *certificate) {
    *certificate = (struct connection_certificate){connection->identity == NULL ? "" : "AB12", false};
}

void connection_claim(struct connection *connection, uint32_t claim) {
    connection->claim = claim;
    connection->claims++;
}

uint64_t connection_source(const struct connection *connection) {
    return connection->source;
}

bool connection_is_open(const struct connection *connection) {
    return connection->open;
}

void connection_release(struct connection *connection) {
    assert_true(connection->holds-- > 0);
}

void connection_send(struct connection *connection, const uint8_t *bytes, size_t length) {
    if (connection->finishing) {
        return;
    }
    if (connection->breaks) {
        connection_abort(connection);
        return;
    }
    assert_true(SENT_BYTES_MAX - connection->sent_length >= length);
    memcpy(connection->sent + connection->sent_length, bytes, length);
    connection->sent_length += length;
}

void connection_send_lasting(struct connection *connection, const uint8_t *bytes, size_t length) {
    connection->lasting = bytes;
    connection->lasting_length = length;
}

void connection_await_arrival(struct connection *connection) {
    connection->awaits_arrival = true;
}

void connection_refund(struct connection *connection, size_t bytes) {
    assert_true(bytes <= connection->charged);
    connection->charged -= bytes;
}

void connection_finish(struct connection *connection) {
    connection->finishing = true;
}

void connection_abort(struct connection *connection) {
    connection->open = false;
    lottery_handler.closed(connection);
    if (connection->takes_along != NULL && connection->takes_along->open) {
        connection_abort(connection->takes_along);
    }
}

void connection_pause(struct connection *connection) {
    connection->paused = true;
}

void connection_resume(struct connection *connection) {
    bool was_paused = connection->paused;
    connection->paused = false;
    if (was_paused && on_resumed != NULL) {
        on_resumed(connection);
    }
}

size_t loop_memory_share(const struct loop *of) {
    return of->memory_share;
}

bool worker_submit(struct worker *to, struct ledger_request *request) {
    if (to->is_stopped) {
        return false;
    }
    assert_true(to->count < sizeof to->requests / sizeof to->requests[0]);
    to->requests[to->count++] = request;
    return true;
}

void audit_write_limited(struct audit *audit, const struct audit_sort *sort, const struct audit_field *fields,
                         size_t count) {
    (void)audit;
    FILE *out = fmemopen(audited + strlen(audited), sizeof audited - strlen(audited), "w");
    assert_non_null(out);
    fprintf(out, "[%s,%s,%s]", sort->event, sort->reason != NULL ? sort->reason : "",
            sort->agency != NULL ? sort->agency : "");
    for (size_t i = 0; i < count; i++) {
        if (fields[i].text != NULL) {
            fprintf(out, " %s=%s", fields[i].name, fields[i].text);
        } else {
            fprintf(out, " %s=%d", fields[i].name, (int)fields[i].number);
        }
    }
    fprintf(out, "\n");
    fclose(out);
}

// The ledger completes `count` of its requests, the oldest first, and the service sends the answers.
static inline void pass_some(size_t count) {
    struct worker passed = worker;
    assert_true(count <= worker.count);
    worker.count -= count;
    memmove(worker.requests, worker.requests + count, worker.count * sizeof worker.requests[0]);
    for (size_t i = 0; i < count; i++) {
        if (passed.requests[i]->input.type == LEDGER_TOLD) {
            told[passed.requests[i]->input.agency]++;
        }
        if (passed.requests[i]->answer.error.code != ERROR_NONE && passed.requests[i]->refused != NULL) {
            passed.requests[i]->refused(passed.requests[i]);
        }
        passed.requests[i]->complete(passed.requests[i]);
    }
    assert_true(count == 0 || loop.woken); // otherwise nobody would notice
    loop.woken = false;
    lottery_handler.loop_woken(&loop, loop.state);
}

static inline void pass(void) {
    pass_some(worker.count);
}

static inline struct ledger_request *last_request(void) {
    assert_true(worker.count > 0);
    return worker.requests[worker.count - 1];
}

// A connection from that address.
static inline struct connection *come(uint64_t source) {
    struct connection *connection = calloc(1, sizeof *connection);
    assert_true(connection != NULL && connection_count < CONNECTIONS);
    connections[connection_count++] = connection;
    connection->state = calloc(1, lottery_handler.connection_bytes);
    connection->open = true;
    connection->source = source;
    lottery_handler.opened(connection);
    return connection;
}

// The same with a certificate of that agency.
static inline struct connection *come_with_certificate(const char *identity) {
    struct connection *connection = come(1);
    connection->identity = identity;
    lottery_handler.identified(connection);
    return connection;
}

static inline int set_up(void **state) {
    struct error error;
    memset(told, 0, sizeof told);
    connection_count = 0;
    on_resumed = NULL;
    audited[0] = '\0';
    worker = (struct worker){.count = 0};
    lottery = lottery_new();
    winners = winners_new(WINNERS_AGENCIES);
    loop = (struct loop){.state = calloc(1, lottery_handler.loop_bytes), .memory_share = MEMORY_DEFAULT};
    assert_true(lottery_handler.loop_started(&loop, loop.state, lottery, &error));
    lottery_set_worker(lottery, &worker);
    *state = come(1);
    return 0;
}

static inline void assert_whole_frames(const struct connection *connection) {
    size_t at = 0, length;
    const uint8_t *text;
    while (at < connection->sent_length) {
        assert_int_equal(
            frame_next(connection->sent + at, connection->sent_length - at, REPLY_BYTES_MAX, &text, &length),
            FRAME_COMPLETE);
        assert_int_equal(text[length - 1], '}');
        at += FRAME_HEADER_BYTES + length;
    }
}

static inline int tear_down(void **state) {
    (void)state;
    for (int i = 0; i < connection_count; i++) {
        if (connections[i]->lasting == NULL) { // it would stand between the copied bytes
            assert_whole_frames(connections[i]);
        }
    }
    for (int i = 0; i < connection_count; i++) {
        if (connections[i]->open) {
            connection_abort(connections[i]);
        }
    }
    pass();
    for (int i = 0; i < connection_count; i++) {
        assert_int_equal(connections[i]->holds, 0);
        assert_int_equal(connections[i]->charged, 0);
        free(connections[i]->state);
        free(connections[i]);
    }
    lottery_handler.loop_ended(&loop, loop.state);
    free(loop.state);
    lottery_free(lottery);
    winners_free(winners);
    return 0;
}

// How many bytes of the frame are taken.
static inline size_t offer(struct connection *connection, const uint8_t *frame, size_t length) {
    uint8_t *padded = calloc(1, length + JSON_PADDING_BYTES);
    memcpy(padded, frame, length);
    size_t taken = lottery_handler.received(connection, padded, length);
    free(padded);
    return taken;
}

static inline void say(struct connection *connection, const uint8_t *frame, size_t length) {
    assert_int_equal(offer(connection, frame, length), length);
}

// A message of that text. Returns whether it was taken.
static inline bool offer_text(struct connection *connection, const char *text) {
    uint8_t frame[1024];
    size_t length = strlen(text);
    assert_true(length <= sizeof frame - FRAME_HEADER_BYTES);
    frame_write_header(frame, length);
    memcpy(frame + FRAME_HEADER_BYTES, text, length);
    size_t taken = offer(connection, frame, FRAME_HEADER_BYTES + length);
    assert_true(taken == 0 || taken == FRAME_HEADER_BYTES + length);
    return taken != 0;
}

static inline void say_text(struct connection *connection, const char *text) {
    assert_true(offer_text(connection, text));
}

static inline void consult(struct connection *connection, uint32_t agency) {
    uint8_t frame[MESSAGE_CONSULT_BYTES_MAX];
    say(connection, frame, message_encode_consult(frame, agency, true));
}

static inline void arrive(struct connection *connection) {
    assert_true(connection->awaits_arrival);
    connection->awaits_arrival = false;
    lottery_handler.arrived(connection);
}

// Whether the answers have these texts, one after the other.
static inline bool were_sent_in_order(const struct connection *connection, const char *const *texts,
                                      int count) {
    const uint8_t *at = connection->sent, *end = at + connection->sent_length;
    for (int i = 0; i < count; i++) {
        at = memmem(at, (size_t)(end - at), texts[i], strlen(texts[i]));
        if (at == NULL) {
            return false;
        }
        at += strlen(texts[i]);
    }
    return true;
}

static inline void draw(uint32_t agency, size_t documents) {
    for (size_t i = 0; i < documents; i++) {
        assert_true(winners_add(winners, agency, "0123456789ABCDEF"));
    }
    lottery_set_winners(lottery, winners);
}

static inline bool was_sent(const struct connection *connection, const char *text) {
    return memmem(connection->sent, connection->sent_length, text, strlen(text)) != NULL;
}

#define STORY(story) cmocka_unit_test_setup_teardown(story, set_up, tear_down)

#endif
