// What is signed is whole in store, folder and notice when any allocation of the ledger fails.
#define ALLOCATIONS_OF_CXX // of the reader of JSON, which a beacon's pulse needs
#include "allocations.h"
#include "signed_story.h"

static void open_hungry(void) {
    struct error error;
    allocations.counted = true;
    bool opened = try_to_open(3, &error);
    allocations.counted = false;
    if (!opened) {
        assert_true(error_retryable(error.code));
        open_ledger(3);
    }
}

// Sends a chunk until it has a receipt. One that is stored, and has none for want of memory, is sent again.
static void insist_on_receipt(void) {
    bool has_one = false;
    for (int tries = 0; !has_one && tries < 2; tries++) { // only one allocation fails
        struct ledger_request *asked = request(.first = 0, .count = 8, .receipt = true);
        story.count = 0;
        allocations.counted = true;
        group_process(story.ledger, &asked->node);
        allocations.counted = false;
        assert_true(asked->answer.error.code == ERROR_NONE || error_retryable(asked->answer.error.code));
        has_one = asked->answer.receipt != NULL;
        assert_true(!has_one || asked->answer.error.code == ERROR_NONE);
        discard_request(asked);
    }
    assert_true(has_one);
}

static void insist_on_change(void) {
    const struct error_code *code = ERROR_NO_MEMORY;
    for (int tries = 0; code != ERROR_NONE && tries < 2; tries++) {
        allocations.counted = true;
        code = change_agencies(4)->error.code;
        allocations.counted = false;
        assert_true(code == ERROR_NONE || error_retryable(code));
    }
    assert_code(code, ERROR_NONE);
}

static void work_hungry(void) {
    allocations.counted = true;
    for (int tries = 0; work_is_due(story.ledger) && tries < 2; tries++) {
        work_do(story.ledger);
    }
    allocations.counted = false;
    assert_false(work_is_due(story.ledger));
}

static void every_allocation_fails_once(void **state) {
    (void)state;
    for (int failing = 1;; failing++) {
        allocations.until_failure = failing;
        open_hungry();
        insist_on_receipt();
        insist_on_change();
        work_hungry();
        assert_kept(2);
        stop();
        story.by_default = true;
        open_hungry();
        story.by_default = false;
        work_hungry();
        assert_kept(2);
        ledger_close(&story.ledger);
        assert_int_equal(query("SELECT receipted FROM agencies WHERE agency = 1"), 1);
        assert_bets(8);
        if (allocations.until_failure > 0) { // there was no such allocation: all have failed
            assert_true(failing > 30);
            break;
        }
        begin_anew();
    }
    allocations.until_failure = 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SIGNING_TEST(every_allocation_fails_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
