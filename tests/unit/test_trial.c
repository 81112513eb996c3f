// A store is not called good while it refuses chunks, and is once it has stored one or has room.
#include "ledger_story.h"

#include "ledger/limits.h"

#include <signal.h>
#include <sys/resource.h>

enum { STEP_BYTES = 4 * 1024, ROUNDS = 3, COUNT = 140 };

static bool is_good(void) {
    return ledger_store_failure(story.ledger) == NULL;
}

static bool stores(int64_t first, int count) {
    int64_t next;
    const struct error_code *code = ask(request(.first = first, .count = count), &next);
    assert_true(code == ERROR_NONE || code == ERROR_STORE_FAILED);
    return code == ERROR_NONE;
}

// What the ledger's thread does while nobody sends.
static void work_alone(void) {
    if (work_is_due(story.ledger)) {
        work_do(story.ledger);
    }
}

// A file system with limits ---------------------------------------------------------------------------------

// Lets no file grow beyond `bytes`; RLIM_INFINITY lifts the limit. As a full disk does, it fails writes.
static void limit_files(rlim_t bytes) {
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void fail_if_refused_though_good(bool is_said_good, bool stored, rlim_t bytes) {
    if (is_said_good && !stored) {
        limit_files(RLIM_INFINITY);
        fail_msg("with files of %llu bytes at most it is called good, and a chunk is refused",
                 (unsigned long long)bytes);
    }
}

// Returns whether the next chunk could be stored at once.
static bool tries_with_files_of(rlim_t bytes) {
    open_ledger(1);
    assert_true(stores(0, 1));
    limit_files(bytes);
    bool stored = stores(1, COUNT), at_once = stored;
    for (int round = 0; !stored && round < ROUNDS; round++) {
        work_alone();
        bool said = is_good();
        stored = stores(1, COUNT);
        fail_if_refused_though_good(said || is_good(), stored, bytes);
    }
    limit_files(RLIM_INFINITY);
    work_alone(); // nobody sends
    assert_true(is_good());
    assert_true(stores(1, COUNT));
    ledger_close(&story.ledger);
    remove_stores();
    return at_once;
}

static void a_full_disk_is_not_called_good_between_refused_chunks(void **state) {
    (void)state;
    enum { FIRST_STEP = 16, STEPS_MAX = 100 };
    int step = FIRST_STEP;
    signal(SIGXFSZ, SIG_IGN); // the write fails instead
    while (!tries_with_files_of((rlim_t)step * STEP_BYTES)) {
        step++;
        assert_true(step < STEPS_MAX);
    }
    assert_true(step > FIRST_STEP + 4);
    signal(SIGXFSZ, SIG_DFL);
    open_ledger(1); // which tear_down closes
}

// A store that says how much room it has -------------------------------------------------------------------

// The chunk itself is small: what the store needs beside it may be much more.
static void a_little_room_is_not_taken_for_enough(void **state) {
    (void)state;
    open_ledger(1);
    for (size_t needed = STEP_BYTES; needed <= (size_t)16 * STEP_BYTES; needed += STEP_BYTES) {
        story.chunk_room = needed;
        story.room = needed - 1;
        assert_false(stores(0, 1));
        for (int round = 0; round < ROUNDS; round++) {
            work_alone();
            assert_false(is_good());
            assert_refused(ERROR_STORE_FAILED, .first = 0, .count = 0); // who only asks is not told otherwise
            assert_false(is_good());
            assert_false(stores(0, 1));
        }
    }
    story.room = (size_t)16 * STEP_BYTES;
    work_alone();
    assert_true(is_good());
}

static void a_trial_that_was_wrong_asks_for_more(void **state) {
    (void)state;
    enum { AT_FIRST = 64 * 1024, NEEDED = 16 * AT_FIRST };
    int good = 0;
    open_ledger(1);
    story.chunk_room = NEEDED;
    story.room = NEEDED - 1;
    for (int round = 0; round < 20; round++) {
        assert_false(stores(0, 1));
        work_alone();
        good += is_good();
    }
    assert_int_equal(good, 4); // 64, 128, 256 and 512 KiB
    story.room = NEEDED;
    assert_true(stores(0, 1));
    story.chunk_room = AT_FIRST;
    story.room = AT_FIRST - 1; // what was known of the last failure counts no longer
    assert_false(stores(1, 1));
    story.room = AT_FIRST;
    work_alone();
    assert_true(is_good());
}

// Nor does it ask for ever more where the reason is another one.
static void what_a_trial_asks_for_has_an_end(void **state) {
    (void)state;
    enum { MOST = 2 * 1024 * 1024 };
    open_ledger(1);
    story.room = MOST;
    story.chunk_room = MOST + 1;
    for (int round = 0; round < 20; round++) {
        assert_false(stores(0, 1));
        work_alone();
        assert_true(is_good());
    }
    story.room = 0;
    assert_true(stores(0, 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(a_full_disk_is_not_called_good_between_refused_chunks),
        LEDGER_TEST(a_little_room_is_not_taken_for_enough),
        LEDGER_TEST(a_trial_that_was_wrong_asks_for_more),
        LEDGER_TEST(what_a_trial_asks_for_has_an_end),
    };
    return cmocka_run_group_tests_name("trial", tests, NULL, NULL);
}
