// The salts' secret of a signed draw is left nowhere on the stack of a thread that used it.
#include "sealing_story.h"

#include "ledger/load.h"
#include "ledger/trial.h"

#include <pthread.h>
#include <sys/mman.h>

enum { STACK_BYTES = 1024 * 1024 };

static uint8_t *stack;
static uint8_t secret[STORE_SECRET_BYTES];

// What the thread does; each ends with a draw that has its secret, or had it.
static void open_and_read_again(void) {
    struct error error;
    bool changed;
    begin_ledger();
    must(load_all(story.ledger, &error), &error);
    must(load_has_changed(story.ledger, &changed, &error), &error);
    story.ledger->is_shared = true;
    must(load_after_conflict(story.ledger, &error), &error);
    story.ledger->is_shared = false;
}

static void change_and_reset(void) {
    begin_ledger();
    assert_error(&change_agencies(3)->error, ERROR_NONE);
    assert_error(&change_agencies(AGENCIES)->error, ERROR_NONE);
    assert_error(&change_agencies(AGENCIES)->error, ERROR_NONE); // nothing to change
    assert_error(&give(ORDER_RESET, (struct order_input){.is_sure = true, .agency = 1})->error, ERROR_NONE);
}

static void try_again(void) {
    struct error error;
    begin_ledger();
    story.ledger->failing = true;
    must(trial_make(story.ledger, &error), &error);
}

static void seal_and_draw(void) {
    begin_ledger();
    send(0, 3);
    seal_now();
    assert_int_equal(story.drawn, 1);
}

static void *run(void *does) {
    (*(void (**)(void))does)();
    memcpy(secret, story.ledger->draw.secret, sizeof secret);
    return NULL;
}

static void assert_left_nowhere(void (*does)(void)) {
    pthread_t thread;
    pthread_attr_t attributes;
    stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(stack, MAP_FAILED);
    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstack(&attributes, stack, STACK_BYTES), 0);
    assert_int_equal(pthread_create(&thread, &attributes, run, &does), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(story.ledger->draw.has_secret);
    const uint8_t *found = memmem(stack, STACK_BYTES, secret, sizeof secret);
    if (found != NULL) {
        fail_msg("the secret is left %td bytes below the end of the stack", stack + STACK_BYTES - found);
    }
    assert_int_equal(pthread_attr_destroy(&attributes), 0);
    assert_int_equal(munmap(stack, STACK_BYTES), 0);
}

#define SECRET_TEST(does)                                                                                    \
    static void after_##does(void **state) {                                                                 \
        (void)state;                                                                                         \
        assert_left_nowhere(does);                                                                           \
    }

SECRET_TEST(open_and_read_again)
SECRET_TEST(change_and_reset)
SECRET_TEST(try_again)
SECRET_TEST(seal_and_draw)

int main(void) {
    const struct CMUnitTest tests[] = {
        SEALING_TEST(after_open_and_read_again),
        SEALING_TEST(after_change_and_reset),
        SEALING_TEST(after_try_again),
        SEALING_TEST(after_seal_and_draw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
