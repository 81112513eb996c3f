// The lottery's service sends, copies, keeps and takes for told what it should.
// Its connections are only a struct here, its ledger passes everything.
#include "base/log.h"
#include "net/connection.h"
#include "net/net.h"
#include "service/service.h"
#include "wire/frame.h"
#include "wire/message.h"
#include "wire/reply.h"

#include "cmocka_all.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

enum { SENT_BYTES_MAX = 64 * 1024 };

struct loop {
    bool woken;
    void *state;
};

struct connection {
    int port, holds;
    bool open, finishing, paused, awaits_arrival;
    size_t charged;
    uint8_t sent[SENT_BYTES_MAX]; // that was copied
    size_t sent_length;
    const uint8_t *lasting; // that was only referred to
    size_t lasting_length;
    void *state;
};

struct worker {
    struct ledger_request *requests[64];
    size_t count;
};

static struct loop loop;
static struct worker worker;
static struct lottery *lottery;
static struct winners *winners;
static unsigned told[10];

// What net/ and ledger/worker.h promise
// ----------------------------------------------------------------------

void *connection_state(struct connection *connection) {
    return connection->state;
}

struct loop *connection_loop(struct connection *connection) {
    (void)connection;
    return &loop;
}

int connection_port_index(const struct connection *connection) {
    return connection->port;
}

const char *connection_identity(const struct connection *connection) {
    (void)connection;
    return NULL;
}

void connection_certificate(const struct connection *connection, struct connection_certificate *certificate) {
    (void)connection;
    *certificate = (struct connection_certificate){"", false};
}

void connection_claim(struct connection *connection, uint32_t claim) {
    (void)connection, (void)claim;
}

uint64_t connection_source(const struct connection *connection) {
    (void)connection;
    return 1;
}

bool connection_is_open(const struct connection *connection) {
    return connection->open;
}

void connection_peer(const struct connection *connection, char text[CONNECTION_ADDRESS_BYTES]) {
    (void)connection;
    strcpy(text, "127.0.0.1");
}

void connection_hold(struct connection *connection) {
    connection->holds++;
}

void connection_release(struct connection *connection) {
    assert_true(connection->holds-- > 0);
}

