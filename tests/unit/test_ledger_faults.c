// The ledger's invariants hold when the store fails, at any call, before or after it has stored.
// They are ledger.h's.
#include "ledger_story.h"

#include "ledger/state.h"

// Invariants 1 and 3.
static void nothing_is_acknowledged_when_the_commit_fails(void **state) {
    (void)state;
    static const enum commit_fault faults[] = {FAIL_BEFORE, FAIL_AFTER};
    open_ledger(2);
    int64_t stored = 0;
    for (int i = 0; i < 2; i++) {
        int64_t next;
        story.fault = faults[i];
        assert_code(ask(request(.first = stored, .count = 5), &next), ERROR_STORE_FAILED);
        assert_int_equal(next, -1); // nobody knows
        int opened = story.opened;
        // Sent again it is acknowledged, and stored once, whether the failed commit had stored it or not.
        assert_stored(.first = stored, .count = 5, .next = stored + 5);
        assert_int_equal(story.opened, opened + 1); // what is stored was read back
        stored += 5;
        assert_bets((int)stored);
    }
    story.fault = FAIL_AFTER;
    assert_refused(ERROR_STORE_FAILED, .last = true, .first = stored, .count = 1);
    assert_stored(.last = true, .first = stored, .count = 1, .next = stored + 1);
    assert_int_equal(query("SELECT count(*) FROM agencies WHERE finished_at IS NOT NULL"), 1);
}

static void why_the_store_fails_is_told_until_it_has_stored_something(void **state) {
    (void)state;
    open_ledger(2);
    assert_null(ledger_store_failure(story.ledger));
    story.fault = FAIL_BEFORE;
    assert_refused(ERROR_STORE_FAILED, .first = 0, .count = 5);
    assert_string_equal(ledger_store_failure(story.ledger), CAUSE_DISK_FULL);
    assert_stored(.first = 0, .count = 5, .next = 5);
    assert_null(ledger_store_failure(story.ledger));
}

// Invariant 3: when the end was not stored, what comes next stores none either.
static void an_end_that_was_not_stored_is_forgotten(void **state) {
    (void)state;
    open_ledger(2);
    story.fault = FAIL_BEFORE;
    assert_refused(ERROR_STORE_FAILED, .last = true, .first = 0, .count = 5);
    assert_stored(.first = 0, .count = 5, .next = 5); // it goes on, after all
    assert_int_equal(query("SELECT count(*) FROM bets"), 5);
    assert_int_equal(query("SELECT count(*) FROM agencies WHERE finished_at IS NOT NULL"), 0);
    restart(2);
    assert_stored(.last = true, .first = 5, .count = 5, .next = 10);
    assert_int_equal(query("SELECT count(*) FROM agencies WHERE finished_at IS NOT NULL"), 1);
}

// Invariants 1 and 5: the seal goes with the last chunk, or not at all.
static void a_seal_that_fails(void **state) {
    (void)state;
    static const enum commit_fault faults[] = {FAIL_BEFORE, FAIL_AFTER};
    for (int i = 0; i < 2; i++) {
        story.path[strlen(story.path) - 1] = (char)('0' + i); // a store each
        open_ledger(1);
        story.fault = faults[i];
        assert_refused(ERROR_STORE_FAILED, .last = true, .first = 0, .count = 8);
        assert_int_equal(query("SELECT count(*) FROM draws WHERE state = 'sealed'"), i);
        work_do(story.ledger); // makes the draw only when it is sealed in the store
        assert_int_equal(story.drawn, i);
        assert_stored(.last = true, .first = 0, .count = 8, .next = 8);
        work_do(story.ledger);
        assert_int_equal(story.drawn, 1);
        assert_string_equal(winners_of_agency(1), "7");
        assert_bets(8);
        ledger_close(&story.ledger);
    }
    open_ledger(1);
}

// Invariant 3.
static void while_the_store_is_gone_nothing_is_acknowledged(void **state) {
    (void)state;
    open_ledger(1);
    assert_stored(.first = 0, .count = 5, .next = 5);
    story.fault = FAIL_BEFORE;
    assert_refused(ERROR_STORE_FAILED, .first = 5, .count = 5);
    story.store_is_gone = true;
    assert_refused(ERROR_STORE_FAILED, .first = 5, .count = 5);
    assert_refused(ERROR_STORE_FAILED, .first = 0, .count = 5); // even what was stored before
    story.store_is_gone = false;
    assert_stored(.first = 5, .count = 5, .next = 10);
    assert_bets(10);
}

