// The bets of an agency that was reset leave the draw, are kept, and never count as its new ones.
#include "store_story.h"

#include "memory_store.h"

// What was voided, as text: "1.2:0+3 " is a chunk of reset 2 of agency 1.
static bool note_voided(void *context, uint32_t voiding, const struct stored_chunk *chunk,
                        struct error *error) {
    (void)error;
    struct reading *reading = context;
    struct stored_chunk written = chunk_of(chunk->agency, chunk->first, chunk->count);
    size_t length = strlen(reading->text);
    snprintf(reading->text + length, sizeof reading->text - length, "%u.%u:%llu+%u ", chunk->agency, voiding,
             (unsigned long long)chunk->first, chunk->count);
    assert_memory_equal(chunk->numbers, written.numbers, 2 * (size_t)chunk->count);
    assert_memory_equal(chunk->digest, written.digest, sizeof written.digest);
    assert_int_equal(chunk->rows_length, written.rows_length);
    assert_memory_equal(chunk->rows, written.rows, written.rows_length);
    return true;
}

static void assert_voided_at(struct store *store, const char *expected, const char *file, int line) {
    struct reading reading = {0};
    struct error error;
    must_at(store_voided(store, note_voided, &reading, &error), &error, "reading what was voided", file,
            line);
    expect_text(reading.text, expected, "the voided chunks", "as given", file, line);
}

#define assert_voided(store, expected) assert_voided_at(store, expected, __FILE__, __LINE__)

static bool keep_agency(void *context, const struct stored_agency *agency, struct error *error) {
    (void)error;
    struct stored_agency *wanted = context;
    if (agency->agency == wanted->agency) {
        *wanted = *agency;
    }
    return true;
}

// Within a group, as a ledger does it.
static bool reset(struct store *store, uint32_t agency, uint64_t *bets, struct error *error) {
    struct stored_agency row = {.agency = agency};
    if (!store_agencies(store, keep_agency, &row, error)) {
        return false;
    }
    row.bets = 0;
    row.finished_at[0] = '\0';
    row.ending = AGENCY_UNFINISHED;
    row.voidings++;
    return store_void_agency(store, agency, row.voidings, bets, error) &&
           store_put_agency(store, &row, error);
}

static void assert_reset(struct store *store, uint32_t agency, uint64_t expected) {
    struct error error;
    uint64_t bets = UINT64_MAX;
    must(store_begin(store, &error) && store_lock_draw(store, &error) &&
             reset(store, agency, &bets, &error) && store_commit(store, &error),
         &error);
    assert_int_equal(bets, expected);
}

// Within a group: adds a chunk to what the agency has, with its row.
static void add(struct store *store, uint32_t agency, uint32_t count, const char *finished_at) {
    struct error error;
    struct stored_agency row = {.agency = agency};
    must(store_agencies(store, keep_agency, &row, &error), &error);
    struct stored_chunk chunk = chunk_of(agency, row.bets, count);
    row.bets += count;
    strcpy(row.finished_at, finished_at);
    must(store_add_chunk(store, &chunk, &error) && store_put_agency(store, &row, &error), &error);
}

static void begin(struct store *store) {
    struct error error;
    need_draw(store);
    must(store_begin(store, &error), &error);
}

static void commit(struct store *store) {
    struct error error;
    must(store_commit(store, &error), &error);
}

static void send(struct store *store, uint32_t agency, uint32_t count, const char *finished_at) {
    struct error error;
    struct stored_draw draw;
    bool found;
    uint32_t finished;
    begin(store);
    must(store_get_draw(store, &draw, &found, &error), &error);
    add(store, agency, count, finished_at);
    if (finished_at[0] != '\0') {
        must(store_count_finished(store, draw.checksum, 1, &finished, &error), &error);
    }
    commit(store);
}

static struct store *open_again(struct store *store) {
    store_close(&store);
    return open_draw("1", STORE_SERVE);
}

static void its_bets_leave_the_draw(void **state) {
    (void)state;
    no_inbox();
    struct store *store = open_draw("1", STORE_SERVE);
    send(store, 1, 3, "");
    send(store, 1, 2, "");
    send(store, 2, 1, "");
    assert_voided(store, "");
    assert_reset(store, 1, 5);
    store = open_again(store);
    assert_chunks(store, 0, 0, UINT64_MAX, "2:0+1 ");
    assert_voided(store, "1.1:0+3 1.1:3+2 ");
    send(store, 1, 2, "");
    assert_reset(store, 2, 1);
    assert_reset(store, 1, 2); // once more
    assert_reset(store, 3, 0); // it had none
    send(store, 1, 1, "");
    store = open_again(store);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+1 ");
    assert_voided(store, "1.1:0+3 1.1:3+2 1.2:0+2 2.1:0+1 ");
    store_close(&store);
    store = open_draw("2", STORE_READ);
    assert_voided(store, ""); // another draw's
    store_close(&store);
}

