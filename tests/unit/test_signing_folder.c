// What was signed is outlived by neither the store nor its folder, and two that differ are a fork.
#include "signed_story.h"

#include <errno.h>
#include <sys/stat.h>

#define LATER "2099-11-25T21:00:00Z"

// The linker puts this in renameat2's place.
static bool is_full;

int __real_renameat2(int from, const char *old, int to, const char *name, unsigned flags);
int __wrap_renameat2(int from, const char *old, int to, const char *name, unsigned flags);

int __wrap_renameat2(int from, const char *old, int to, const char *name, unsigned flags) {
    errno = ENOSPC;
    return is_full ? -1 : __real_renameat2(from, old, to, name, flags);
}

static void write_record(int number, const char *bytes, size_t size) {
    FILE *file = fopen(record_path(number), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

// The store, as it is now, kept aside; put back in its place.
static void copy(const char *from, const char *to) {
    char bytes[65536];
    FILE *in = fopen(from, "r"), *out = fopen(to, "w");
    assert_non_null(in);
    assert_non_null(out);
    for (size_t length; (length = fread(bytes, 1, sizeof bytes, in)) > 0;) {
        assert_int_equal(fwrite(bytes, 1, length, out), length);
    }
    assert_int_equal(fclose(in), 0);
    assert_int_equal(fclose(out), 0);
}

static const char *aside(void) {
    static char path[TEMPORARY_BYTES + 16];
    snprintf(path, sizeof path, "%s/copy", office.folder);
    return path;
}

static void restore(void) {
    remove_stores();
    copy(aside(), story.path);
}

// The folder
// --------------------------------------------------------------------------------------------------

static void a_folder_that_was_lost_is_filled_again(void **state) {
    (void)state;
    open_ledger(3);
    assert_error(&change_agencies(4)->error, ERROR_NONE);
    stop();
    unlink(record_path(0));
    open_ledger(4);
    assert_kept(2);
    stop();
    assert_int_equal(temporary_remove(office.seals), 0);
    sign(true); // which makes the folder
    open_ledger(4);
    assert_kept(2);
}

static void a_folder_that_is_missing_is_not_opened_without(void **state) {
    (void)state;
    assert_int_equal(temporary_remove(office.seals), 0);
    assert_not_opened(3, ERROR_SYSTEM, "cannot be opened");
    assert_int_equal(query("SELECT count(*) FROM draws"), 0);
}

static void a_folder_that_cannot_be_written_is_not_opened_without(void **state) {
    (void)state;
    is_full = true;
    assert_not_opened(3, ERROR_SYSTEM, "rules-0.note: cannot be written");
    assert_false(notice_is_signed(story.notice));
    is_full = false;
    open_ledger(3);
    assert_kept(1);
}

static void another_record_in_its_place_is_a_fork(void **state) {
    (void)state;
    open_ledger(3);
    ledger_close(&story.ledger);
    write_record(0, "x", 1);
    assert_not_opened(3, ERROR_FORKED, "rules-0.note");
    write_record(0, "", 0);
    assert_not_opened(3, ERROR_FORKED, "rules-0.note");
}

static void one_that_is_missing_does_not_hide_another(void **state) {
    (void)state;
    open_ledger(3);
    assert_error(&change_agencies(4)->error, ERROR_NONE);
    ledger_close(&story.ledger);
    unlink(record_path(0));
    write_record(1, "x", 1);
    assert_not_opened(4, ERROR_FORKED, "rules-1.note");
    assert_int_equal(access(record_path(0), F_OK), -1);
}

static void a_record_that_does_not_follow_is_a_fork(void **state) {
    (void)state;
    struct small_file first;
    struct error error;
    open_ledger(3);
    ledger_close(&story.ledger);
    must(small_file_read(record_path(0), NOTE_BYTES_MAX, &first, &error), &error);
    write_record(1, first.bytes, first.size);
    small_file_free(&first);
    assert_not_opened(3, ERROR_FORKED, "rules-1.note");
    assert_int_equal(query("SELECT count(*) FROM papers"), 1);
}

// A change is done once it is stored; its record follows as soon as it can.
static void a_folder_that_fails_is_written_later(void **state) {
    (void)state;
    struct error error;
    open_ledger(3);
    assert_int_equal(temporary_remove(office.seals), 0);
    assert_error(&change_agencies(4)->error, ERROR_NONE);
    assert_true(signing_is_behind(story.ledger));
    assert_true(work_is_due(story.ledger));
    struct kept_rules kept = shown(1);
    kept_rules_free(&kept);
    work_do(story.ledger);
    assert_true(work_is_due(story.ledger));
    must(folder_make(office.seals, "1", &error), &error);
    work_do(story.ledger);
    assert_false(work_is_due(story.ledger));
    kept = shown(2);
    kept_rules_free(&kept);
    assert_int_equal(access(record_path(1), F_OK), 0);
}

// The store
// ---------------------------------------------------------------------------------------------------

static void a_store_restored_from_before_a_change_takes_it_over(void **state) {
    (void)state;
    open_ledger(3);
    assert_stored(.agency = 1, .first = 0, .count = 3, .next = 3);
    ledger_close(&story.ledger);
    copy(story.path, aside());
    open_ledger(3);
    assert_error(&change_agencies(5)->error, ERROR_NONE);
    assert_error(&change_cutoff(LATER)->error, ERROR_NONE);
    stop();
    restore();
    open_ledger(3); // with the settings of then
    assert_kept(3);
    assert_int_equal(ledger_agencies(story.ledger), 5);
    assert_string_equal(story.ledger->draw.closes_at, LATER);
    assert_stored(.agency = 5, .first = 0, .count = 3, .next = 3);
    assert_error(&change_cutoff("")->error, ERROR_NONE);
    stop();
    open_ledger(3);
    assert_kept(4);
    assert_string_equal(story.ledger->draw.closes_at, "");
}

static void a_store_that_was_sealed_under_older_rules_is_a_fork(void **state) {
    (void)state;
    struct small_file second;
    struct error error;
    open_ledger(3);
    ledger_close(&story.ledger);
    copy(story.path, aside());
    open_ledger(3);
    assert_error(&change_agencies(5)->error, ERROR_NONE);
    ledger_close(&story.ledger);
    must(small_file_read(record_path(1), NOTE_BYTES_MAX, &second, &error), &error);
    restore();
    unlink(record_path(1));
    open_ledger(3);
    assert_error(&give(ORDER_CLOSE, (struct order_input){.is_sure = true})->error, ERROR_NONE);
    ledger_close(&story.ledger);
    write_record(1, second.bytes, second.size);
    small_file_free(&second);
    assert_not_opened(3, ERROR_FORKED, "was sealed with 1");
}

static void a_store_that_was_lost_is_not_begun_anew(void **state) {
    (void)state;
    open_ledger(3);
    ledger_close(&story.ledger);
    remove_stores();
    assert_not_opened(3, ERROR_FORKED, "restore the store from its copy");
    assert_int_equal(query("SELECT count(*) FROM draws"), 0);
    sign(false); // a draw of that name is opened unsigned …
    open_ledger(3);
    ledger_close(&story.ledger);
    sign(true); // … and is not taken for the one that was signed
    assert_not_opened(3, ERROR_FORKED, "is not signed in the store");
}

static void change_store(const char *sql) {
    sqlite3 *database;
    char *message = NULL;
    assert_int_equal(sqlite3_open(story.path, &database), SQLITE_OK);
    if (sqlite3_exec(database, sql, NULL, NULL, &message) != SQLITE_OK) {
        fail_msg("%s: %s", sql, message);
    }
    sqlite3_close(database);
}

static void what_the_store_has_lost_of_them_is_damage(void **state) {
    (void)state;
    open_ledger(3);
    assert_error(&change_agencies(4)->error, ERROR_NONE);
    ledger_close(&story.ledger);
    copy(story.path, aside());
    change_store("DELETE FROM papers WHERE number = 1");
    assert_not_opened(4, ERROR_STORE_FAILED, "2 records of its rules, and 1 are there");
    restore();
    change_store("DELETE FROM papers");
    assert_not_opened(4, ERROR_STORE_FAILED, "and 0 are there");
    restore();
    change_store("UPDATE papers SET body = substr(body, 1, length(body) - 1) WHERE number = 0");
    assert_not_opened(4, ERROR_STORE_FAILED, "");
    restore();
    open_ledger(4);
}

// Whoever puts it there has the store right its checksum.
static void another_secret_is_damage(void **state) {
    (void)state;
    struct store *store;
    struct stored_draw draw;
    struct error error;
    bool found;
    open_ledger(3);
    ledger_close(&story.ledger);
    must(store_open(story.path, "1", STORE_SERVE, &store, &error), &error);
    must(store_get_draw(store, &draw, &found, &error), &error);
    draw.secret[0] ^= 1;
    must(store_begin(store, &error) && store_put_draw(store, &draw, &error) && store_commit(store, &error),
         &error);
    store_close(&store);
    assert_not_opened(3, ERROR_STORE_FAILED, "another secret than its rules say");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SIGNING_TEST(a_folder_that_was_lost_is_filled_again),
        SIGNING_TEST(a_folder_that_is_missing_is_not_opened_without),
        SIGNING_TEST(a_folder_that_cannot_be_written_is_not_opened_without),
        SIGNING_TEST(another_record_in_its_place_is_a_fork),
        SIGNING_TEST(one_that_is_missing_does_not_hide_another),
        SIGNING_TEST(a_record_that_does_not_follow_is_a_fork),
        SIGNING_TEST(a_folder_that_fails_is_written_later),
        SIGNING_TEST(a_store_restored_from_before_a_change_takes_it_over),
        SIGNING_TEST(a_store_that_was_sealed_under_older_rules_is_a_fork),
        SIGNING_TEST(a_store_that_was_lost_is_not_begun_anew),
        SIGNING_TEST(what_the_store_has_lost_of_them_is_damage),
        SIGNING_TEST(another_secret_is_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