// To open and read it is not enough; what asks (a chunk without bets) is answered when something was stored.
static void a_store_that_has_failed_works_when_it_has_stored(void **state) {
    (void)state;
    open_ledger(1);
    assert_stored(.first = 0, .count = 0, .next = 0);
    story.fault = FAIL_BEFORE;
    assert_refused(ERROR_STORE_FAILED, .first = 0, .count = 5);
    assert_true(work_is_due(story.ledger)); // it tries by itself
    int commits = story.commits;
    assert_stored(.first = 0, .count = 0, .next = 0);
    assert_true(story.commits > commits + 1); // the load's, and the trial's
    assert_false(work_is_due(story.ledger));
    story.fault = FAIL_BEFORE;
    assert_refused(ERROR_STORE_FAILED, .first = 0, .count = 5);
    work_do(story.ledger);
    assert_false(work_is_due(story.ledger));
    commits = story.commits;
    assert_stored(.first = 0, .count = 0, .next = 0); // of a store that works nothing is tried
    assert_int_equal(story.commits, commits);
}

// Invariant 5.
static void a_draw_that_fails_is_made_again(void **state) {
    (void)state;
    static const enum commit_fault faults[] = {FAIL_BEFORE, FAIL_AFTER};
    for (int i = 0; i < 2; i++) {
        story.path[strlen(story.path) - 1] = (char)('0' + i); // a store each
        open_ledger(1);
        assert_stored(.last = true, .first = 0, .count = 30, .next = 30);
        story.fault = faults[i];
        work_do(story.ledger);
        assert_int_equal(story.drawn, 0);
        assert_true(work_is_due(story.ledger));
        work_do(story.ledger);
        assert_int_equal(story.drawn, 1);
        assert_false(work_is_due(story.ledger));
        assert_string_equal(winners_of_agency(1), "7,17,27");
        assert_int_equal(query("SELECT count(*) FROM winners"), 3);
        ledger_close(&story.ledger);
    }
    open_ledger(1);
}

static void a_damaged_chunk_is_found_at_the_draw(void **state) {
    (void)state;
    open_ledger(2);
    assert_stored(.last = true, .first = 0, .count = 30, .next = 30);
    query("SELECT count(*) FROM bets");
    ledger_close(&story.ledger);
    sqlite3 *database;
    assert_int_equal(sqlite3_open(story.path, &database), SQLITE_OK);
    sqlite3_exec(database, "UPDATE chunks SET rows = replace(rows, 'Paz,7,', 'Paz,8,')", NULL, NULL, NULL);
    sqlite3_close(database);
    open_ledger(2);
    assert_stored(.last = true, .agency = 2, .first = 0, .count = 0, .next = 0);
    work_do(story.ledger);
    assert_int_equal(story.drawn, 0);
    assert_int_equal(query("SELECT count(*) FROM winners"), 0);
}

