// How often each number was bet: counted from what is stored, and seldom enough to cost little.
#include "ledger_story.h"

#include "ledger/number_counts.h"
#include "ledger/orders.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

enum { WAITS_MAX = 60 * 1000 }; // a millisecond each

static atomic_uint_least64_t now_ms; // of the steady clock, after each story's beginning

uint64_t __wrap_clock_steady_ms(void);

uint64_t __wrap_clock_steady_ms(void) {
    return atomic_load(&now_ms);
}

static int threads_refused; // that nobody may start

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *context);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *context);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *context) {
    if (threads_refused > 0) {
        threads_refused--;
        return EAGAIN;
    }
    return __real_pthread_create(thread, attributes, run, context);
}

// How the store is opened: how often, how long that takes, what comes of it.
static atomic_int opened;
static uint64_t takes_ms;
static bool is_away;

static bool slow_reader(void *context, const char *draw, struct store **store, struct error *error) {
    atomic_fetch_add(&now_ms, takes_ms);
    atomic_fetch_add(&opened, 1);
    return is_away ? error_set(error, ERROR_STORE_FAILED, "the store is away")
                   : open_reader(context, draw, store, error);
}

static uint64_t numbers[NUMBER_COUNTS], bets;
static uint32_t age_s;
static char failure[ERROR_TEXT_BYTES];

static struct number_counts *begin(void) {
    atomic_store(&now_ms, 1000 * 1000);
    atomic_store(&opened, 0);
    takes_ms = 0;
    is_away = false;
    open_ledger(3);
    struct number_counts *counts = number_counts_new(slow_reader, NULL, "1");
    assert_non_null(counts);
    return counts;
}

static bool read_counts(struct number_counts *counts) {
    return number_counts_read(counts, numbers, &bets, &age_s, failure);
}

// Waits until a count of so many bets has ended, or one has failed for that reason.
static void wait_for(struct number_counts *counts, uint64_t expected, const char *reason) {
    for (int i = 0; i < WAITS_MAX; i++) {
        bool has_some = read_counts(counts);
        if (reason[0] == '\0' ? has_some && bets == expected : strcmp(failure, reason) == 0) {
            return;
        }
        usleep(1000);
    }
    fail_msg("no count has ended as expected; the last one had %d bets, \"%s\"", (int)bets, failure);
}

// A small chunk waits in the inbox; one that is not taken there has a row of its own.
static void both_halves_of_the_store_are_counted(void **state) {
    (void)state;
    struct number_counts *counts = begin();
    assert_false(read_counts(counts));
    assert_string_equal(failure, "");
    assert_stored(.agency = 1, .first = 0, .count = 5, .next = 5);
    filing_limits.chunk_bytes = 0;
    assert_stored(.agency = 2, .first = 0, .count = 28, .next = 28);
    number_counts_want(counts);
    wait_for(counts, 33, "");
    assert_int_equal(numbers[WINNING_NUMBER], 3);
    assert_int_equal(numbers[1], 30);
    assert_int_equal(numbers[0] + numbers[BET_NUMBER_MAX], 0);
    assert_int_equal(age_s, 0);
    number_counts_free(counts);
}

static void on_order(struct ledger_order *completed) {
    (void)completed;
}

static void bets_that_were_set_aside_do_not_count(void **state) {
    (void)state;
    struct number_counts *counts = begin();
    assert_stored(.agency = 1, .first = 0, .count = 5, .next = 5);
    assert_stored(.agency = 2, .first = 0, .count = 8, .next = 8);
    struct ledger_order order = {
        .kind = ORDER_RESET, .complete = on_order, .input = {.agency = 2, .is_sure = true}};
    order_carry_out(story.ledger, &order);
    assert_error(&order.answer.error, ERROR_NONE);
    order_free_answer(&order);
    number_counts_want(counts);
    wait_for(counts, 5, "");
    assert_int_equal(numbers[WINNING_NUMBER], 0);
    number_counts_free(counts);
}

