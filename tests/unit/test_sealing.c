// A signed draw has one seal, which is stored, kept and shown before there is a number.
#include "sealing_story.h"

#include "ledger/sealed_tree.h"
#include "ledger/sealing_show.h"
#include "seal/result.h"

// Reads a note that the server signed.
static struct slice text_of(struct slice bytes, struct note *note) {
    struct error error;
    must(note_parse("it", bytes, note, &error), &error);
    must(note_check(note, key_of(0), &error), &error);
    return note->text;
}

static void copy_store(const char *to, const char *from) {
    char command[600];
    snprintf(command, sizeof command, "cp %s %s", from, to);
    assert_int_equal(system(command), 0);
}

// One seal
// ---------------------------------------------------------------------------------------------------

static void a_draw_waits_for_its_seal(void **state) {
    static char note[NOTE_BYTES_MAX];
    static struct note parsed;
    struct checkpoint seal;
    struct result result;
    struct error error;
    size_t length;
    bool no_memory;
    uint8_t key[AGENCY_KEY_BYTES];
    begin_ledger();
    send(0, 3);
    assert_false(is_shown() || notice_agency_key(story.notice, 1, key));
    compute();
    assert_int_equal(story.drawn, 0);
    assert_false(is_shown());
    work_do(story.ledger);
    assert_int_equal(story.drawn, 1);
    struct slice bytes = shown_seal(note);
    must(checkpoint_parse(text_of(bytes, &parsed), &seal, &error), &error);
    assert_true(slice_is(seal.origin, SMALL_NAME "/1"));
    assert_int_equal(seal.size, AGENCIES + 1);
    assert_memory_equal(seal.root.bytes, story.ledger->draw.root, HASH_BYTES);
    assert_kept_as("seal.note", bytes);
    assert_int_equal(access(kept_path("seal.json"), R_OK), 0);
    assert_true(notice_agency_key(story.notice, 1, key));
    assert_int_equal(roots, 1);

    struct hash hash;
    hash_of(parsed.text.text, parsed.text.length, &hash);
    char *signed_result = notice_result(story.notice, &length, &no_memory);
    assert_non_null(signed_result);
    assert_kept_as("result.note", (struct slice){signed_result, length});
    must(result_parse(text_of((struct slice){signed_result, length}, &parsed), &result, &error), &error);
    assert_true(hash_equal(&result.seal, &hash));
    assert_int_equal(result.number, WINNING_NUMBER);
    assert_int_equal(result.winners, 1);
    free(signed_result);
    (void)state;
}

static void a_restart_shows_the_same(void **state) {
    static char note[NOTE_BYTES_MAX], again[NOTE_BYTES_MAX];
    begin_ledger();
    send(0, 3);
    seal_now();
    struct slice before = shown_seal(note);
    stop();
    assert_int_equal(remove(kept_path("seal.note")), 0);
    assert_int_equal(remove(kept_path("result.note")), 0);
    assert_int_equal(remove(kept_path("seal.json")), 0);
    begin_ledger();
    assert_true(slice_equal(shown_seal(again), before));
    assert_kept_as("seal.note", before);
    assert_int_equal(access(kept_path("result.note"), R_OK), 0);
    seal_now(); // its list is made again
    assert_int_equal(access(kept_path("seal.json"), R_OK), 0);
    (void)state;
}

static void a_server_that_ends_meanwhile_begins_again(void **state) {
    begin_ledger();
    send(0, 3);
    work_do(story.ledger);
    assert_non_null(story.ledger->sealing.task);
    stop();
    begin_ledger();
    assert_int_equal(story.ledger->draw.has_root, false);
    while (sem_trywait(&woken) == 0) { // of the first one, when it was quick
    }
    seal_now();
    assert_true(is_shown());
    (void)state;
}

// Whether the commit with the seal was stored or not, there is one.
static void a_commit_that_fails_leaves_one_seal(void **state) {
    static const enum commit_fault faults[] = {FAIL_BEFORE, FAIL_AFTER};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        begin_ledger();
        send(0, 3);
        compute();
        story.fault = faults[i];
        work_do(story.ledger);
        assert_null(story.ledger->store);
        assert_false(is_shown());
        work_do(story.ledger); // opens the store again, and begins what is left to do
        assert_int_equal(sem_wait(&woken), 0);
        work_do(story.ledger);
        assert_true(is_shown());
        assert_int_equal(query("SELECT count(*) FROM papers WHERE kind = 'seal'"), 1);
        assert_int_equal(story.drawn, 1);
        assert_int_equal(end(state), 0);
        assert_int_equal(begin(state), 0);
    }
}

// Two seals
// ----------------------------------------------------------------------------------------------------

