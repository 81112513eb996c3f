// What is sent again with another last digit is a conflict, however it is compared.
// A stored chunk alone, a part of it, over several, known and new ones together, read or kept in memory; in
// every store. What does not differ is acknowledged.
#include "store_story.h"

#include "base/log.h"
#include "ledger/group.h"
#include "ledger/ledger.h"
#include "ledger/request.h"

enum { STORED = 22, BEHIND = 2 }; // bets of agency 1, and how many new ones come behind them

static const int chunks[] = {3, 3, 1, 9, 6}; // in which they are stored

static struct ledger *ledger;
static struct ledger_options options;

static bool open_store(void *context, struct store **store, struct error *error) {
    (void)context;
    return try_open("1", STORE_SERVE, store, error);
}

static void ignore_winners(void *context, const struct winners *winners) {
    (void)context, (void)winners;
}

static void open_ledger(void) {
    struct error error;
    options = (struct ledger_options){.draw = "1",
                                      .agencies = 1,
                                      .winning_number = 7574,
                                      .open_store = open_store,
                                      .drawn = ignore_winners};
    must(ledger_open(&options, &ledger, &error), &error);
}

static void on_complete(struct ledger_request *request) {
    (void)request;
}

// Sends bets `first` … `first + count - 1`; the one at `other` (-1: none) ends in another digit.
static struct ledger_request send(enum ledger_request_type type, int first, int count, int other) {
    struct ledger_request request = {.input.type = type,
                                     .input.agency = 1,
                                     .input.first = first,
                                     .answer.next = -1,
                                     .complete = on_complete};
    struct chunk *chunk = chunk_new((uint32_t)count, (size_t)count * 64);
    for (int i = first; i < first + count; i++) {
        char text[64];
        struct error error;
        snprintf(text, sizeof text, "Ana,Paz,%d,2000-01-01,123%d", i, i == other ? 5 : 4);
        must(chunk_add(chunk, text, strlen(text), &error), &error);
    }
    assert_true(
        chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, request.input.digest));
    error_clear(&request.answer.error);
    request.input.chunk = chunk;
    group_process(ledger, &request.node);
    chunk_free(chunk);
    request.input.chunk = NULL;
    return request;
}

static void assert_answer(const struct ledger_request *answer, const struct error_code *code,
                          const char *what) {
    if (answer->answer.error.code != code || answer->answer.next != STORED) {
        fail_msg("%s: expected %s with %d bets stored, and it is %s with %lld%s%s", what,
                 code == ERROR_NONE ? "an acknowledgement" : error_name(code), STORED,
                 answer->answer.error.code == ERROR_NONE ? "acknowledged"
                                                         : error_name(answer->answer.error.code),
                 (long long)answer->answer.next, answer->answer.error.text[0] == '\0' ? "" : ": ",
                 answer->answer.error.text);
    }
}

static void store_all(void) {
    int at = 0;
    for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; at += chunks[i++]) {
        struct ledger_request answer = send(LEDGER_CHUNK, at, chunks[i], -1);
        assert_error(&answer.answer.error, ERROR_NONE);
    }
    assert_int_equal(at, STORED);
}

// Each way to send some bets again.
static const struct {
    const char *name;
    int first, count;
} resends[] = {
    {"a chunk as it was", 0, 3},
    {"another as it was", 3, 3},
    {"a chunk of one bet", 6, 1},
    {"a large chunk", 7, 9},
    {"a chunk's first bet", 3, 1},
    {"a bet in its middle", 4, 1},
    {"a chunk's last bet", 5, 1},
    {"a large one's first", 7, 1},
    {"a large one's middle", 10, 2},
    {"a large one's last", 15, 1},
    {"over an edge", 2, 2},
    {"over three chunks", 5, 4},
    {"all of them", 0, STORED},
    {"the very last bet", 21, 1},
    {"the end and new ones", 20, 2 + BEHIND},
    {"all and new ones", 0, STORED + BEHIND},
};

// Whatever of it is known is changed in the last digit, one bet at a time.
static void send_each_way(const char *when) {
    for (size_t i = 0; i < sizeof resends / sizeof resends[0]; i++) {
        int first = resends[i].first, end = first + resends[i].count;
        for (int other = first; other < end && other < STORED; other++) {
            char what[160];
            snprintf(what, sizeof what, "%s, %s: bets %d to %d, of which bet %d ends in another digit", when,
                     resends[i].name, first, end - 1, other);
            struct ledger_request answer = send(LEDGER_CHUNK, first, end - first, other);
            assert_answer(&answer, ERROR_CONFLICT, what);
        }
        if (end <= STORED) {
            struct ledger_request answer = send(LEDGER_CHUNK, first, end - first, -1);
            assert_answer(&answer, ERROR_NONE, resends[i].name);
        }
    }
}

static void another_last_digit_is_a_conflict(void **state) {
    (void)state;
    open_ledger();
    store_all();
    send_each_way("as it was stored");
    send_each_way("once more"); // from memory, what is kept there
    ledger_close(&ledger);
    open_ledger();
    send_each_way("after a restart");
}

// The agency's end: its last chunk comes again, and its last bet is another one.
static void another_last_digit_in_a_last_chunk(void **state) {
    (void)state;
    open_ledger();
    store_all();
    struct ledger_request last = send(LEDGER_LAST_CHUNK, STORED, 0, -1);
    assert_error(&last.answer.error, ERROR_NONE);
    for (int again = 0; again < 2; again++) {
        for (int first = STORED - 8; first < STORED; first++) { // also over an edge
            struct ledger_request answer = send(LEDGER_LAST_CHUNK, first, STORED - first, STORED - 1);
            assert_answer(&answer, ERROR_CONFLICT, "a last chunk whose last bet ends in another digit");
            answer = send(LEDGER_LAST_CHUNK, first, STORED - first, -1);
            assert_answer(&answer, ERROR_NONE, "the last chunk as it was");
        }
        ledger_close(&ledger);
        open_ledger();
    }
}

static int tear_down_ledger(void **state) {
    if (ledger != NULL) {
        ledger_close(&ledger);
    }
    return tear_down(state);
}

#define RESEND_TEST(test) cmocka_unit_test_setup_teardown(test, set_up_store, tear_down_ledger)

int main(void) {
    const struct CMUnitTest tests[] = {
        RESEND_TEST(another_last_digit_is_a_conflict),
        RESEND_TEST(another_last_digit_in_a_last_chunk),
    };
    log_set_level(LOG_LEVEL_CRITICAL);
    return run_against_all(tests, sizeof tests / sizeof tests[0]);
}