// In an SQLite store bets wait in the inbox, in one row with others', or in the open group.
static void what_waits_to_be_filed_is_voided_too(void **state) {
    (void)state;
    struct error error;
    uint64_t bets;
    struct store *store = open_draw("1", STORE_SERVE);
    begin(store);
    add(store, 1, 3, "");
    add(store, 2, 1, "");
    commit(store);
    begin(store);
    add(store, 3, 2, "");
    add(store, 4, 2, "");
    must(reset(store, 1, &bets, &error), &error);
    assert_int_equal(bets, 3);
    must(reset(store, 4, &bets, &error), &error);
    assert_int_equal(bets, 2);
    add(store, 1, 1, "");
    add(store, 2, 1, "");
    add(store, 4, 1, "");
    commit(store);
    for (int i = 0; i < 2; i++) {
        assert_chunks(store, 0, 0, UINT64_MAX, "1:0+1 2:0+1 2:1+1 3:0+2 4:0+1 ");
        assert_voided(store, "1.1:0+3 4.1:0+2 ");
        store = open_again(store);
    }
    store_close(&store);
}

// An agency's earlier lines stay in a row of the inbox that others still need, and count as filed by its row,
// which begins anew.
static void lines_that_were_filed_do_not_come_back(void **state) {
    (void)state;
    struct store *store = open_draw("1", STORE_SERVE);
    begin(store);
    add(store, 1, 3, "");
    add(store, 2, 1, "");
    commit(store);
    no_inbox();
    send(store, 1, 2, ""); // files what it had, and goes past the inbox
    usual_inbox();
    assert_reset(store, 1, 5);
    store = open_again(store);
    assert_chunks(store, 0, 0, UINT64_MAX, "2:0+1 ");
    send(store, 1, 1, "");
    store = open_again(store);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+1 2:0+1 ");
    assert_voided(store, "1.1:0+3 1.1:3+2 ");
    store_close(&store);
}

// Filed later, its row still says how often it was reset.
static void its_row_keeps_the_count(void **state) {
    (void)state;
    struct error error;
    struct stored_agency row = {.agency = 1};
    struct store *store = open_draw("1", STORE_SERVE);
    send(store, 1, 3, "");
    assert_reset(store, 1, 3);
    send(store, 1, 1, "");
    store_filed(store, 1, 1, 2); // files what waits, with the row
    store = open_again(store);
    must(store_agencies(store, keep_agency, &row, &error), &error);
    assert_int_equal(row.voidings, 1);
    store_close(&store);
}

static void a_group_that_is_dropped_voids_nothing(void **state) {
    (void)state;
    struct error error;
    uint64_t bets;
    struct store *store = open_draw("1", STORE_SERVE);
    send(store, 1, 3, "");
    must(store_begin(store, &error) && reset(store, 1, &bets, &error), &error);
    assert_chunks(store, 0, 0, UINT64_MAX, "");
    assert_voided(store, "1.1:0+3 ");
    store_drop(store);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+3 ");
    assert_voided(store, "");
    send(store, 1, 2, "");
    store_close(&store);
}

static void nothing_is_voided_after_a_failure(void **state) {
    (void)state;
    struct error error;
    uint64_t bets;
    struct reading stopped = {.stop_after = 1}, reading = {0};
    struct store *store = open_draw("1", STORE_SERVE);
    send(store, 1, 3, "");
    assert_false(store_numbers(store, note_chunk, &stopped, &error)); // its callback stops it
    assert_false(store_void_agency(store, 1, 1, &bets, &error));
    assert_error(&error, ERROR_STORE_FAILED);
    assert_false(store_voided(store, note_voided, &reading, &error));
    assert_error(&error, ERROR_STORE_FAILED);
    store_close(&store);
}

// Commits a reset if `commits`, and is killed.
static void reset_and_die(bool commits) {
    struct error error;
    struct store *store;
    uint64_t bets;
    if (try_open("1", STORE_SERVE, &store, &error) && store_begin(store, &error) &&
        reset(store, 1, &bets, &error) && (!commits || store_commit(store, &error))) {
        kill(getpid(), SIGKILL);
    }
    _exit(1);
}

