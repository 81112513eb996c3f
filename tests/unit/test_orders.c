// What an operator orders is carried out between two groups, one order at a time.
#include "ledger_story.h"

#include "ledger/limits.h"
#include "ledger/orders.h"
#include "ledger/state.h"

enum { ORDERS = 3, REQUESTS = 2 * GROUP_CHUNKS_MAX + 1, ENDED = REQUESTS + ORDERS };

static struct worker *worker;
static struct ledger_order orders[ORDERS];
static struct ledger_request requests[REQUESTS];
static sem_t happened, may_go_on;

// What was completed, in order: "r" for requests up to the next order, "o" for an order.
static char completed[ENDED];
static size_t completed_count;

static void note(char what) {
    if (completed_count == 0 || completed[completed_count - 1] != what || what == 'o') {
        completed[completed_count++] = what;
    }
}

static void on_order(struct ledger_order *order) {
    assert_ptr_equal(order->context, &orders);
    note('o');
    sem_post(&happened);
}

static void give(int index) {
    orders[index] = (struct ledger_order){.kind = ORDER_STATUS, .complete = on_order, .context = &orders};
    assert_true(worker_order(worker, &orders[index]));
}

static void begin(uint32_t agencies) {
    struct error error;
    completed_count = 0;
    sem_init(&happened, 0, 0);
    sem_init(&may_go_on, 0, 0);
    open_ledger(agencies);
    must(worker_start(story.ledger, &worker, &error), &error);
}

static void end(void) {
    worker_stop(worker);
    worker_free(&worker);
    for (int i = 0; i < ORDERS; i++) {
        order_free_answer(&orders[i]);
    }
    sem_destroy(&happened);
    sem_destroy(&may_go_on);
}

// Nobody sends anything: the order itself wakes the thread.
static void an_order_wakes_a_worker_that_sleeps(void **state) {
    (void)state;
    begin(3);
    for (int i = 0; i < ORDERS; i++) {
        give(i);
        sem_wait(&happened);
        assert_error(&orders[i].answer.error, ERROR_NONE);
        assert_int_equal(orders[i].answer.status.draw.agencies, 3);
    }
    end();
}

static void on_request(struct ledger_request *request) {
    note('r');
    if (request == &requests[0]) {
        sem_post(&happened);
        sem_wait(&may_go_on); // until all the others wait
    }
}

static void submit_with(int index, void (*complete)(struct ledger_request *request)) {
    requests[index] = (struct ledger_request){.input.type = LEDGER_PASS,
                                              .input.agency = 1,
                                              .input.first = -1,
                                              .answer.next = -1,
                                              .complete = complete};
    error_clear(&requests[index].answer.error);
    assert_true(worker_submit(worker, &requests[index]));
}

static void submit(int index) {
    submit_with(index, on_request);
}

// However many orders wait, agencies wait for no more than one of them before each of their groups.
static void orders_and_groups_take_turns(void **state) {
    (void)state;
    begin(1);
    submit(0);
    sem_wait(&happened);
    for (int i = 1; i < REQUESTS; i++) {
        submit(i);
    }
    for (int i = 0; i < ORDERS; i++) {
        give(i);
    }
    sem_post(&may_go_on);
    for (int i = 0; i < ORDERS; i++) {
        sem_wait(&happened);
    }
    end();
    completed[completed_count] = '\0';
    assert_string_equal(completed, "rororo"); // the first request alone, and two groups
}

// Comes back when the worker takes no more: it has then been told to stop.
static void on_request_until_stopped(struct ledger_request *request) {
    on_request(request);
    for (;;) {
        struct ledger_request *probe = request(.type = LEDGER_PASS, .first = NO_FIRST);
        probe->complete = discard_request;
        if (!worker_submit(worker, probe)) {
            discard_request(probe);
            return;
        }
        sched_yield();
    }
}

// Orders that still wait are answered, and not carried out.
static void a_stopped_worker_refuses_what_waits(void **state) {
    (void)state;
    begin(1);
    submit_with(0, on_request_until_stopped);
    sem_wait(&happened);
    for (int i = 0; i < ORDERS; i++) {
        give(i);
    }
    sem_post(&may_go_on);
    worker_stop(worker);
    for (int i = 0; i < ORDERS; i++) {
        assert_error(&orders[i].answer.error, ERROR_SHUTTING_DOWN);
        assert_int_equal(orders[i].answer.status.draw.agencies, 0);
    }
    assert_int_equal(completed_count, 1 + ORDERS);
    assert_false(worker_order(worker, &orders[0]));
    end();
}

static void assert_missing(const char *expected) {
    const struct order_status *status = &orders[0].answer.status;
    char text[64] = "";
    for (size_t i = 0; i < status->missing_count; i++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "%u-%u ", status->missing[i].from,
                 status->missing[i].to);
    }
    assert_string_equal(text, expected);
}

static void ask_status(void) {
    order_free_answer(&orders[0]);
    orders[0] = (struct ledger_order){.kind = ORDER_STATUS, .complete = on_order, .context = &orders};
    order_carry_out(story.ledger, &orders[0]);
    assert_error(&orders[0].answer.error, ERROR_NONE);
}

static void the_status_names_who_is_missing(void **state) {
    (void)state;
    const struct order_status *status = &orders[0].answer.status;
    open_ledger(6);
    sem_init(&happened, 0, 0);
    ask_status();
    assert_missing("1-6 ");
    assert_stored(.agency = 2, .last = true, .first = 0, .count = 8, .next = 8);
    assert_stored(.agency = 3, .last = true, .first = 0, .count = 0, .next = 0);
    assert_stored(.agency = 5, .first = 0, .count = 5, .next = 5);
    ask_status();
    assert_missing("1-1 4-6 ");
    assert_int_equal(status->finished, 2);
    assert_int_equal(status->bets, 13);
    assert_int_equal(status->draw.state, DRAW_OPEN);
    for (uint32_t agency = 1; agency <= 6; agency++) {
        if (agency != 2 && agency != 3) {
            assert_stored(.agency = agency, .last = true, .first = agency == 5 ? 5 : 0, .count = 0,
                          .next = agency == 5 ? 5 : 0);
        }
    }
    work_do(story.ledger);
    ask_status();
    assert_missing("");
    assert_int_equal(status->finished, 6);
    assert_int_equal(status->draw.state, DRAW_DRAWN);
    assert_int_equal(status->winners, 1);
    order_free_answer(&orders[0]);
    sem_destroy(&happened);
}

// An answer is not made as large as a draw can be.
static void the_status_names_so_many_ranges(void **state) {
    (void)state;
    const struct order_status *status = &orders[0].answer.status;
    uint32_t agencies = 2 * ORDER_RANGES_MAX + 2;
    open_ledger(agencies);
    sem_init(&happened, 0, 0);
    for (uint32_t agency = 2; agency <= agencies; agency += 2) {
        state_finish(story.ledger, agency, AGENCY_FINISHED);
    }
    ask_status();
    assert_int_equal(status->missing_count, ORDER_RANGES_MAX);
    assert_int_equal(status->missing[ORDER_RANGES_MAX - 1].to, 2 * ORDER_RANGES_MAX - 1);
    assert_true(status->more_missing);
    order_free_answer(&orders[0]);
    sem_destroy(&happened);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(an_order_wakes_a_worker_that_sleeps), LEDGER_TEST(orders_and_groups_take_turns),
        LEDGER_TEST(a_stopped_worker_refuses_what_waits), LEDGER_TEST(the_status_names_who_is_missing),
        LEDGER_TEST(the_status_names_so_many_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
