// What could not be kept of a signed draw is not told of, and is tried again ever less often.
#include "sealing_story.h"

#include "base/clock.h"
#include "ledger/sealed_tree.h"

static bool result_is_shown(void) {
    bool no_memory;
    size_t length;
    char *result = notice_result(story.notice, &length, &no_memory);
    free(result);
    return result != NULL;
}

static const char *away(void) {
    static char path[TEMPORARY_BYTES + 16];
    snprintf(path, sizeof path, "%s/away", office.folder);
    return path;
}

static void move_folder_away(void) {
    assert_int_equal(rename(office.seals, away()), 0);
}

static void put_folder_back(void) {
    assert_int_equal(rename(away(), office.seals), 0);
}

static bool open_no_reader(void *context, const char *draw, struct store **store, struct error *error) {
    (void)context;
    (void)draw;
    *store = NULL;
    return error_set(error, ERROR_STORE_FAILED, "it cannot be read");
}

static void work_now(void) {
    story.ledger->sealing.again_ms = 0; // the time has come
    work_do(story.ledger);
}

static void nothing_is_shown_before_it_is_kept(void **state) {
    begin_ledger();
    send(0, 3);
    compute();
    move_folder_away();
    work_do(story.ledger);
    work_do(story.ledger);
    assert_false(is_shown());
    assert_int_equal(story.drawn, 0);
    put_folder_back();
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

// Its bets cannot be read.
static void computing_is_tried_again_ever_less_often(void **state) {
    static const uint64_t waits[] = {1, 2, 4, 8, 16, 32, 60, 60};
    begin_ledger();
    send(0, 3);
    story.ledger->options.open_reader = open_no_reader;
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        story.ledger->sealing.again_ms = 0;
        compute();
        uint64_t before = clock_steady_ms();
        work_do(story.ledger);
        assert_null(story.ledger->sealing.task);
        assert_int_equal(story.ledger->sealing.failures, i + 1);
        assert_in_range(story.ledger->sealing.again_ms, before + waits[i] * 1000,
                        clock_steady_ms() + waits[i] * 1000);
        assert_false(work_is_due(story.ledger));
    }
    story.ledger->options.open_reader = open_reader;
    story.ledger->sealing.again_ms = 0;
    seal_now();
    assert_true(is_shown());
    assert_int_equal(story.ledger->sealing.failures, 0);
    (void)state;
}

// A list of other bets would say of the seal that it is wrong.
static void bets_that_were_changed_since_get_no_list(void **state) {
    story.is_manual = true;
    begin_ledger();
    send(0, 3);
    seal_now();
    stop();
    assert_int_equal(remove(kept_path("seal.json")), 0);
    begin_ledger();
    story.ledger->draw.root[0] ^= 1; // the stored bets are not those that it is of
    seal_now();
    assert_error(&story.ledger->sealing.failure, ERROR_BETS_CHANGED);
    assert_int_equal(access(kept_path("seal.json"), F_OK), -1);
    assert_true(is_shown());
    assert_false(work_is_ahead(story.ledger));
    (void)state;
}

// A pulse, approvals, time stamps, cosignatures, forks: whatever came after the seal. Here it is a fork,
// which is another seal.
static void papers_are_kept_once_the_folder_is_there(void **state) {
    static char note[NOTE_BYTES_MAX];
    story.is_manual = true;
    begin_ledger();
    send(0, 3);
    seal_now();
    assert_false(work_is_ahead(story.ledger));
    move_folder_away();
    show(other_seal(office.keys[0], note), ERROR_FORKED);
    assert_int_equal(query("SELECT count(*) FROM papers WHERE kind = 'fork'"), 1);
    assert_true(work_is_ahead(story.ledger));
    work_now();
    put_folder_back();
    work_now();
    assert_int_equal(access(kept_path("fork-0.note"), R_OK), 0);
    assert_false(work_is_ahead(story.ledger));
    (void)state;
}

// The result
// ---------------------------------------------------------------------------------------------------

// Between the draw's commit and the keeping of its result.
static void on_draw(void *context, const struct ledger_note *note) {
    on_note(context, note);
    if (note->kind == LEDGER_NOTE_DRAWN) {
        write_kept("result.note", slice_of("")); // in the way
    }
}

static void the_winners_are_told_once_the_result_is_kept(void **state) {
    story.noted = on_draw;
    begin_ledger();
    send(0, 3);
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
        SEALING_TEST(computing_is_tried_again_ever_less_often),
        SEALING_TEST(bets_that_were_changed_since_get_no_list),
        SEALING_TEST(papers_are_kept_once_the_folder_is_there),
        SEALING_TEST(the_winners_are_told_once_the_result_is_kept),
        SEALING_TEST(winners_that_are_read_are_told_once_the_result_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