static void a_reset_is_stored_whole_or_not_at_all(void **state) {
    (void)state;
    if (!implementation->keeps_over_a_restart) {
        skip();
    }
    struct store *store = open_draw("1", STORE_SERVE);
    send(store, 1, 3, "");
    send(store, 2, 1, "");
    for (int commits = 0; commits < 2; commits++) {
        int status;
        store_close(&store);
        pid_t child = fork();
        if (child == 0) {
            reset_and_die(commits);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        store = open_draw("1", STORE_SERVE);
        assert_chunks(store, 0, 0, UINT64_MAX, commits ? "2:0+1 " : "1:0+3 2:0+1 ");
        assert_voided(store, commits ? "1.1:0+3 " : "");
    }
    store_close(&store);
}

// Who looks from outside ----------------------------------------------------------------------------------

// Runs the statement in the tested database. Returns the integer that it answers, or 0.
static long long run(const char *sql) {
    if (implementation->kind == &sqlite_kind) {
        sqlite3 *database;
        sqlite3_stmt *statement;
        assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
        if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK) {
            fail_msg("%s: %s", sql, sqlite3_errmsg(database));
        }
        long long value = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
        sqlite3_finalize(statement);
        sqlite3_close(database);
        return value;
    }
    PGconn *connection = PQconnectdb(path);
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK) {
        fail_msg("%s: %s", sql, PQerrorMessage(connection));
    }
    long long value = PQntuples(result) > 0 ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : 0;
    PQclear(result);
    PQfinish(connection);
    return value;
}

static void the_view_has_none_of_them(void **state) {
    (void)state;
    struct store *store = open_draw("1", STORE_SERVE);
    send(store, 1, 3, "");
    send(store, 2, 2, "");
    assert_reset(store, 1, 3);
    store_close(&store);
    assert_int_equal(run("SELECT count(*) FROM bets"), 2);
    assert_int_equal(run("SELECT sum(count) FROM voided"), 3);
}

// Which a shared store counts on its own.
static void an_agency_that_had_finished_is_not_counted(void **state) {
    (void)state;
    struct error error;
    struct stored_draw draw;
    bool found;
    uint32_t finished = 0;
    struct store *store = open_draw("1", STORE_SERVE);
    send(store, 1, 3, "2026-01-01T00:00:00Z");
    send(store, 2, 1, "2026-01-01T00:00:00Z");
    assert_reset(store, 1, 3);
    assert_reset(store, 1, 0); // and now it had not
    must(store_get_draw(store, &draw, &found, &error) && store_begin(store, &error) &&
             store_count_finished(store, draw.checksum, 1, &finished, &error),
         &error);
    if (store_is_shared(store)) {
        assert_int_equal(finished, 2);
    }
    store_drop(store);
    store_close(&store);
}

static void each_column_is_covered(void **state) {
    (void)state;
    static const char *const damages[] = {
        "agency = 2",
        "voiding = 2",
        "first = 1",
        "count = 2",
        "checksum = checksum + 1",
        "numbers = numbers || numbers",
        "digest = numbers",
    };
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        struct reading reading = {0};
        struct error error;
        char sql[128];
        struct store *store = open_draw("1", STORE_SERVE);
        send(store, 1, 3, "");
        assert_reset(store, 1, 3);
        assert_voided(store, "1.1:0+3 ");
        snprintf(sql, sizeof sql, "UPDATE voided SET %s", damages[i]);
        run(sql);
        store_close(&store);
        store = open_draw("1", STORE_READ);
        if (store_voided(store, note_voided, &reading, &error)) {
            fail_msg("%s: expected to be found as damage, and it was read as %s", sql, reading.text);
        }
        assert_non_null(strstr(error.text, "is not as it was stored"));
        store_close(&store);
        run("DELETE FROM voided");
        run("DELETE FROM agencies");
    }
}

static void make_memory(void) {
    snprintf(path, sizeof path, "memory:%s", strrchr(folder, '-') + 1);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        STORE_TEST(its_bets_leave_the_draw),
        STORE_TEST(what_waits_to_be_filed_is_voided_too),
        STORE_TEST(lines_that_were_filed_do_not_come_back),
        STORE_TEST(its_row_keeps_the_count),
        STORE_TEST(a_group_that_is_dropped_voids_nothing),
        STORE_TEST(nothing_is_voided_after_a_failure),
        STORE_TEST(a_reset_is_stored_whole_or_not_at_all),
        STORE_TEST(an_agency_that_had_finished_is_not_counted),
    };
    static const struct CMUnitTest from_outside[] = {
        STORE_TEST(the_view_has_none_of_them),
        STORE_TEST(each_column_is_covered),
    };
    static const struct implementation memory = {"memory",    &memory_kind,        NULL,
                                                 make_memory, memory_store_forget, false};
    enum { COUNT = sizeof tests / sizeof tests[0], OUTSIDE = sizeof from_outside / sizeof from_outside[0] };
    return run_against_all(tests, COUNT) + run_against(&memory, tests, COUNT) +
           run_against_all(from_outside, OUTSIDE);
}
