// The ledger's thread draws by itself, caps its groups, and answers everybody when it is stopped.
#include "ledger_story.h"

#include "ledger/limits.h"

static sem_t happened, may_go_on;

static void on_drawn_by_worker(void *context, const struct winners *winners) {
    on_drawn(context, winners);
    sem_post(&happened);
}

// Invariant 5: the draw is made without a request, also again after it has failed.
static void a_worker_makes_the_draw(void **state) {
    (void)state;
    static const enum commit_fault faults[] = {NO_FAULT, FAIL_BEFORE};
    for (int i = 0; i < 2; i++) {
        struct worker *worker;
        struct error error;
        story.path[strlen(story.path) - 1] = (char)('0' + i); // a store each
        open_ledger(1);
        assert_stored(.last = true, .first = 0, .count = 18, .next = 18);
        ledger_close(&story.ledger);
        story.options.drawn = on_drawn_by_worker;
        sem_init(&happened, 0, 0);
        assert_true(ledger_open(&story.options, &story.ledger, &error));
        story.fault = faults[i];
        assert_true(worker_start(story.ledger, &worker, &error));
        sem_wait(&happened);
        worker_stop(worker);
        worker_free(&worker);
        assert_null(worker);
        assert_string_equal(winners_of_agency(1), "7,17");
        assert_int_equal(story.drawn, 1);
        ledger_close(&story.ledger);
        sem_destroy(&happened);
    }
    open_ledger(1);
}

static struct worker *stopping;

// Comes back when the worker takes no more: it has then been told to stop.
static void wait_for_stop(void) {
    for (;;) {
        struct ledger_request *probe = request(.type = LEDGER_PASS, .first = NO_FIRST);
        probe->complete = discard_request;
        if (!worker_submit(stopping, probe)) {
            discard_request(probe);
            return;
        }
        sched_yield();
    }
}

enum { MANY = 2 * GROUP_CHUNKS_MAX + 1 };

static struct ledger_request many[MANY];
static int many_completed, many_done;

static void on_one_of_many(struct ledger_request *request) {
    assert_ptr_equal(request, &many[many_completed]);
    many_done += request->answer.error.code == ERROR_NONE;
    // All of a group but its last one say that more follow. The first one is a group of its own.
    assert_int_equal(request->answer.more_follow, many_completed > 0 && many_completed < GROUP_CHUNKS_MAX);
    if (many_completed++ == 0) {
        sem_post(&happened);
        sem_wait(&may_go_on); // until all the others wait in the queue
    } else if (many_completed == 2) {
        sem_post(&happened);
        wait_for_stop();
    }
}

static void submit_one_of_many(int index) {
    many[index] = (struct ledger_request){
        .input.type = LEDGER_PASS, .input.agency = 1, .input.first = -1, .answer.next = -1};
    error_clear(&many[index].answer.error);
    many[index].complete = on_one_of_many;
    assert_true(worker_submit(stopping, &many[index]));
}

// The first one is a group of its own here. Of the two groups that wait then, the first is in hand when the
// worker is stopped.
static void a_group_has_a_cap(void **state) {
    (void)state;
    struct error error;
    open_ledger(1);
    many_completed = many_done = 0;
    sem_init(&happened, 0, 0);
    sem_init(&may_go_on, 0, 0);
    assert_true(worker_start(story.ledger, &stopping, &error));
    submit_one_of_many(0);
    sem_wait(&happened);
    for (int i = 1; i < MANY; i++) {
        submit_one_of_many(i);
    }
    sem_post(&may_go_on);
    sem_wait(&happened); // the second group is in hand
    worker_stop(stopping);
    worker_free(&stopping);
    assert_int_equal(many_completed, MANY); // each once, and in order
    assert_int_equal(many_done, 1 + GROUP_CHUNKS_MAX);
    for (int i = 0; i < MANY; i++) {
        assert_error(&many[i].answer.error, i < many_done ? ERROR_NONE : ERROR_SHUTTING_DOWN);
    }
    sem_destroy(&happened);
    sem_destroy(&may_go_on);
}

static int flood_completed, before_honest = -1;

static void on_one_of_a_flood(struct ledger_request *request) {
    if (request == &many[MANY - 1]) {
        before_honest = flood_completed;
        sem_post(&happened);
    } else if (flood_completed++ == 0) {
        sem_post(&happened);
        sem_wait(&may_go_on); // until all the others wait in the queue
    }
}