// A store that is put back from a copy, and gets its missing bets again.
static void sealed_store_is_put_back(int from, int count) {
    char copy[160];
    snprintf(copy, sizeof copy, "%s/store-1", story.folder);
    story.is_manual = true;
    begin_ledger();
    assert_stored(.first = 0, .count = 12, .last = true, .next = 12);
    stop();
    copy_store(copy, story.path);
    begin_ledger();
    assert_stored(.agency = 2, .first = 0, .from = 0, .count = 3, .last = true, .next = 3);
    seal_now();
    stop();
    copy_store(story.path, copy);
    unlink(copy);
    begin_ledger();
    assert_stored(.agency = 2, .first = 0, .from = from, .count = count, .last = true, .next = count);
    compute();
    work_do(story.ledger);
}

static void the_same_bets_have_the_same_seal(void **state) {
    sealed_store_is_put_back(0, 3);
    assert_true(is_shown());
    assert_int_equal(forks, 0);
    assert_error(&give(ORDER_DRAW, (struct order_input){.is_sure = true, .number = WINNING_NUMBER})->error,
                 ERROR_NONE);
    (void)state;
}

static void other_bets_are_a_fork(void **state) {
    sealed_store_is_put_back(5, 3);
    assert_false(is_shown());
    assert_int_equal(forks, 1);
    assert_int_equal(query("SELECT count(*) FROM papers WHERE kind = 'seal'"), 0);
    assert_int_equal(query("SELECT count(*) FROM papers WHERE kind = 'fork'"), 1);
    assert_error(&give(ORDER_DRAW, (struct order_input){.is_sure = true, .number = WINNING_NUMBER})->error,
                 ERROR_FORKED);
    assert_false(work_is_due(story.ledger));
    stop();
    begin_ledger();
    assert_error(&give(ORDER_DRAW, (struct order_input){.is_sure = true, .number = WINNING_NUMBER})->error,
                 ERROR_FORKED);
    assert_int_equal(story.drawn, 0);
    (void)state;
}

// The folder is one of another store, in which the draw was sealed, too.
static void another_seal_in_the_folder_is_a_fork(void **state) {
    static char note[NOTE_BYTES_MAX];
    story.is_manual = true;
    begin_ledger();
    send(0, 3);
    seal_now();
    stop();
    struct slice other = other_seal(office.keys[0], note);
    assert_int_equal(remove(kept_path("seal.note")), 0);
    write_kept("seal.note", other);
    begin_ledger();
    assert_false(is_shown());
    work_do(story.ledger);
    assert_int_equal(forks, 1);
    assert_kept_as("fork-0.note", other);
    assert_false(is_shown());
    assert_error(&give(ORDER_DRAW, (struct order_input){.is_sure = true, .number = WINNING_NUMBER})->error,
                 ERROR_FORKED);
    stop();
    begin_ledger();
    assert_error(&give(ORDER_SEAL, (struct order_input){.number = 0})->error, ERROR_FORKED);
    (void)state;
}

static void a_seal_that_an_agency_shows(void **state) {
    static char note[NOTE_BYTES_MAX];
    story.is_manual = true;
    begin_ledger();
    send(0, 3);
    seal_now();
    show(shown_seal(note), ERROR_NONE);
    show(other_seal(office.keys[1], note), ERROR_NONE);
    show(slice_of("nothing"), ERROR_NONE);
    assert_int_equal(forks, 0);
    for (int i = 0; i < 2; i++) {
        struct slice other = other_seal(office.keys[0], note);
        show(other, ERROR_FORKED);
        assert_kept_as("fork-0.note", other);
    }
    assert_int_equal(forks, 1);
    assert_int_equal(query("SELECT count(*) FROM papers WHERE kind = 'fork'"), 1);
    assert_true(is_shown());
    assert_error(&give(ORDER_DRAW, (struct order_input){.is_sure = true, .number = WINNING_NUMBER})->error,
                 ERROR_FORKED);
    (void)state;
}

static void a_file_that_is_no_seal_is_in_the_way(void **state) {
    begin_ledger();
    send(0, 3);
    compute();
    write_kept("seal.note", slice_of(""));
    work_do(story.ledger);
    assert_false(is_shown());
    assert_int_equal(forks, 0);
    assert_string_equal(error_name(story.ledger->sealing.failure.code), "kept_other");
    (void)state;
}

// The draw
// -----------------------------------------------------------------------------------------------------

