// What could not be kept of a signed draw is not told of, and is tried again ever less often.
#include "sealing_story.h"

static bool result_is_shown(void) {
    bool no_memory;
    size_t length;
    char *result = notice_result(story.notice, &length, &no_memory);
    free(result);
    return result != NULL;
}

static void work_now(void) {
    story.ledger->sealing.again_ms = 0; // the time has come
    work_do(story.ledger);
}

static void nothing_is_shown_before_it_is_kept(void **state) {
    char away[TEMPORARY_BYTES + 16];
    snprintf(away, sizeof away, "%s/away", office.folder);
    begin_ledger();
    send(0, 3);
    compute();
    assert_int_equal(rename(office.seals, away), 0);
    work_do(story.ledger);
    work_do(story.ledger);
    assert_false(is_shown());
    assert_int_equal(story.drawn, 0);
    assert_int_equal(rename(away, office.seals), 0);
    for (int i = 0; i < 3 && !is_shown(); i++) {
        story.ledger->sealing.again_ms = 0; // the time has come
        work_do(story.ledger);
        if (story.ledger->sealing.task != NULL) {
            assert_int_equal(sem_wait(&woken), 0);
        }
    }
    assert_true(is_shown());
    work_do(story.ledger);
    assert_int_equal(story.drawn, 1);
    (void)state;
}

// The result
// ---------------------------------------------------------------------------------------------------

static void the_winners_are_told_once_the_result_is_kept(void **state) {
    begin_ledger();
    send(0, 3);
    write_kept("result.note", slice_of("")); // in the way
    seal_now();
    assert_int_equal(story.ledger->draw.state, DRAW_DRAWN);
    work_now();
    assert_false(result_is_shown());
    assert_int_equal(story.drawn, 0);
    assert_true(work_is_ahead(story.ledger));
    assert_int_equal(remove(kept_path("result.note")), 0);
    work_now();
    assert_true(result_is_shown());
    assert_int_equal(access(kept_path("result.note"), R_OK), 0);
    assert_int_equal(story.drawn, 1);
    assert_non_null(story.winners);
    assert_false(work_is_ahead(story.ledger));
    (void)state;
}

// Another server has made the draw, or this one did before it ended.
static void winners_that_are_read_are_told_once_the_result_is_kept(void **state) {
    begin_ledger();
    send(0, 3);
    seal_now();
    assert_int_equal(story.drawn, 1);
    stop();
    assert_int_equal(remove(kept_path("result.note")), 0);
    write_kept("result.note", slice_of(""));
    begin_ledger();
    work_now();
    assert_non_null(story.ledger->winners);
    assert_int_equal(story.drawn, 0);
    assert_int_equal(remove(kept_path("result.note")), 0);
    work_now();
    assert_int_equal(story.drawn, 1);
    assert_true(result_is_shown());
    (void)state;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SEALING_TEST(nothing_is_shown_before_it_is_kept),
        SEALING_TEST(the_winners_are_told_once_the_result_is_kept),
        SEALING_TEST(winners_that_are_read_are_told_once_the_result_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