// A count that takes 5 s is followed by 100 s without one.
static void it_rests_twenty_times_as_long_as_it_worked(void **state) {
    (void)state;
    struct number_counts *counts = begin();
    takes_ms = 5000;
    assert_stored(.agency = 1, .first = 0, .count = 5, .next = 5);
    number_counts_want(counts);
    wait_for(counts, 5, "");
    assert_stored(.agency = 1, .first = 5, .count = 5, .next = 10);
    atomic_fetch_add(&now_ms, 99999);
    number_counts_want(counts);
    assert_true(read_counts(counts));
    assert_int_equal(bets, 5);
    assert_int_equal(age_s, 104); // it has what was stored when it began
    assert_int_equal(atomic_load(&opened), 1);
    atomic_fetch_add(&now_ms, 1);
    number_counts_want(counts);
    wait_for(counts, 10, "");
    assert_int_equal(atomic_load(&opened), 2);
    number_counts_free(counts);
}

static void a_store_that_is_away_is_asked_again_after_a_while(void **state) {
    (void)state;
    struct number_counts *counts = begin();
    is_away = true;
    number_counts_want(counts);
    wait_for(counts, 1, "the store is away");
    assert_false(read_counts(counts));
    is_away = false;
    assert_stored(.agency = 1, .first = 0, .count = 5, .next = 5);
    atomic_fetch_add(&now_ms, 1999);
    number_counts_want(counts);
    assert_int_equal(atomic_load(&opened), 1);
    atomic_fetch_add(&now_ms, 1);
    number_counts_want(counts);
    wait_for(counts, 5, "");
    assert_string_equal(failure, "");
    number_counts_free(counts);
}

static void a_thread_that_cannot_start_is_tried_again_after_a_while(void **state) {
    (void)state;
    struct number_counts *counts = begin();
    assert_stored(.agency = 1, .first = 0, .count = 5, .next = 5);
    threads_refused = 1;
    number_counts_want(counts);
    assert_int_equal(threads_refused, 0);
    assert_false(read_counts(counts));
    assert_non_null(strstr(failure, "cannot start the thread that counts the numbers"));
    threads_refused = 1;
    atomic_fetch_add(&now_ms, 1999);
    number_counts_want(counts);
    assert_int_equal(threads_refused, 1); // not tried yet
    threads_refused = 0;
    atomic_fetch_add(&now_ms, 1);
    number_counts_want(counts);
    wait_for(counts, 5, "");
    number_counts_free(counts);
}

// A store of so many bets that it is never read to its end.
static sem_t is_counting;
static struct store_operations endless;

static const struct store_operations *finite;
static int stopped; // counts, before the end

static bool endless_numbers(struct store *store, store_each_chunk each, void *context, struct error *error) {
    sem_post(&is_counting);
    for (int i = 0; i < WAITS_MAX; i++) {
        if (!finite->numbers(store, each, context, error)) {
            stopped++;
            return false;
        }
        usleep(1000);
    }
    return true;
}

static bool endless_reader(void *context, const char *draw, struct store **store, struct error *error) {
    if (!slow_reader(context, draw, store, error)) {
        return false;
    }
    finite = (*store)->operations;
    endless = *finite;
    endless.numbers = endless_numbers;
    (*store)->operations = &endless;
    return true;
}

static void the_end_stops_a_count_under_way(void **state) {
    (void)state;
    number_counts_free(NULL);
    number_counts_free(begin());
    assert_stored(.agency = 1, .first = 0, .count = 5, .next = 5);
    assert_int_equal(sem_init(&is_counting, 0, 0), 0);
    struct number_counts *counts = number_counts_new(endless_reader, NULL, "1");
    number_counts_want(counts);
    sem_wait(&is_counting);
    number_counts_want(counts); // one is under way
    number_counts_free(counts);
    assert_int_equal(stopped, 1);
    assert_int_equal(atomic_load(&opened), 1);
    sem_destroy(&is_counting);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(both_halves_of_the_store_are_counted),
        LEDGER_TEST(bets_that_were_set_aside_do_not_count),
        LEDGER_TEST(it_rests_twenty_times_as_long_as_it_worked),
        LEDGER_TEST(a_store_that_is_away_is_asked_again_after_a_while),
        LEDGER_TEST(a_thread_that_cannot_start_is_tried_again_after_a_while),
        LEDGER_TEST(the_end_stops_a_count_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
