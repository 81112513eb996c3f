// A log is refused exactly when whole commits would be lost, and is then left as it is.
#include "wal_story.h"

#include "bet/errors.h"

static void no_log_is_no_damage(void **state) {
    (void)state;
    struct error error;
    assert_true(sqlite_log_check(&names, &error));
    assert_true(sqlite_log_settle(&names, &error));
    assert_int_equal(access(log_path, F_OK), -1); // and none is made
    begin_log(4096, false);
    for (size_t length = 0; length < HEADER_BYTES; length += 31) {
        wal.length = length;
        assert_judged("a log that has not begun", 0);
        assert_log_is(wal.bytes, wal.length);
    }
    wal.length = HEADER_BYTES;
    assert_judged("a log without a frame", 0);
    assert_log_is(wal.bytes, wal.length);
}

static void a_whole_log_is_taken_as_it_is(void **state) {
    (void)state;
    static const uint32_t sizes[] = {512, 4096, 65536};
    for (int i = 0; i < 6; i++) {
        make_log(sizes[i / 2], i % 2 == 1);
        assert_judged("a whole log", 0);
        assert_log_is(wal.bytes, wal.length);
    }
}

// With a part of a frame at its end, or a frame that does not commit.
static void an_end_that_was_being_written_is_taken(void **state) {
    (void)state;
    make_log(512, false);
    size_t whole = wal.length;
    add_frame(5, 0);
    assert_judged("a commit without its end", 0);
    for (wal.length -= 1; wal.length > whole; wal.length -= 107) {
        assert_judged("a part of a frame", 0);
        assert_log_is(wal.bytes, wal.length);
    }
}

enum damage { CONTENT, SALT, SUM }; // of a frame: as it is summed up, whose it is, or what it sums up to

// How many commits follow the one that the damaged frame is in. A frame with another salt does not say
// that a commit ends there, and what goes on from another sum does not fit either.
static unsigned commits_after(int frame, enum damage damage) {
    static const bool ends[] = {true, false, false, true, false, true, true};
    bool within = !ends[frame] || damage == SALT;
    unsigned count = 0;
    for (int i = frame + (damage == SUM ? 2 : 1); i < 7; i++) {
        count += ends[i] && !within;
        within = within && !ends[i];
    }
    return count;
}

static void damage_counts_the_commits_after_its_own(void **state) {
    (void)state;
    static const struct {
        size_t at;
        enum damage damage;
    } places[] = {{0, CONTENT}, {3, CONTENT}, {8, SALT},     {15, SALT},
                  {16, SUM},    {23, SUM},    {24, CONTENT}, {24 + 511, CONTENT}};
    for (int i = 0; i < 2 * 7 * 8; i++) {
        int frame = i / 2 % 7, place = i / 14;
        char what[64];
        make_log(512, i % 2 == 1);
        wal.bytes[frame_at(frame) + places[place].at] ^= 0x40;
        snprintf(what, sizeof what, "byte %zu of frame %d changed", places[place].at, frame);
        assert_judged(what, commits_after(frame, places[place].damage));
    }
}

// What is left of an earlier log, which was longer, is none of this one's.
static void an_older_logs_frames_do_not_count(void **state) {
    (void)state;
    make_log(512, false);
    wal.salts[0]--;
    add_frame(2, 4);
    add_frame(3, 4);
    assert_judged("frames of an older log after it", 0);
    assert_log_is(wal.bytes, wal.length);
    begin_log(512, false);
    wal.salts[0]--;
    add_frame(2, 4);
    add_frame(3, 4);
    assert_judged("frames of an older log alone", 0);
}

// Each of a header's bytes that says something.
static void a_damaged_header_counts_all_commits(void **state) {
    (void)state;
    static const size_t places[] = {0, 3, 7, 11, 15};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        make_log(SQLITE_PAGE_BYTES, false);
        wal.bytes[places[i]] ^= 0x08;
        assert_judged("a header's byte changed", 4);
    }
    make_log(SQLITE_PAGE_BYTES, false);
    wal.bytes[17] ^= 1; // a salt: it is then taken from the frames
    assert_judged("a header's salt changed", 4);
    make_log(SQLITE_PAGE_BYTES, false);
    wal.bytes[31] ^= 1; // the sum, which the first frame goes on from
    assert_judged("a header's sum changed", 3);
    make_log(SQLITE_PAGE_BYTES, false);
    memset(wal.bytes, 0, HEADER_BYTES);
    assert_judged("no header", 3);
}

