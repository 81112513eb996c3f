// The queue keeps its order, closes, and loses nothing between threads.
#include "cmocka_all.h"

#include "base/clock.h"
#include "base/container.h"
#include "base/queue.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

enum { PRODUCERS = 4, NODES_EACH = 5000, WAIT_FOR_EVER = -1, HANG_MS = 60000 };

struct item {
    struct queue_node node;
    int producer, number;
};

static struct queue queue;

static void push(struct item *item) {
    assert_true(queue_push(&queue, &item->node));
}

static void nodes_come_in_the_order_in_which_they_went(void **state) {
    (void)state;
    struct item items[3] = {0};
    assert_null(queue_take_all(&queue));
    for (int round = 0; round < 2; round++) { // emptied, it works like a new one
        items[2].node.next = &items[0].node;  // whatever a node was linked to before
        for (int i = 0; i < 3; i++) {
            push(&items[i]);
        }
        struct queue_node *node = queue_take_all(&queue);
        for (int i = 0; i < 3; i++, node = node->next) {
            assert_ptr_equal(CONTAINER_OF(node, struct item, node), &items[i]);
        }
        assert_null(node);
        assert_null(queue_take_all(&queue));
    }
}

static void a_chain_goes_in_together(void **state) {
    (void)state;
    struct item items[4] = {0};
    struct queue_chain chain = {0};
    for (int round = 0; round < 2; round++) { // what has gone in is no longer in the chain
        push(&items[0]);
        queue_chain_add(&chain, &items[1].node);
        queue_chain_add(&chain, &items[2].node);
        assert_true(queue_push_chain(&queue, &chain));
        assert_null(chain.first);
        push(&items[3]);
        struct queue_node *node = queue_take_all(&queue);
        for (int i = 0; i < 4; i++, node = node->next) {
            assert_ptr_equal(CONTAINER_OF(node, struct item, node), &items[i]);
        }
        assert_null(node);
    }
}

static void waiting_takes_what_is_there_at_once(void **state) {
    (void)state;
    static const int waits_ms[] = {WAIT_FOR_EVER, 0, 999, 1000, 86400000};
    for (size_t i = 0; i < sizeof waits_ms / sizeof waits_ms[0]; i++) {
        struct item items[2] = {0};
        push(&items[0]);
        push(&items[1]);
        struct queue_node *node = queue_wait_all(&queue, waits_ms[i]);
        assert_ptr_equal(node, &items[0].node);
        assert_ptr_equal(node->next, &items[1].node);
    }
}

static void waiting_for_nothing_ends(void **state) {
    (void)state;
    assert_null(queue_wait_all(&queue, 0));
    assert_null(queue_wait_all(&queue, 1));
    assert_null(queue_wait_all(&queue, 999)); // into the next second, nearly always
}

static void a_closed_queue_gives_but_does_not_take(void **state) {
    (void)state;
    struct item before = {0}, after = {0};
    push(&before);
    assert_false(queue_is_closed(&queue));
    queue_close(&queue);
    assert_true(queue_is_closed(&queue));
    assert_false(queue_push(&queue, &after.node));
    struct queue_node *node = queue_wait_all(&queue, WAIT_FOR_EVER);
    assert_ptr_equal(node, &before.node);
    assert_null(node->next);
    assert_null(queue_wait_all(&queue, WAIT_FOR_EVER)); // does not wait for what cannot come
    assert_null(queue_take_all(&queue));
    queue_close(&queue);
    assert_true(queue_is_closed(&queue));
}

// Nobody waits yet: what is said then must not be lost, and must not be heard twice.
static void a_wake_up_before_the_wait_ends_it(void **state) {
    (void)state;
    uint64_t begun_ms = clock_steady_ms();
    for (int round = 0; round < 3; round++) {
        queue_wake(&queue);
        queue_wake(&queue);
        assert_null(queue_wait_all(&queue, HANG_MS));
        assert_false(queue_is_closed(&queue));
        if (clock_steady_ms() - begun_ms >= HANG_MS) {
            fail_msg("a wake-up before the wait was lost");
        }
    }
    begun_ms = clock_steady_ms();
    assert_null(queue_wait_all(&queue, 5));
    assert_true(clock_steady_ms() - begun_ms >= 4); // it was heard before
    struct item item = {0};
    queue_wake(&queue);
    push(&item); // a wake-up leaves what is there where it is
    assert_ptr_equal(queue_wait_all(&queue, HANG_MS), &item.node);
}

static void *wait_for_any(void *argument) {
    (void)argument;
    return queue_wait_all(&queue, WAIT_FOR_EVER);
}

