// The ledger's invariants hold when any allocation fails, in the ledger or in its store.
// They are ledger.h's.
#define ALLOCATIONS_OF_CXX // of the reader of JSON, which a beacon's pulse needs
#include "allocations.h"
#include "ledger_story.h"

#include "ledger/access.h"
#include "ledger/check.h"
#include "ledger/cost.h"
#include "ledger/orders.h"

static void open_hungry(uint32_t agencies) {
    struct error error;
    allocations.counted = true;
    bool opened = try_to_open(agencies, &error);
    allocations.counted = false;
    if (!opened) {
        assert_null(story.ledger);
        assert_true(error_retryable(error.code));
        open_ledger(agencies);
    }
}

// Sends a chunk until it is acknowledged.
static void insist_as(struct sent sent) {
    const struct error_code *code = ERROR_NO_MEMORY;
    int64_t said = -1;
    for (int tries = 0; code != ERROR_NONE && tries < 2; tries++) { // only one allocation fails
        assert_true(error_retryable(code));
        struct ledger_request *asked = request_as(sent, on_complete);
        allocations.counted = true;
        code = ask(asked, &said);
        allocations.counted = false;
    }
    assert_code(code, ERROR_NONE);
    assert_int_equal(said, sent.next);
}

#define insist(...) insist_as((struct sent){__VA_ARGS__})

static void insist_on_list(void) {
    uint32_t pieces = 0;
    for (int tries = 0; pieces != 2 && tries < 2; tries++) {
        struct ledger_request *asked = request(.first = 0, .count = 8);
        asked->input.wants_list = true;
        story.count = 0;
        allocations.counted = true;
        group_process(story.ledger, &asked->node);
        allocations.counted = false;
        pieces = asked->answer.piece_count;
        assert_true(pieces == 2 || error_retryable(asked->answer.error.code));
        discard_request(asked);
    }
    assert_int_equal(pieces, 2);
}

static void work_hungry(void) {
    allocations.counted = true;
    for (int tries = 0; work_is_due(story.ledger) && tries < 2; tries++) {
        work_do(story.ledger);
    }
    allocations.counted = false;
    assert_false(work_is_due(story.ledger));
}

static void assert_drawn(void) {
    assert_int_equal(story.drawn, 1);
    assert_string_equal(winners_of_agency(1), "7,17,27");
    assert_string_equal(winners_of_agency(2), "7");
}

static void every_allocation_fails_once(void **state) {
    (void)state;
    for (int failing = 1;; failing++) {
        allocations.until_failure = failing;
        open_hungry(2);
        insist(.first = 0, .count = 8, .next = 8);
        insist(.first = 4, .count = 10, .next = 14);
        insist_on_list();
        insist(.last = true, .agency = 2, .first = 0, .count = 8, .next = 8);
        insist(.last = true, .first = 14, .count = 14, .next = 28);
        work_hungry();
        assert_drawn();
        ledger_close(&story.ledger);
        open_hungry(2); // which reads the winners back
        assert_drawn();
        ledger_close(&story.ledger);
        assert_bets(36);
        assert_int_equal(query("SELECT count(*) FROM winners"), 4);
        remove_stores();
        if (allocations.until_failure > 0) { // there was no such allocation: all have failed
            assert_true(failing > 20);
            break;
        }
    }
}

// What the store has could not be read back, as far as memory went: who asks for nothing of it is answered,
// and what is next weighed and sent is refused or stored.
static void nothing_could_be_read_back(void **state) {
    (void)state;
    for (int failing = 1;; failing++) {
        struct ledger_request *chunk = request(.first = 8, .count = 8),
                              *next = request(.first = 8, .count = 8);
        struct ledger_request *passing = request(.type = LEDGER_PASS, .agency = 2, .first = NO_FIRST);
        int64_t said;
        open_ledger(2);
        assert_stored(.first = 0, .count = 8, .next = 8);
        access_lose(story.ledger);
        allocations = (struct allocations){.counted = true, .until_failure = failing};
        bool is_stored = ask(chunk, &said) == ERROR_NONE;
        allocations.counted = false;
        assert_code(ask(passing, &said), ERROR_NONE);
        (void)cost_beyond(story.ledger, next);
        assert_code(ask(next, &said), ERROR_NONE);
        assert_int_equal(said, 16);
        ledger_close(&story.ledger);
        remove_stores();
        if (is_stored && allocations.until_failure > 0) { // all have failed
            assert_true(failing > 10);
            break;
        }
    }
}