// Nothing but that is missing: the frames say which log they are of, and the database has what is in them.
static void a_damaged_header_of_a_log_that_was_moved(void **state) {
    (void)state;
    static const uint8_t nothing[HEADER_BYTES];
    make_log(SQLITE_PAGE_BYTES, false);
    add_frame(5, 0); // which was not committed, and need not be there
    database[4 * SQLITE_PAGE_BYTES + 5] ^= 1;
    wal.bytes[17] ^= 1;
    write_file(path, database, database_length);
    assert_judged("a damaged header, and all is moved", 0);
    memcpy(wal.bytes, nothing, sizeof nothing); // so SQLite makes a new one
    assert_log_is(wal.bytes, wal.length);
    assert_judged("a log whose header was cleared", 0);
}

// One byte of one page, the last page, or the whole database.
static void a_damaged_header_of_a_log_that_was_not_moved(void **state) {
    (void)state;
    static const size_t places[] = {0, SQLITE_PAGE_BYTES - 1, SQLITE_PAGE_BYTES, 2 * SQLITE_PAGE_BYTES,
                                    4 * SQLITE_PAGE_BYTES - 1};
    make_log(SQLITE_PAGE_BYTES, false);
    wal.bytes[17] ^= 1;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        database[places[i]] ^= 1;
        write_file(path, database, database_length);
        assert_judged("a page is not as the log has it", 4);
        database[places[i]] ^= 1;
    }
    write_file(path, database, database_length - 1);
    assert_judged("the last page is cut short", 4);
    write_file(path, database, 0);
    assert_judged("the database is empty", 4);
    unlink(path);
    assert_judged("there is no database", 4);
}

// The salts are those of the first frame that is not empty.
static void frames_that_were_never_written_say_nothing(void **state) {
    (void)state;
    make_log(SQLITE_PAGE_BYTES, false);
    wal.bytes[17] ^= 1;
    memset(wal.bytes + frame_at(0), 0, frame_bytes());
    assert_judged("no header, and the first frame is empty", 3);
    memset(wal.bytes + frame_at(0), 0, 7 * frame_bytes());
    assert_judged("all frames are empty", 0);
}

// Pages that no database has are no header's.
static void sizes_of_pages_that_cannot_be(void **state) {
    (void)state;
    static const uint32_t sizes[] = {256, 504, 131072, SQLITE_PAGE_BYTES + 4};
    static const uint8_t nothing[HEADER_BYTES];
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        begin_log(sizes[i], false);
        assert_judged("a header of such pages", 0);
        assert_log_is(nothing, sizeof nothing); // SQLite would not take it
    }
}

static void what_is_no_file_is_refused(void **state) {
    (void)state;
    struct error error;
    assert_int_equal(symlink("elsewhere", log_path), 0);
    assert_false(sqlite_log_check(&names, &error));
    assert_error(&error, ERROR_STORE_FAILED);
    assert_non_null(strstr(error.text, "cannot read its log"));
    assert_false(sqlite_log_settle(&names, &error));
    assert_error(&error, ERROR_STORE_FAILED);
    assert_non_null(strstr(error.text, "cannot write its log"));
    unlink(log_path);
    assert_int_equal(mkdir(log_path, 0700), 0);
    assert_false(sqlite_log_check(&names, &error));
    assert_error(&error, ERROR_STORE_FAILED);
    assert_non_null(strstr(error.text, "cannot read the log"));
}

// Whatever cannot be read is not taken, whichever read it is.
static void a_read_that_fails_is_no_answer(void **state) {
    (void)state;
    struct error error;
    for (int damaged = 0; damaged < 2; damaged++) {
        make_log(SQLITE_PAGE_BYTES, false);
        wal.bytes[17] ^= (uint8_t)damaged; // then the database is read, too, and lacks the last page
        write_file(path, database, database_length - SQLITE_PAGE_BYTES * (size_t)damaged);
        for (int serves = 0; serves < 2; serves++) {
            write_file(log_path, wal.bytes, wal.length);
            memset(&calls, 0, sizeof calls);
            bool good = serves ? sqlite_log_settle(&names, &error) : sqlite_log_check(&names, &error);
            assert_int_equal(good, !damaged);
            int reads = calls.reads;
            assert_true(reads > 8);
            for (int failing = 1; failing <= reads; failing++) {
                write_file(log_path, wal.bytes, wal.length);
                memset(&calls, 0, sizeof calls);
                calls.failing_read = failing;
                good = serves ? sqlite_log_settle(&names, &error) : sqlite_log_check(&names, &error);
                if (good && damaged) {
                    fail_msg("read %d of %d failed, and the log is %s", failing, reads,
                             serves ? "taken" : "found good");
                }
                assert_true(!good || failing == reads); // a reader does not go on after the first look
                if (!good && !damaged) {
                    assert_error(&error, ERROR_STORE_FAILED);
                    assert_non_null(strstr(error.text, strerror(EIO)));
                }
            }
        }
    }
}

