// A draw is sealed once and drawn once when any allocation of the ledger's thread fails.
#define ALLOCATIONS_OF_CXX // of the reader of JSON, which a beacon's pulse needs
#include "allocations.h"
#include "compute_seal.h"
#include "signed_story.h"

enum { TRIES_MAX = 8 };

static sem_t woken;

static void work_hungry(void) {
    story.ledger->sealing.again_ms = 0; // the time has come
    allocations.counted = true;
    work_do(story.ledger);
    allocations.counted = false;
    if (story.ledger->sealing.task != NULL) {
        assert_int_equal(sem_wait(&woken), 0);
    }
}

// Only one allocation fails, so it is not tried for long.
static void seal_and_draw(void) {
    bool no_memory = false;
    size_t length;
    for (int tries = 0; tries < TRIES_MAX && (story.drawn == 0 || work_is_due(story.ledger)); tries++) {
        work_hungry();
    }
    char *seal = notice_seal(story.notice, &length, &no_memory);
    char *result = notice_result(story.notice, &length, &no_memory);
    assert_non_null(seal);
    assert_non_null(result);
    free(seal);
    free(result);
    assert_int_equal(story.drawn, 1);
    assert_int_equal(query("SELECT count(*) FROM papers WHERE kind IN ('seal', 'result')"), 2);
    assert_int_equal(query("SELECT count(*) FROM winners"), 1);
}

static void every_allocation_fails_once(void **state) {
    (void)state;
    assert_int_equal(sem_init(&woken, 0, 0), 0);
    for (int failing = 1;; failing++) {
        open_ledger(1);
        ledger_on_task_end(story.ledger, wake, &woken);
        assert_stored(.first = 0, .count = 12, .last = true, .next = 12);
        allocations.until_failure = failing;
        seal_and_draw();
        ledger_close(&story.ledger);
        if (allocations.until_failure > 0) { // there was no such allocation: all have failed
            assert_true(failing > 20);
            break;
        }
        begin_anew();
    }
    allocations.until_failure = 0;
    sem_destroy(&woken);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SIGNING_TEST(every_allocation_fails_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