static void on_order(struct ledger_order *order) {
    (void)order;
}

// Also the answer needs memory. An order that is stored by then is done, and says so.
static void an_order_is_done_or_has_no_memory(void **state) {
    (void)state;
    for (int failing = 1;; failing++) {
        struct ledger_order order = {.kind = ORDER_CLOSE, .complete = on_order, .input.is_sure = true};
        open_ledger(2);
        allocations = (struct allocations){.counted = true, .until_failure = failing};
        order_carry_out(story.ledger, &order);
        allocations.counted = false;
        bool done = order.answer.error.code == ERROR_NONE;
        assert_int_equal(query("SELECT count(*) FROM draws WHERE state = 'sealed'"), done);
        assert_true(done || order.answer.error.code == ERROR_NO_MEMORY);
        order_free_answer(&order);
        ledger_close(&story.ledger);
        remove_stores();
        if (allocations.until_failure > 0) { // all have failed
            assert_true(failing > 1);
            break;
        }
    }
}

// What was to be is not in memory either.
static void a_change_is_done_or_has_no_memory(void **state) {
    (void)state;
    for (int failing = 1;; failing++) {
        struct ledger_order order = {.kind = ORDER_CHANGE,
                                     .complete = on_order,
                                     .input = {.is_sure = true, .changes_agencies = true, .agencies = 9}};
        int64_t said;
        open_ledger(2);
        allocations = (struct allocations){.counted = true, .until_failure = failing};
        order_carry_out(story.ledger, &order);
        allocations.counted = false;
        bool done = order.answer.error.code == ERROR_NONE;
        assert_int_equal(ledger_agencies(story.ledger), done ? 9 : 2);
        assert_int_equal(query("SELECT agencies FROM draws"), done ? 9 : 2);
        assert_code(ask(request(.type = LEDGER_PASS, .agency = 9), &said),
                    done ? ERROR_NONE : ERROR_UNKNOWN_AGENCY);
        order_free_answer(&order);
        ledger_close(&story.ledger);
        remove_stores();
        if (allocations.until_failure > 0) { // all have failed
            assert_true(done && failing > 1);
            break;
        }
    }
}

static void on_damage(void *context, const char *damage) {
    (void)context;
    fail_msg("nothing is damaged, and the check says: %s", damage);
}

static bool check_hungry(int failing, struct check_result *result, struct error *error) {
    struct store *store;
    assert_true(store_open(story.path, "1", STORE_READ, &store, error));
    allocations = (struct allocations){.counted = true, .until_failure = failing};
    bool checked = check_draw(store, &(struct check_watch){.on_damage = on_damage}, result, error);
    allocations.counted = false;
    store_close(&store);
    return checked;
}

// However many allocations succeed, it finds everything, or has no memory.
static void assert_checked_hungry(uint64_t chunks, uint64_t bets, uint64_t winners) {
    struct check_result result;
    struct error error;
    int failing = 1;
    ledger_close(&story.ledger);
    for (; !check_hungry(failing, &result, &error); failing++) {
        assert_error(&error, ERROR_NO_MEMORY);
        assert_int_equal(allocations.until_failure, 0);
    }
    assert_true(failing > 3 && allocations.until_failure > 0); // all of them have failed
    assert_int_equal(result.chunks, chunks);
    assert_int_equal(result.bets, bets);
    assert_int_equal(result.winners, winners);
    open_ledger(2);
}

// It says so, and calls nothing damaged.
static void a_check_without_memory_is_none(void **state) {
    (void)state;
    open_ledger(2);
    assert_stored(.last = true, .agency = 2, .first = 0, .count = 8, .next = 8);
    assert_stored(.first = 0, .count = 8, .next = 8); // two pieces in the inbox
    assert_stored(.first = 8, .count = 8, .next = 16);
    assert_checked_hungry(3, 24, 0);
    assert_stored(.last = true, .first = 16, .count = 12, .next = 28);
    work_do(story.ledger);
    assert_checked_hungry(2, 36, 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(every_allocation_fails_once), LEDGER_TEST(nothing_could_be_read_back),
        LEDGER_TEST(an_order_is_done_or_has_no_memory), LEDGER_TEST(a_change_is_done_or_has_no_memory),
        LEDGER_TEST(a_check_without_memory_is_none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
