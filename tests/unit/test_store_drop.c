// A store has failed once it cannot take a group back, and goes on if it can.
#include "cmocka_all.h"

#include "bet/errors.h"
#include "store/backend.h"
#include "store/store.h"

// A kind of store that stores nothing, and does as it is told.
static struct told {
    bool takes_back;                       // a rollback succeeds
    const struct error_code *commit_fails; // with this error; NULL: it succeeds
    int begun, rolled_back;
    bool had_failed; // when it was closed
} kind;

static bool begin(struct store *store, struct error *error) {
    (void)store, (void)error;
    kind.begun++;
    return true;
}

static bool commit(struct store *store, struct error *error) {
    (void)store;
    return kind.commit_fails == NULL || error_set(error, kind.commit_fails, "told to fail");
}

static bool rollback(struct store *store) {
    (void)store;
    kind.rolled_back++;
    return kind.takes_back;
}

static void close_it(struct store *store) {
    kind.had_failed = store->failed;
}

static const struct store_operations operations = {
    .begin = begin, .commit = commit, .rollback = rollback, .close = close_it};

static struct store opened;

static struct store *open_it(bool takes_back) {
    kind = (struct told){.takes_back = takes_back};
    store_init(&opened, &operations, "a test's", "1");
    return &opened;
}

static void goes_on(struct store *store) {
    struct error error;
    int begun = kind.begun;
    must(store_begin(store, &error), &error);
    assert_int_equal(kind.begun, begun + 1);
}

static void has_failed(struct store *store) {
    struct error error;
    int begun = kind.begun;
    assert_false(store_begin(store, &error));
    assert_error(&error, ERROR_STORE_FAILED);
    assert_int_equal(kind.begun, begun); // its kind is not even asked
}

static void after_a_group_was_dropped(void **state) {
    (void)state;
    for (int takes_back = 0; takes_back < 2; takes_back++) {
        struct store *store = open_it(takes_back);
        goes_on(store);
        store_drop(store);
        assert_int_equal(kind.rolled_back, 1);
        (takes_back ? goes_on : has_failed)(store);
        store_close(&store);
        assert_int_equal(kind.had_failed, !takes_back);
    }
}

// What another server has changed is no failure, unless the group cannot be taken back.
static void after_a_group_was_stale(void **state) {
    (void)state;
    for (int takes_back = 0; takes_back < 2; takes_back++) {
        struct error error;
        struct store *store = open_it(takes_back);
        kind.commit_fails = ERROR_STORE_STALE;
        goes_on(store);
        assert_false(store_commit(store, &error));
        assert_error(&error, ERROR_STORE_STALE);
        assert_int_equal(kind.rolled_back, 1);
        (takes_back ? goes_on : has_failed)(store);
        store_close(&store);
    }
}

// A rollback that succeeds does not make a failed store good again.
static void after_a_commit_failed(void **state) {
    (void)state;
    struct error error;
    struct store *store = open_it(true);
    kind.commit_fails = ERROR_STORE_FAILED;
    goes_on(store);
    assert_false(store_commit(store, &error));
    has_failed(store);
    store_close(&store);
    assert_true(kind.had_failed);
}

static void when_it_is_given_up(void **state) {
    (void)state;
    struct store *store = open_it(true);
    store_give_up(&store);
    assert_null(store);
    assert_true(kind.had_failed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_a_group_was_dropped),
        cmocka_unit_test(after_a_group_was_stale),
        cmocka_unit_test(after_a_commit_failed),
        cmocka_unit_test(when_it_is_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