static void reads_may_come_short(void **state) {
    (void)state;
    calls.halves = true;
    make_log(4096, false);
    assert_judged("a whole log", 0);
    assert_log_is(wal.bytes, wal.length);
    wal.bytes[frame_at(0) + 50] ^= 1;
    assert_judged("a damaged one", 3);
}

static void a_log_that_cannot_be_written_is_not_taken(void **state) {
    (void)state;
    struct error error;
    make_log(SQLITE_PAGE_BYTES, false);
    wal.bytes[17] ^= 1;
    write_file(path, database, database_length);
    write_file(log_path, wal.bytes, wal.length);
    memset(&calls, 0, sizeof calls);
    assert_true(sqlite_log_settle(&names, &error));
    assert_true(calls.writes >= 3); // the header, and the log again
    assert_int_equal(calls.syncs, 1);
    int writes = calls.writes;
    for (int failing = 1; failing <= writes + 1; failing++) {
        write_file(log_path, wal.bytes, wal.length);
        memset(&calls, 0, sizeof calls);
        calls.failing_write = failing;
        calls.failing_sync = failing > writes;
        assert_false(sqlite_log_settle(&names, &error));
        assert_error(&error, ERROR_STORE_FAILED);
        assert_non_null(strstr(error.text, "cannot write its log"));
    }
}

// Written while it is looked at -----------------------------------------------------------------------------

static int good_from; // the time from which on it is as it should be

static void damage_first(int time) {
    make_log(512, false);
    wal.bytes[frame_at(0) + 50] ^= time < good_from;
    write_file(log_path, wal.bytes, wal.length);
}

static void damage_elsewhere(int time) {
    make_log(512, false);
    wal.bytes[frame_at(time % 3) + 50] ^= time < good_from;
    write_file(log_path, wal.bytes, wal.length);
}

// Each time, or only when it is looked at whether it still is the same log.
static void damage_and_begin_anew(int time) {
    damage_first(time);
    wal.bytes[15] = (uint8_t)time; // how often it has begun
    wal.sums[0] = wal.sums[1] = 0;
    add_up(0, 24);
    put_sums(24);
    write_file(log_path, wal.bytes, wal.length);
}

static void begin_anew_at_last(int time) {
    damage_and_begin_anew(time % 3 == 0 ? 8 : 4);
    if (time >= good_from) {
        damage_first(time);
    }
}

static bool checks(void (*on_header)(int time), int good) {
    struct error error;
    memset(&calls, 0, sizeof calls);
    calls.on_header = on_header;
    good_from = good;
    make_log(512, false);
    write_file(log_path, wal.bytes, wal.length);
    return sqlite_log_check(&names, &error);
}

// What is found once may have been read half-written; found twice at one place of one log it is a damage.
static void a_damage_is_one_when_it_is_found_again(void **state) {
    (void)state;
    assert_true(checks(damage_first, 2)); // found good when it is looked at again
    assert_false(checks(damage_first, 3));
    assert_int_equal(calls.headers, 3); // and whether it is the same log still
    assert_true(checks(damage_elsewhere, 60));
    assert_true(checks(damage_and_begin_anew, 60));
    assert_true(checks(begin_anew_at_last, 60));
    assert_true(checks(damage_and_begin_anew, 1000000)); // for ever: somebody has all of it
}

#define LOG_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        LOG_TEST(no_log_is_no_damage),
        LOG_TEST(a_whole_log_is_taken_as_it_is),
        LOG_TEST(an_end_that_was_being_written_is_taken),
        LOG_TEST(damage_counts_the_commits_after_its_own),
        LOG_TEST(an_older_logs_frames_do_not_count),
        LOG_TEST(a_damaged_header_counts_all_commits),
        LOG_TEST(a_damaged_header_of_a_log_that_was_moved),
        LOG_TEST(a_damaged_header_of_a_log_that_was_not_moved),
        LOG_TEST(frames_that_were_never_written_say_nothing),
        LOG_TEST(sizes_of_pages_that_cannot_be),
        LOG_TEST(a_read_that_fails_is_no_answer),
        LOG_TEST(reads_may_come_short),
        LOG_TEST(a_log_that_cannot_be_written_is_not_taken),
        LOG_TEST(a_damage_is_one_when_it_is_found_again),
        LOG_TEST(what_is_no_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