static void execute(const char *sql) {
    sqlite3 *database;
    assert_int_equal(sqlite3_open(story.path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_changes(database), 1);
    sqlite3_close(database);
}

static void bets_that_were_changed_since_are_found(void **state) {
    no_inbox();
    story.is_manual = true;
    begin_ledger();
    send(0, 3);
    seal_now();
    execute("UPDATE chunks SET rows = replace(rows, 'Ana,Paz,1,', 'Ana,Paz,9,') WHERE agency = 2");
    const struct order_answer *answer =
        give(ORDER_DRAW, (struct order_input){.is_sure = true, .number = WINNING_NUMBER});
    assert_error(&answer->error, ERROR_BETS_CHANGED);
    assert_non_null(strstr(answer->error.text, "agency 2"));
    execute("UPDATE chunks SET rows = replace(rows, 'Ana,Paz,9,', 'Ana,Paz,1,') WHERE agency = 2");
    answer = give(ORDER_DRAW, (struct order_input){.is_sure = true, .number = WINNING_NUMBER});
    assert_error(&answer->error, ERROR_NONE);
    assert_int_equal(answer->winners, 1);
    (void)state;
}

static void a_number_comes_after_the_seal(void **state) {
    story.is_manual = true;
    begin_ledger();
    send(0, 3);
    assert_error(&give(ORDER_DRAW, (struct order_input){.is_sure = true, .number = 1})->error,
                 ERROR_NOT_SEALED);
    assert_error(&give(ORDER_SEAL, (struct order_input){.number = 0})->error, ERROR_NOT_SEALED);
    seal_now();
    assert_error(&give(ORDER_DRAW, (struct order_input){.is_sure = true, .without_number = true})->error,
                 ERROR_NO_NUMBER);
    const struct order_answer *answer = give(ORDER_SEAL, (struct order_input){.number = 0});
    assert_error(&answer->error, ERROR_NONE);
    assert_kept_as("seal.note", (struct slice){answer->note, answer->note_length});
    (void)state;
}

// The store was put back as it was before the draw, and its folder was not.
static void another_result_is_not_made(void **state) {
    char copy[160];
    snprintf(copy, sizeof copy, "%s/store-1", story.folder);
    story.is_manual = true;
    begin_ledger();
    send(0, 3);
    seal_now();
    stop();
    copy_store(copy, story.path);
    begin_ledger();
    assert_error(&give(ORDER_DRAW, (struct order_input){.is_sure = true, .number = 5})->error, ERROR_NONE);
    stop();
    copy_store(story.path, copy);
    unlink(copy);
    begin_ledger();
    assert_error(&give(ORDER_DRAW, (struct order_input){.is_sure = true, .number = 6})->error,
                 ERROR_NUMBER_STORED);
    assert_error(&give(ORDER_DRAW, (struct order_input){.is_sure = true, .number = 5})->error, ERROR_NONE);
    (void)state;
}

// Between the reading of the draw's row and that of its papers another server has stored the seal: no damage.
static void a_seal_that_another_server_has_just_stored(void **state) {
    struct error error;
    (void)state;
    begin_ledger();
    send(0, 3);
    seal_now();
    story.ledger->draw.has_root = false; // as the row was
    assert_false(sealing_load(story.ledger, &error));
    assert_error(&error, ERROR_STORE_FAILED);
    story.ledger->is_shared = true;
    assert_false(sealing_load(story.ledger, &error));
    assert_error(&error, ERROR_STORE_FAILED); // the row is still that
    story.ledger->draw.checksum++;
    assert_false(sealing_load(story.ledger, &error));
    assert_error(&error, ERROR_STORE_STALE);
    story.ledger->is_shared = false;
}

static void an_unsigned_draw_has_no_seal(void **state) {
    sign(false);
    begin_ledger();
    send(0, 3);
    work_do(story.ledger);
    assert_int_equal(story.drawn, 1);
    assert_error(&give(ORDER_SEAL, (struct order_input){.number = 0})->error, ERROR_UNSIGNED);
    assert_error(
        &give(ORDER_PAPER, (struct order_input){.paper = PAPER_PULSE, .bytes = "{}", .length = 2})->error,
        ERROR_UNSIGNED);
    assert_int_equal(roots, 0);
    (void)state;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SEALING_TEST(a_draw_waits_for_its_seal),
        SEALING_TEST(a_restart_shows_the_same),
        SEALING_TEST(a_server_that_ends_meanwhile_begins_again),
        SEALING_TEST(a_commit_that_fails_leaves_one_seal),
        SEALING_TEST(the_same_bets_have_the_same_seal),
        SEALING_TEST(other_bets_are_a_fork),
        SEALING_TEST(another_seal_in_the_folder_is_a_fork),
        SEALING_TEST(a_seal_that_an_agency_shows),
        SEALING_TEST(a_file_that_is_no_seal_is_in_the_way),
        SEALING_TEST(bets_that_were_changed_since_are_found),
        SEALING_TEST(a_number_comes_after_the_seal),
        SEALING_TEST(another_result_is_not_made),
        SEALING_TEST(a_seal_that_another_server_has_just_stored),
        SEALING_TEST(an_unsigned_draw_has_no_seal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
