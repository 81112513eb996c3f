// Each call of a store is noted as it begins and as it ends, whether it fails or not.
// told.
#include "cmocka_all.h"

#include "bet/errors.h"
#include "store/backend.h"
#include "store/calls.h"
#include "store/store.h"

static struct {
    bool is_in_call;
    int asked;  // how often the kind was asked for something, always within a call
    bool fails; // it cannot do what it is asked for
} noted;

static void note(void *context, bool is_in_call) {
    assert_ptr_equal(context, &noted);
    noted.is_in_call = is_in_call;
}

static bool do_it(struct error *error) {
    assert_true(noted.is_in_call);
    noted.asked++;
    return !noted.fails || error_set(error, ERROR_STORE_FAILED, "told to fail");
}

// A kind of store that stores nothing --------------------------------------------------------------------

static bool plain(struct store *store, struct error *error) {
    (void)store;
    return do_it(error);
}

static bool rollback(struct store *store) {
    struct error ignored;
    (void)store;
    return do_it(&ignored);
}

static void close_it(struct store *store) {
    struct error ignored;
    (void)store;
    (void)do_it(&ignored);
}

static bool number_draw(struct store *store, uint32_t *number, struct error *error) {
    (void)store;
    *number = 7;
    return do_it(error);
}

static bool put_draw(struct store *store, const struct stored_draw *draw, struct error *error) {
    (void)store, (void)draw;
    return do_it(error);
}

static bool try_room(struct store *store, size_t bytes, struct error *error) {
    (void)store, (void)bytes;
    return do_it(error);
}

static bool claim_draw(struct store *store, bool *claimed, struct error *error) {
    (void)store;
    *claimed = true;
    return do_it(error);
}

static const struct store_operations operations = {.is_shared = true,
                                                   .begin = plain,
                                                   .commit = plain,
                                                   .rollback = rollback,
                                                   .close = close_it,
                                                   .number_draw = number_draw,
                                                   .put_draw = put_draw,
                                                   .try_room = try_room,
                                                   .claim_draw = claim_draw};

static struct store opened;
static struct error error;

static int begin(void **state) {
    (void)state;
    memset(&noted, 0, sizeof noted);
    store_init(&opened, &operations, "a test's", "1");
    store_calls_note(note, &noted);
    return 0;
}

static int end(void **state) {
    (void)state;
    store_calls_note(NULL, NULL);
    return 0;
}

static void assert_over(int asked) {
    assert_false(noted.is_in_call);
    assert_int_equal(noted.asked, asked);
}

static void a_call_is_over_when_it_returns(void **state) {
    struct stored_draw draw = {.state = DRAW_OPEN};
    struct store *store = &opened;
    (void)state;
    must(store_begin(store, &error), &error);
    assert_over(1);
    must(store_put_draw(store, &draw, &error), &error); // first it gets a number
    assert_over(3);
    must(store_commit(store, &error), &error);
    assert_over(4);
    must(store_begin_draw(store, &error), &error);
    assert_over(6);
    store_drop(store);
    assert_over(7);
    must(store_try_room(store, 1, &error), &error);
    assert_over(10);
    store_close(&store);
    assert_over(11);
}

static void so_is_one_that_fails(void **state) {
    struct store *store = &opened;
    (void)state;
    must(store_begin(store, &error), &error);
    noted.fails = true;
    assert_false(store_commit(store, &error)); // and takes it back
    assert_over(3);
    assert_false(store_begin(store, &error)); // the kind is not even asked
    assert_over(3);
}

static void who_wants_to_know_no_more_is_told_no_more(void **state) {
    (void)state;
    store_calls_note(NULL, NULL);
    noted.is_in_call = true; // as the kind wants it
    must(store_begin(&opened, &error), &error);
    assert_true(noted.is_in_call);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_call_is_over_when_it_returns, begin, end),
        cmocka_unit_test_setup_teardown(so_is_one_that_fails, begin, end),
        cmocka_unit_test_setup_teardown(who_wants_to_know_no_more_is_told_no_more, begin, end),
    };
    return cmocka_run_group_tests_name("store_calls", tests, NULL, NULL);
}