// However many wait for one agency from one address, another agency's request waits for one turn of it, and
// another address's for one too.
static void a_flood_waits_for_itself(void **state) {
    (void)state;
    struct error error;
    for (int round = 0; round < 2; round++) {
        story.path[strlen(story.path) - 1] = (char)('0' + round); // a store each
        open_ledger(2);
        flood_completed = 0;
        sem_init(&happened, 0, 0);
        sem_init(&may_go_on, 0, 0);
        assert_true(worker_start(story.ledger, &stopping, &error));
        for (int i = 0; i < MANY; i++) {
            bool honest = i == MANY - 1;
            many[i] =
                (struct ledger_request){.input.type = LEDGER_PASS, .input.first = -1, .answer.next = -1};
            many[i].input.turn_agency = honest && round == 0 ? 1 : 2;
            many[i].input.source = honest ? 1 : 2;
            error_clear(&many[i].answer.error);
            many[i].complete = on_one_of_a_flood;
            assert_true(worker_submit(stopping, &many[i]));
            if (i == 0) {
                sem_wait(&happened);
            }
        }
        sem_post(&may_go_on);
        sem_wait(&happened);
        assert_in_range(before_honest, 1, 2);
        worker_stop(stopping);
        worker_free(&stopping);
        ledger_close(&story.ledger);
        sem_destroy(&happened);
        sem_destroy(&may_go_on);
    }
    open_ledger(1);
}

static void on_complete_until_stopped(struct ledger_request *done) {
    on_complete(done);
    sem_post(&happened);
    sem_wait(&may_go_on);
    wait_for_stop();
}

// What is in hand when the worker is stopped is finished; what waits is not stored, and says so.
static void what_waits_when_the_worker_stops(void **state) {
    (void)state;
    struct error error;
    open_ledger(1);
    sem_init(&happened, 0, 0);
    sem_init(&may_go_on, 0, 0);
    assert_true(worker_start(story.ledger, &stopping, &error));
    struct ledger_request *in_hand = request(.first = 0, .count = 5), *waiting[3];
    in_hand->complete = on_complete_until_stopped;
    assert_true(worker_submit(stopping, in_hand));
    sem_wait(&happened);
    for (int i = 0; i < 3; i++) {
        waiting[i] = request(.type = i == 1 ? LEDGER_PASS : LEDGER_CHUNK, .first = 5, .count = 5);
        waiting[i]->answer.next = 99; // whatever it was before
        assert_true(worker_submit(stopping, waiting[i]));
    }
    sem_post(&may_go_on);
    worker_stop(stopping);
    worker_stop(stopping); // does no harm
    assert_int_equal(story.count, 4);
    assert_error(&in_hand->answer.error, ERROR_NONE);
    assert_int_equal(in_hand->answer.next, 5);
    for (int i = 0; i < 3; i++) {
        assert_ptr_equal(story.completed[1 + i], waiting[i]);
        assert_error(&waiting[i]->answer.error, ERROR_SHUTTING_DOWN);
        assert_int_equal(waiting[i]->answer.next, -1);
        discard_request(waiting[i]);
    }
    worker_free(&stopping);
    discard_request(in_hand);
    assert_bets(5);
    sem_destroy(&happened);
    sem_destroy(&may_go_on);
}

static void a_stopped_worker_answers_what_waits(void **state) {
    (void)state;
    struct worker *worker;
    struct error error;
    open_ledger(1);
    assert_true(worker_start(story.ledger, &worker, &error));
    struct ledger_request *requests[REQUESTS_MAX];
    for (int i = 0; i < REQUESTS_MAX; i++) {
        requests[i] = request(.first = i * 2, .count = 2);
        assert_true(worker_submit(worker, requests[i]));
    }
    worker_stop(worker);
    assert_int_equal(story.count, REQUESTS_MAX);
    int stored = 0;
    for (int i = 0; i < REQUESTS_MAX; i++) {
        assert_ptr_equal(story.completed[i], requests[i]);
        if (requests[i]->answer.error.code == ERROR_NONE) {
            stored += 2;
        } else {
            assert_error(&requests[i]->answer.error, ERROR_SHUTTING_DOWN);
        }
    }
    assert_false(worker_submit(worker, requests[0]));
    worker_free(&worker);
    assert_bets(stored); // what was acknowledged is there, and nothing else
    for (int i = 0; i < REQUESTS_MAX; i++) {
        discard_request(requests[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(a_worker_makes_the_draw),
        LEDGER_TEST(a_group_has_a_cap),
        LEDGER_TEST(a_flood_waits_for_itself),
        LEDGER_TEST(what_waits_when_the_worker_stops),
        LEDGER_TEST(a_stopped_worker_answers_what_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