// Takes the chunk away from its agency, or brings it back.
static void move_chunk(int first, int to) {
    char sql[80];
    sqlite3 *database;
    ledger_close(&story.ledger);
    snprintf(sql, sizeof sql, "UPDATE chunks SET agency = %d WHERE first = %d", to, first);
    assert_int_equal(sqlite3_open(story.path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_changes(database), 1);
    sqlite3_close(database);
    open_ledger(1);
}

// Bets whose row is gone are not acknowledged, and not taken for other bets either: the agency has done
// nothing wrong. Those beside it are known as before.
static void a_chunk_that_is_gone_is_damage(void **state) {
    (void)state;
    enum { BETS = 6, EACH = 2 };
    no_inbox();
    open_ledger(1);
    for (int first = 0; first < BETS; first += EACH) {
        assert_stored(.first = first, .count = EACH, .next = first + EACH);
    }
    for (int gone = 0; gone < BETS; gone += EACH) {
        move_chunk(gone, 1001);
        for (int first = 0; first < BETS; first++) {
            for (int end = first + 1; end <= BETS; end++) {
                bool is_whole = end <= gone || first >= gone + EACH;
                int64_t next;
                const struct error_code *code = ask(request(.first = first, .count = end - first), &next);
                if (code != (is_whole ? ERROR_NONE : ERROR_STORE_FAILED)) {
                    fail_msg("bets %d to %d, and those from %d to %d are gone: the answer is %s", first,
                             end - 1, gone, gone + EACH - 1, error_name(code));
                }
            }
        }
        move_chunk(gone, 1);
    }
    assert_stored(.first = 0, .count = BETS, .next = BETS);
}

static void a_ledger_without_a_store_does_not_open(void **state) {
    (void)state;
    struct error error;
    story.store_is_gone = true;
    assert_false(try_to_open(1, &error));
    assert_null(story.ledger);
    assert_error(&error, ERROR_STORE_FAILED);
    story.store_is_gone = false;
    open_ledger(1);
    struct ledger *second;
    assert_false(ledger_open(&story.options, &second, &error)); // two ledgers, one store
    assert_null(second);
}

// What could not be stored is stored when the store is back, without anybody being told again; only then is
// it reported.
static void told_is_reported_when_it_is_stored(void **state) {
    (void)state;
    static const char told[] = "SELECT count(*) FROM agencies WHERE told_at IS NOT NULL";
    int64_t next;
    open_ledger(2);
    assert_stored(.last = true, .first = 0, .count = 1, .next = 1);
    assert_stored(.last = true, .agency = 2, .first = 0, .count = 1, .next = 1);
    work_do(story.ledger);
    for (uint32_t agency = 1; agency <= 2; agency++) {
        story.fault = FAIL_BEFORE;
        assert_code(ask(request(.type = LEDGER_TOLD, .agency = agency, .first = NO_FIRST), &next),
                    ERROR_STORE_FAILED);
        assert_int_equal(query(told), agency - 1);
        assert_int_equal(story.all_told, 0);
        story.store_is_gone = true;
        assert_true(work_is_due(story.ledger)); // no request will bring the store back
        work_do(story.ledger);
        assert_int_equal(story.all_told, 0);
        story.store_is_gone = false;
        work_do(story.ledger);
        assert_false(work_is_due(story.ledger));
        assert_int_equal(query(told), agency);
    }
    assert_int_equal(story.all_told, 1);
    assert_int_equal(story.drawn, 1); // opening the store again does not tell it again
    restart(2);
    assert_int_equal(story.all_told, 2);
}

// There is room for as many as a group tells. So what turns out to be stored is remembered no longer, also
// when nobody knew at first.
static void who_was_told_is_remembered_until_it_is_stored(void **state) {
    (void)state;
    static const enum commit_fault faults[] = {NO_FAULT, FAIL_BEFORE, FAIL_AFTER};
    open_ledger(3);
    for (uint32_t agency = 1; agency <= 3; agency++) {
        assert_stored(.last = true, .agency = agency, .first = 0, .count = 1, .next = 1);
    }
    work_do(story.ledger);
    for (uint32_t agency = 1; agency <= 3; agency++) {
        int64_t next;
        story.fault = faults[agency - 1];
        (void)ask(request(.type = LEDGER_TOLD, .agency = agency, .first = NO_FIRST), &next);
        work_do(story.ledger);
        if (story.ledger->told_notes.count != 0) {
            fail_msg(
                "agency %u was told, and that is stored: expected that nothing is remembered, and it is of "
                "%zu agencies",
                agency, story.ledger->told_notes.count);
        }
    }
    assert_int_equal(story.all_told, 1);
}

// Invariants 1 and 3: of a group whose commit fails, only what never touched the store keeps its answer.
static void a_group_whose_commit_fails(void **state) {
    (void)state;
    open_ledger(2);
    assert_stored(.first = 0, .count = 3, .next = 3);
    struct ledger_request *requests[7] = {
        request(.first = 0, .count = 3), // stored before, but answered together with the others
        request(.first = 3, .count = 3), //
        request(.first = 0, .count = 6), // leans on what is not stored
        request(.first = 9, .count = 1), // a gap, but nobody knows how large
        request(.type = LEDGER_PASS, .first = NO_FIRST),     //
        request(.agency = 2, .first = NO_FIRST, .count = 0), // refused before it came
        request(.last = true, .agency = 2, .first = 0, .count = 2),
    };
    error_set(&requests[5]->answer.error, ERROR_BAD_BET, "refused before it came");
    static const struct error_code *const codes[] = {
        ERROR_STORE_FAILED, ERROR_STORE_FAILED, ERROR_STORE_FAILED, ERROR_STORE_FAILED,
        ERROR_NONE,         ERROR_BAD_BET,      ERROR_STORE_FAILED};
    for (int i = 0; i < 7; i++) {
        requests[i]->node.next = i < 6 ? &requests[i + 1]->node : NULL;
    }
    story.count = 0;
    story.fault = FAIL_BEFORE;
    group_process(story.ledger, &requests[0]->node);
    assert_int_equal(story.count, 7);
    for (int i = 0; i < 7; i++) {
        assert_ptr_equal(story.completed[i], requests[i]);
        assert_error(&requests[i]->answer.error, codes[i]);
        assert_int_equal(requests[i]->answer.next, -1);
        discard_request(requests[i]);
    }
    assert_bets(3);
    assert_stored(.first = 0, .count = 6, .next = 6);
}

// Sends a chunk until it is acknowledged.
static void insist_as(struct sent sent) {
    const struct error_code *code = ERROR_STORE_FAILED;
    int64_t said = -1;
    for (int tries = 0; code != ERROR_NONE && tries < 2; tries++) { // only one call fails
        assert_code(code, ERROR_STORE_FAILED);
        code = ask(request_as(sent, on_complete), &said);
    }
    assert_code(code, ERROR_NONE);
    assert_int_equal(said, sent.next);
}

#define insist(...) insist_as((struct sent){__VA_ARGS__})

static void work(void) {
    for (int tries = 0; work_is_due(story.ledger) && tries < 2; tries++) {
        work_do(story.ledger);
    }
    assert_false(work_is_due(story.ledger));
}

// A draw from its first bet to its last winner, in which one call fails.
static void play_whole_draw(void) {
    struct error error;
    int64_t next;
    story.all_told = 0;
    if (!try_to_open(2, &error)) {
        open_ledger(2);
    }
    insist(.first = 0, .count = 8, .next = 8);
    insist(.first = 4, .count = 10, .next = 14);
    insist(.last = true, .agency = 2, .first = 0, .count = 8, .next = 8);
    insist(.last = true, .first = 14, .count = 14, .next = 28);
    work();
    assert_int_equal(story.drawn, 1);
    assert_string_equal(winners_of_agency(1), "7,17,27");
    assert_string_equal(winners_of_agency(2), "7");
    for (uint32_t agency = 1; agency <= 2; agency++) { // told once, whatever comes of it
        ask(request(.type = LEDGER_TOLD, .agency = agency, .first = NO_FIRST), &next);
    }
    work();
    assert_int_equal(story.drawn, 1);
    assert_int_equal(story.all_told, 1);
}

// All invariants: whichever call of the store fails, the draw comes out the same.
static void every_call_of_the_store_fails_once(void **state) {
    (void)state;
    for (int how = FAIL_BEFORE; how <= FAIL_AFTER; how++) {
        story.failing_commit = (enum commit_fault)how;
        for (story.failing_call = 1;; story.failing_call++) {
            story.calls = 0;
            play_whole_draw();
            ledger_close(&story.ledger);
            assert_bets(36);
            assert_int_equal(query("SELECT count(*) FROM winners"), 4);
            assert_int_equal(query("SELECT count(*) FROM agencies WHERE told_at IS NOT NULL"), 2);
            remove_stores();
            if (story.calls < story.failing_call) {
                break; // there was no such call: all have failed
            }
        }
        assert_true(story.failing_call > 40);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(nothing_is_acknowledged_when_the_commit_fails),
        LEDGER_TEST(why_the_store_fails_is_told_until_it_has_stored_something),
        LEDGER_TEST(an_end_that_was_not_stored_is_forgotten),
        LEDGER_TEST(a_seal_that_fails),
        LEDGER_TEST(while_the_store_is_gone_nothing_is_acknowledged),
        LEDGER_TEST(a_store_that_has_failed_works_when_it_has_stored),
        LEDGER_TEST(a_draw_that_fails_is_made_again),
        LEDGER_TEST(a_damaged_chunk_is_found_at_the_draw),
        LEDGER_TEST(a_chunk_that_is_gone_is_damage),
        LEDGER_TEST(a_ledger_without_a_store_does_not_open),
        LEDGER_TEST(told_is_reported_when_it_is_stored),
        LEDGER_TEST(who_was_told_is_remembered_until_it_is_stored),
        LEDGER_TEST(a_group_whose_commit_fails),
        LEDGER_TEST(every_call_of_the_store_fails_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