static void closing_wakes_everyone_who_waits(void **state) {
    (void)state;
    for (int round = 0; round < 200;
         round++) { // they need not wait yet when it closes; in most rounds they do
        pthread_t waiting[2];
        for (int i = 0; i < 2; i++) {
            assert_int_equal(pthread_create(&waiting[i], NULL, wait_for_any, NULL), 0);
        }
        sched_yield();
        queue_close(&queue);
        for (int i = 0; i < 2; i++) {
            void *taken = &waiting;
            assert_int_equal(pthread_join(waiting[i], &taken), 0);
            assert_null(taken);
        }
        queue_destroy(&queue);
        queue_init(&queue);
    }
}

static void *wait_long(void *argument) {
    (void)argument;
    return queue_wait_all(&queue, HANG_MS);
}

static void a_wake_up_ends_a_wait(void **state) {
    (void)state;
    uint64_t begun_ms = clock_steady_ms();
    for (int round = 0; round < 200 && clock_steady_ms() - begun_ms < HANG_MS;
         round++) { // in most it waits already
        pthread_t waiting;
        void *taken = &waiting;
        assert_int_equal(pthread_create(&waiting, NULL, wait_long, NULL), 0);
        sched_yield();
        queue_wake(&queue);
        assert_int_equal(pthread_join(waiting, &taken), 0);
        assert_null(taken);
    }
    if (clock_steady_ms() - begun_ms >= HANG_MS) {
        fail_msg("a wake-up was lost");
    }
}

// With a lock that counts, and that the test holds already: a call that only gave it back would take it away
// from the test.
static void every_call_takes_the_lock(void **state) {
    (void)state;
    struct item item = {0};
    pthread_mutexattr_t counting;
    assert_int_equal(pthread_mutexattr_init(&counting), 0);
    assert_int_equal(pthread_mutexattr_settype(&counting, PTHREAD_MUTEX_RECURSIVE), 0);
    pthread_mutex_destroy(&queue.mutex);
    assert_int_equal(pthread_mutex_init(&queue.mutex, &counting), 0);
    for (int call = 0; call < 6; call++) {
        assert_int_equal(pthread_mutex_lock(&queue.mutex), 0);
        switch (call) {
        case 0:
            queue_wake(&queue);
            break;
        case 1:
            assert_null(queue_wait_all(&queue, WAIT_FOR_EVER)); // it was woken
            break;
        case 2:
            push(&item);
            break;
        case 3:
            assert_ptr_equal(queue_take_all(&queue), &item.node);
            break;
        case 4:
            queue_close(&queue);
            break;
        default:
            assert_true(queue_is_closed(&queue));
        }
        if (pthread_mutex_unlock(&queue.mutex) != 0) {
            fail_msg("expected the lock to be held after call %d, it is not", call);
        }
    }
    pthread_mutexattr_destroy(&counting);
}

static struct item produced[PRODUCERS][NODES_EACH];

static void *produce(void *argument) {
    struct item *items = argument;
    for (int i = 0; i < NODES_EACH; i++) {
        if (!queue_push(&queue, &items[i].node)) {
            return argument;
        }
    }
    return NULL;
}

static void nothing_is_lost_between_threads(void **state) {
    (void)state;
    pthread_t producers[PRODUCERS];
    int expected[PRODUCERS] = {0}, taken = 0;
    for (int producer = 0; producer < PRODUCERS; producer++) {
        for (int i = 0; i < NODES_EACH; i++) {
            produced[producer][i] = (struct item){.producer = producer, .number = i};
        }
        assert_int_equal(pthread_create(&producers[producer], NULL, produce, produced[producer]), 0);
    }
    while (taken < PRODUCERS * NODES_EACH) {
        struct queue_node *node = queue_wait_all(&queue, WAIT_FOR_EVER);
        assert_non_null(node);
        for (; node != NULL; node = node->next, taken++) {
            const struct item *item = CONTAINER_OF(node, struct item, node);
            assert_int_equal(item->number, expected[item->producer]++); // each thread's own order stays
        }
    }
    for (int producer = 0; producer < PRODUCERS; producer++) {
        void *refused;
        assert_int_equal(pthread_join(producers[producer], &refused), 0);
        assert_null(refused);
    }
    assert_null(queue_take_all(&queue));
}

static int set_up(void **state) {
    (void)state;
    memset(&queue, 0xff, sizeof queue); // whatever was there before
    queue_init(&queue);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    queue_destroy(&queue);
    return 0;
}

#define QUEUE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(nodes_come_in_the_order_in_which_they_went),
        QUEUE_TEST(a_chain_goes_in_together),
        QUEUE_TEST(waiting_takes_what_is_there_at_once),
        QUEUE_TEST(waiting_for_nothing_ends),
        QUEUE_TEST(a_closed_queue_gives_but_does_not_take),
        QUEUE_TEST(a_wake_up_before_the_wait_ends_it),
        QUEUE_TEST(a_wake_up_ends_a_wait),
        QUEUE_TEST(closing_wakes_everyone_who_waits),
        QUEUE_TEST(every_call_takes_the_lock),
        QUEUE_TEST(nothing_is_lost_between_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