void connection_send(struct connection *connection, const uint8_t *bytes, size_t length) {
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

void connection_charge(struct connection *connection, size_t bytes) {
    connection->charged += bytes;
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
}

void connection_pause(struct connection *connection) {
    connection->paused = true;
}

void connection_resume(struct connection *connection) {
    connection->paused = false;
}

void loop_wake(struct loop *woken) {
    woken->woken = true;
}

void loop_wake_after(struct loop *woken, unsigned ms) {
    (void)ms;
    woken->woken = true;
}

void *loop_state(struct loop *of) {
    return of->state;
}

int loop_index(const struct loop *of) {
    (void)of;
    return 0;
}

size_t loop_memory_share(const struct loop *of) {
    (void)of;
    return MEMORY_DEFAULT;
}

bool worker_submit(struct worker *to, struct ledger_request *request) {
    assert_true(to->count < sizeof to->requests / sizeof to->requests[0]);
    to->requests[to->count++] = request;
    return true;
}

// The ledger has passed everything that it has, and what it answers is answered.
static void pass(void) {
    size_t count = worker.count;
    worker.count = 0;
    for (size_t i = 0; i < count; i++) {
        if (worker.requests[i]->type == LEDGER_TOLD) {
            told[worker.requests[i]->agency]++;
        }
        worker.requests[i]->complete(worker.requests[i]);
    }
    lottery_handler.loop_woken(&loop, loop.state);
}

// Stories
// ------------------------------------------------------------------------------------------------------

static int set_up(void **state) {
    struct error error;
    struct connection *connection = calloc(1, sizeof *connection);
    memset(told, 0, sizeof told);
    lottery = lottery_new();
    winners = winners_new(9);
    loop = (struct loop){.state = calloc(1, lottery_handler.loop_bytes)};
    assert_true(lottery_handler.loop_started(&loop, loop.state, lottery, &error));
    lottery_set_worker(lottery, &worker);
    connection->state = calloc(1, lottery_handler.connection_bytes);
    connection->open = true;
    lottery_handler.opened(connection);
    *state = connection;
    return 0;
}

static int tear_down(void **state) {
    struct connection *connection = *state;
    if (connection->open) {
        connection_abort(connection);
    }
    pass();
    assert_int_equal(connection->holds, 0);
    assert_int_equal(connection->charged, 0);
    lottery_handler.loop_ended(&loop, loop.state);
    free(loop.state);
    lottery_free(lottery);
    winners_free(winners);
    free(connection->state);
    free(connection);
    return 0;
}

static void say(struct connection *connection, const uint8_t *frame, size_t length) {
    uint8_t *padded = calloc(1, length + JSON_PADDING_BYTES);
    memcpy(padded, frame, length);
    assert_int_equal(lottery_handler.received(connection, padded, length), length);
    free(padded);
}

static void consult(struct connection *connection, uint32_t agency) {
    uint8_t frame[MESSAGE_CONSULT_BYTES_MAX];
    say(connection, frame, message_encode_consult(frame, agency, true));
}

static void arrive(struct connection *connection) {
    assert_true(connection->awaits_arrival);
    connection->awaits_arrival = false;
    lottery_handler.arrived(connection);
}

static void draw(uint32_t agency, size_t documents) {
    for (size_t i = 0; i < documents; i++) {
        assert_true(winners_add(winners, agency, "0123456789ABCDEF"));
    }
    lottery_set_winners(lottery, winners);
}

static bool was_sent(const struct connection *connection, const char *text) {
    return memmem(connection->sent, connection->sent_length, text, strlen(text)) != NULL;
}

static void told_is_what_has_arrived(void **state) {
    struct connection *connection = *state;
    draw(3, 1);
    consult(connection, 3);
    pass();
    assert_true(was_sent(connection, "0123456789ABCDEF"));
    assert_int_equal(worker.count, 0);
    arrive(connection);
    pass();
    assert_int_equal(told[3], 1);
}

static void what_never_arrives_is_not_told(void **state) {
    struct connection *connection = *state;
    draw(3, 1);
    consult(connection, 3);
    pass();
    connection_abort(connection);
    pass();
    assert_int_equal(told[3], 0);
}

static void each_of_several_is_told(void **state) {
    struct connection *connection = *state;
    for (uint32_t agency = 1; agency <= 9; agency++) {
        consult(connection, agency); // held, until the draw
    }
    pass();
    draw(9, 1);
    pass();
    arrive(connection);
    pass();
    for (uint32_t agency = 1; agency <= 9; agency++) {
        assert_int_equal(told[agency], 1);
    }
}

// Whatever is asked meanwhile, of how many agencies it is not known whether they got theirs is bounded.
static void no_more_is_taken_than_can_be_watched(void **state) {
    struct connection *connection = *state;
    draw(9, 1);
    for (int i = 0; i < 1000 && !connection->paused; i++) {
        consult(connection, (uint32_t)i % 9 + 1);
        pass();
    }
    assert_false(connection->paused); // each agency counts once
    arrive(connection);
    pass();
    assert_int_equal(told[1], 1);
}

static void many_winners_are_not_copied(void **state) {
    struct connection *connection = *state;
    size_t length;
    draw(3, 100000);
    consult(connection, 3);
    pass();
    assert_ptr_equal(connection->lasting, winners_of(winners, 3, &length));
    assert_int_equal(connection->lasting_length, length);
    assert_true(connection->sent_length < 100);
}

// 64 MiB and a little more, 17 bytes each.
static void winners_that_no_client_takes_are_refused_and_not_told(void **state) {
    struct connection *connection = *state;
    draw(3, REPLY_BYTES_MAX / 17 + 1);
    consult(connection, 3);
    pass();
    assert_null(connection->lasting);
    assert_true(was_sent(connection, "\"code\":\"too_many_winners\""));
    assert_true(was_sent(connection, "quiniela export"));
    assert_true(was_sent(connection, "\"retryable\":false"));
    assert_false(connection->awaits_arrival);
    connection->sent_length = 0;
    consult(connection, 4); // others are answered all the same
    pass();
    assert_true(was_sent(connection, "\"type_message\":2"));
    arrive(connection);
    pass();
    assert_int_equal(told[3], 0);
    assert_int_equal(told[4], 1);
}

static void the_most_that_fits_is_sent(void **state) {
    struct connection *connection = *state;
    draw(3, (REPLY_BYTES_MAX - 100) / 17);
    consult(connection, 3);
    pass();
    assert_in_range(connection->lasting_length, REPLY_BYTES_MAX - 200, REPLY_BYTES_MAX);
}

// A chunk of 900 KB that the port does not take, 16 times, while the ledger is busy.
static void a_refused_chunk_is_not_kept(void **state) {
    struct connection *connection = *state;
    enum { BETS = 40000 };
    uint8_t *frame = malloc(BETS * 24 + 100);
    char *out = (char *)frame + FRAME_HEADER_BYTES;
    out += sprintf(out, "{\"type_message\":1,\"agency\":\"1\",\"payload\":[\"a,b,1,2000-01-01,1\"");
    for (int i = 1; i < BETS; i++) {
        out += sprintf(out, ",\"a,b,1,2000-01-01,1\"");
    }
    out += sprintf(out, "]}");
    size_t length = (size_t)((uint8_t *)out - frame);
    frame_write_header(frame, length - FRAME_HEADER_BYTES);
    say(connection, frame, length); // taken: a chunk is counted as its block, which is as long as its message
    size_t taken = connection->charged;
    assert_in_range(taken, length + BETS * 2, BETS * 25);
    pass();
    connection->port = LOTTERY_PORT_CONSULT;
    say(connection, frame, length);
    size_t before = mallinfo2().uordblks;
    for (int i = 0; i < 14; i++) {
        while (connection->paused) { // until there is time for what is refused
            lottery_handler.loop_woken(&loop, loop.state);
        }
        say(connection, frame, length);
    }
    assert_true(connection->charged < 16 * 2048);
    assert_true(mallinfo2().uordblks < before + taken);
    pass();
    assert_true(was_sent(connection, "bad_message"));
    free(frame);
}

#define STORY(story) cmocka_unit_test_setup_teardown(story, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(told_is_what_has_arrived),    STORY(what_never_arrives_is_not_told),
        STORY(each_of_several_is_told),     STORY(no_more_is_taken_than_can_be_watched),
        STORY(many_winners_are_not_copied), STORY(winners_that_no_client_takes_are_refused_and_not_told),
        STORY(the_most_that_fits_is_sent),  STORY(a_refused_chunk_is_not_kept),
    };
    log_set_level(LOG_LEVEL_CRITICAL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
