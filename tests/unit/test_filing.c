// Small chunks in an SQLite store are read from its inbox as they are read when they have been filed.
#include "store_story.h"

// A number that SQL gives about the store.
static int64_t query(const char *sql) {
    sqlite3 *database;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(database));
    }
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return number;
}

static void execute(const char *sql) {
    sqlite3 *database;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(database));
    }
    sqlite3_close(database);
}

#define assert_query(sql, expected) assert_int_equal(query(sql), expected)

static void add(struct store *store, uint32_t agency, uint64_t first, uint32_t count) {
    struct error error;
    struct stored_chunk chunk = chunk_of(agency, first, count);
    must(store_add_chunk(store, &chunk, &error), &error);
}

static void put(struct store *store, uint32_t agency, uint64_t bets, const char *finished_at) {
    struct error error;
    struct stored_agency row = {.agency = agency, .bets = bets};
    strcpy(row.finished_at, finished_at);
    must(store_put_agency(store, &row, &error), &error);
}

static void begin(struct store *store) {
    struct error error;
    must(store_begin(store, &error), &error);
}

static void commit(struct store *store) {
    struct error error;
    must(store_commit(store, &error), &error);
}

static bool note_agency(void *context, const struct stored_agency *agency, struct error *error) {
    (void)error;
    char *text = context;
    sprintf(text + strlen(text), "%u:%llu%s ", agency->agency, (unsigned long long)agency->bets,
            agency->finished_at[0] != '\0' ? "!" : "");
    return true;
}

static void assert_agencies(struct store *store, const char *expected) {
    char text[256] = "";
    struct error error;
    must(store_agencies(store, note_agency, text, &error), &error);
    assert_string_equal(text, expected);
}

// Counts alone: those of one group are joined, and not as chunk_of makes them.
static bool note_counts(void *context, const struct stored_chunk *chunk, struct error *error) {
    (void)error;
    struct reading *reading = context;
    size_t length = strlen(reading->text);
    assert_null(chunk->rows);
    (void)snprintf(reading->text + length, sizeof reading->text - length, "%u:%llu+%un ", chunk->agency,
                   (unsigned long long)chunk->first, chunk->count);
    return true;
}

static const char finished[] = "2026-01-02T00:00:00Z";

// A group's chunks are one row, and no other table is written.
static void a_group_is_one_row(void **state) {
    (void)state;
    struct store *store = open_draw("1", STORE_SERVE);
    begin(store);
    add(store, 2, 0, 3);
    add(store, 1, 0, 1);
    add(store, 2, 3, 2);
    put(store, 1, 1, "");
    put(store, 2, 5, "");
    assert_agencies(store, "1:1 2:5 "); // of the open group, too
    commit(store);
    store_one(store, 9, 0, 2);
    assert_query("SELECT count(*) FROM inbox", 2);
    assert_query("SELECT count(*) FROM chunks", 0);
    assert_query("SELECT count(*) FROM agencies", 0);
    assert_query("SELECT count(*) FROM bets", 8);
    for (int mode = STORE_SERVE; mode <= STORE_READ; mode++) {
        store_close(&store);
        store = open_draw("1", (enum store_mode)mode);
        assert_agencies(store, "1:1 2:5 9:2 ");
        struct reading reading = {0};
        struct error error;
        must(store_numbers(store, note_counts, &reading, &error), &error);
        assert_string_equal(reading.text, "1:0+1n 2:0+5n 9:0+2n ");
    }
    store_close(&store);
}

// Chunks and what is in the inbox come in the order of agencies and bets.
static void what_is_filed_comes_first(void **state) {
    (void)state;
    struct store *store = open_draw("1", STORE_SERVE);
    for (uint32_t agency = 2; agency <= 6; agency += 2) { // those of 2, 4 and 6 are filed
        begin(store);
        no_inbox();
        add(store, agency, 0, 3);
        usual_inbox();
        put(store, agency, 3, "");
        commit(store);
    }
    store_one(store, 7, 0, 1);
    store_one(store, 4, 3, 2);
    store_one(store, 1, 0, 1);
    store_one(store, 4, 5, 1);
    store_one(store, 3, 0, 2);
    for (int i = 0; i < 2; i++) {
        assert_agencies(store, "1:1 2:3 3:2 4:6 6:3 7:1 ");
        assert_chunks(store, 0, 0, UINT64_MAX, "1:0+1 2:0+3 3:0+2 4:0+3 4:3+2 4:5+1 6:0+3 7:0+1 ");
        assert_chunks(store, 0, 3, 5, "4:3+2 ");
        assert_chunks(store, 4, 2, 4, "4:0+3 4:3+2 ");
        assert_chunks(store, 4, 4, 5, "4:3+2 ");
        assert_chunks(store, 4, 6, 9, "");
        store_close(&store);
        store = open_draw("1", i == 0 ? STORE_SERVE : STORE_READ);
    }
    store_close(&store);
}

// An agency that finishes, or sends a large chunk, leaves nothing in the inbox: the next group deletes its
// rows.
static void an_end_files_the_agency(void **state) {
    (void)state;
    for (int large = 0; large < 2; large++) {
        struct store *store = open_draw("1", STORE_SERVE);
        store_one(store, 1, 0, 2);
        store_one(store, 2, 0, 1);
        store_one(store, 1, 2, 1);
        begin(store);
        filing_limits.chunk_bytes = large ? 50 : filing_limits.chunk_bytes;
        add(store, 1, 3, 3);
        put(store, 1, 6, large ? "" : finished);
        commit(store);
        usual_inbox();
        assert_query("SELECT count(*) FROM chunks", large ? 2 : 1);
        assert_query("SELECT count FROM chunks WHERE first = 0", large ? 3 : 6);
        assert_query("SELECT bets FROM agencies", 6);
        assert_query("SELECT count(*) FROM inbox", 2); // agency 2 is in the second one
        begin(store);
        put(store, 2, 1, finished);
        commit(store);
        assert_query("SELECT count(*) FROM inbox", 0);
        assert_query("SELECT rows FROM inboxes", 0);
        assert_query("SELECT count(*) FROM bets", 7);
        store_close(&store);
        store = open_draw("1", STORE_READ);
        assert_agencies(store, large ? "1:6 2:1! " : "1:6! 2:1! ");
        store_close(&store);
        remove_files();
    }
}

// Not what follows a gap, or what a finished agency sends.
static void other_places_are_no_business_of_the_inbox(void **state) {
    (void)state;
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 2, 1);
    begin(store);
    put(store, 2, 3, finished);
    commit(store);
    store_one(store, 2, 3, 1);
    assert_query("SELECT count(*) FROM inbox", 0);
    assert_query("SELECT count(*) FROM chunks", 2);
    store_close(&store);
}

static void use_agency_4(bool is_filed) {
    struct store *store = open_draw("1", STORE_SERVE);
    for (uint64_t first = 0; first < 3; first++) {
        store_one(store, 4, first, 1);
    }
    if (is_filed) { // all three together
        begin(store);
        filing_limits.chunk_bytes = 10;
        add(store, 4, 3, 1);
        put(store, 4, 4, "");
        commit(store);
        usual_inbox();
        assert_query("SELECT count(*) FROM chunks", 2);
    }
    store_close(&store);
}

// No place is free within what waits to be filed, or within what was filed together, neither for a small
// chunk nor for a large one.
static void no_place_is_taken_twice(void **state) {
    (void)state;
    struct error error;
    for (int try = 0; try < 5 * 2 * 2; try++) {
        uint64_t first = (uint64_t)try / 4;
        bool is_filed = try % 2 != 0, is_large = try / 2 % 2 != 0;
        use_agency_4(is_filed);
        struct store *store = open_draw("1", STORE_SERVE);
        struct stored_chunk again = chunk_of(4, first, 1);
        begin(store);
        filing_limits.chunk_bytes = is_large ? 10 : filing_limits.chunk_bytes;
        bool added = store_add_chunk(store, &again, &error);
        usual_inbox();
        if (added != (first >= (is_filed ? 4 : 3))) {
            fail_msg("of %d bets %s, another %s chunk from bet %d on was %s", is_filed ? 4 : 3,
                     is_filed ? "that are filed" : "in the inbox", is_large ? "large" : "small", (int)first,
                     added ? "stored" : "refused");
        }
        assert_true(added || error.code == ERROR_STORE_FAILED);
        store_close(&store);
        remove_files();
    }
}

// What is dropped leaves the inbox as it was, also where it had filed something.
static void a_dropped_group_leaves_the_inbox(void **state) {
    (void)state;
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 2);
    store_one(store, 2, 0, 1);
    begin(store);
    add(store, 1, 2, 1);
    add(store, 3, 0, 1);
    put(store, 2, 1, finished);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+2 1:2+1 2:0+1 3:0+1 ");
    store_drop(store);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+2 2:0+1 ");
    assert_agencies(store, "1:2 2:1 ");
    assert_query("SELECT count(*) FROM inbox", 2);
    store_one(store, 1, 2, 1);
    store_close(&store);
    store = open_draw("1", STORE_READ);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+2 1:2+1 2:0+1 ");
    store_close(&store);
}

// Files one agency in a group that is not committed, and is killed.
static void file_and_die(void) {
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 2);
    store_one(store, 2, 0, 2);
    begin(store);
    add(store, 2, 2, 1);
    put(store, 1, 2, finished);
    kill(getpid(), SIGKILL);
    _exit(1);
}

static void a_killed_server_has_filed_nothing(void **state) {
    (void)state;
    int status;
    pid_t child = fork();
    if (child == 0) {
        file_and_die();
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    struct store *store = open_draw("1", STORE_SERVE);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+2 2:0+2 ");
    store_one(store, 2, 2, 3);
    assert_chunks(store, 2, 0, UINT64_MAX, "2:0+2 2:2+3 ");
    store_close(&store);
}

// An agency with much in the inbox is filed, so no chunk gets long.
static void an_agency_with_much_is_filed(void **state) {
    (void)state;
    enum { BETS = 300, MAX = 1000 };
    struct store *store = open_draw("1", STORE_SERVE);
    filing_limits.agency_bytes = MAX;
    filing_limits.target_bytes = 100 * MAX;
    begin(store);
    for (uint64_t first = 0; first < BETS; first += 3) {
        add(store, 1, first, 3);
    }
    commit(store);
    assert_query("SELECT max(length(CAST(rows AS BLOB))) > 1000 FROM chunks", 0);
    assert_query("SELECT min(length(CAST(rows AS BLOB))) > 900 FROM chunks", 1);
    assert_query("SELECT sum(count) FROM chunks", query("SELECT bets FROM agencies"));
    assert_query("SELECT count(*) FROM bets", BETS);
    store_close(&store);
}

// However long it goes on, the inbox holds so much and no more, and no group files many times what it brings.
static void the_inbox_stays_small(void **state) {
    (void)state;
    enum { GROUPS = 300, AGENCIES = 20, HELD = 20000, ROWS_MAX = 60 };
    struct store *store = open_draw("1", STORE_SERVE);
    filing_limits.held_bytes = HELD;
    int64_t chunks = 0, most = 0, filed;
    for (uint64_t group = 0; group < GROUPS; group++) {
        begin(store);
        for (uint32_t agency = 1; agency <= AGENCIES; agency++) {
            add(store, agency, group, 1);
        }
        commit(store);
        if (group % 10 == 9) {
            filed = query("SELECT count(*) FROM chunks") - chunks;
            chunks += filed;
            most = filed > most ? filed : most;
        }
    }
    int64_t held = query("SELECT sum(length(CAST(lines AS BLOB))) FROM inbox");
    if (held > HELD * 5 / 4 || held < HELD / 2) {
        fail_msg("of %d bytes that may lie in the inbox, %lld do", HELD, (long long)held);
    }
    if (most > AGENCIES) {
        fail_msg("ten groups filed %lld agencies", (long long)most);
    }
    assert_query("SELECT count(*) FROM bets", GROUPS * AGENCIES);
    assert_query("SELECT min(count) > 5 FROM chunks", 1);
    store_close(&store);
}

static void assert_told(const char *text, const char *part) {
    if (strstr(text, part) == NULL) {
        fail_msg("expected to be told: %s; told was: %s", part, text);
    }
}

static char damage[1024];

static void note_damage(void *context, const char *what) {
    (void)context;
    sprintf(damage + strlen(damage), "%s; ", what);
}

// A server does not start on it; a check says it once, and reads what is whole.
static void a_damaged_row_is_told(void **state) {
    (void)state;
    static const struct {
        const char *sql, *server, *check, *chunks;
    } cases[] = {
        {"UPDATE inbox SET lines = replace(lines, '\"B\"', 'B') WHERE id = 2", "row 2 of the inbox is not",
         "row 2 of the inbox is not as it was stored; ", "1:0+1 1:2+1 2:0+2 "},
        {"UPDATE inbox SET digest = x'00' WHERE id = 1", "row 1 of the inbox is not",
         "row 1 of the inbox is not as it was stored; ", "1:1+1 1:2+1 2:0+2 "},
        {"DELETE FROM inbox WHERE id = 4", "its inbox has 3 rows up to row 3 in place of 4 up to row 4",
         "its inbox has 3 rows up to row 3 in place of 4 up to row 4; ", "1:0+1 1:1+1 1:2+1 "},
        {"UPDATE inboxes SET rows = 5", "how many rows its inbox has is not as it was stored",
         "how many rows its inbox has is not as it was stored; ", "1:0+1 1:1+1 1:2+1 2:0+2 "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct error error;
        char text[64] = "";
        struct store *store = open_draw("1", STORE_SERVE);
        for (uint64_t bet = 0; bet < 3; bet++) {
            store_one(store, 1, bet, 1);
        }
        store_one(store, 2, 0, 2);
        store_close(&store);
        execute(cases[i].sql);
        store = open_draw("1", STORE_SERVE);
        assert_false(store_agencies(store, note_agency, text, &error));
        assert_int_equal(error.code, ERROR_STORE_FAILED);
        assert_told(error.text, cases[i].server);
        assert_told(error.text, "see quiniela check");
        store_close(&store);
        store = open_draw("1", STORE_READ);
        damage[0] = '\0';
        store_survey(store, note_damage, NULL);
        must(store_agencies(store, note_agency, text, &error), &error);
        assert_chunks(store, 0, 0, UINT64_MAX, cases[i].chunks);
        assert_string_equal(damage, cases[i].check);
        store_close(&store);
        remove_files();
    }
}

// Its row says how many bets it has, and nothing may come after them.
static void a_finished_agency_has_nothing_there(void **state) {
    (void)state;
    struct error error;
    struct stored_agency row = {.agency = 1, .bets = 1};
    char sql[160], text[64] = "";
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 3);
    store_one(store, 2, 0, 1);
    store_close(&store);
    strcpy(row.finished_at, finished);
    sprintf(sql, "INSERT INTO agencies VALUES ('1', 1, 1, '%s', NULL, %lld)", finished,
            (long long)stored_agency_checksum("1", &row));
    execute(sql);
    store = open_draw("1", STORE_SERVE);
    if (store_agencies(store, note_agency, text, &error)) {
        fail_msg("a server goes on with bets after an agency's end: %s", text);
    }
    assert_int_equal(error.code, ERROR_STORE_FAILED);
    assert_told(error.text, "agency 1 has finished, and its bet 1 waits in the inbox");
    store_close(&store);
    store = open_draw("1", STORE_READ);
    damage[0] = '\0';
    store_survey(store, note_damage, NULL);
    must(store_agencies(store, note_agency, text, &error), &error);
    assert_string_equal(text, "1:1! 2:1 ");
    assert_string_equal(damage, "agency 1 has finished, and its bet 1 waits in the inbox; ");
    store_close(&store);
}

// A line that was filed is ignored, an agency's damaged row is handed on as it is, and draws keep apart.
static void lines_count_from_what_is_filed_on(void **state) {
    (void)state;
    struct error error;
    char text[64] = "";
    struct store *store = open_draw("2", STORE_SERVE);
    store_one(store, 1, 0, 3);
    store_close(&store);
    store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 2);
    begin(store);
    add(store, 2, 0, 1);
    put(store, 1, 2, finished); // filed, and its line stays: agency 2 is in no older row, but in this one
    commit(store);
    store_one(store, 2, 1, 1);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+2 2:0+1 2:1+1 ");
    assert_query("SELECT count(*) FROM bets WHERE draw = '1'", 4);
    assert_query("SELECT count(*) FROM bets WHERE draw = '2' AND agency = 1", 3);
    store_close(&store);
    execute("INSERT INTO agencies VALUES ('1', 2, 1, NULL, NULL, 7)");
    store = open_draw("1", STORE_READ);
    assert_false(store_agencies(store, note_agency, text, &error));
    assert_told(error.text, "the row of agency 2 is damaged");
    store_close(&store);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_group_is_one_row),
        STORE_TEST(what_is_filed_comes_first),
        STORE_TEST(an_end_files_the_agency),
        STORE_TEST(other_places_are_no_business_of_the_inbox),
        STORE_TEST(no_place_is_taken_twice),
        STORE_TEST(a_dropped_group_leaves_the_inbox),
        STORE_TEST(a_killed_server_has_filed_nothing),
        STORE_TEST(an_agency_with_much_is_filed),
        STORE_TEST(the_inbox_stays_small),
        STORE_TEST(a_damaged_row_is_told),
        STORE_TEST(a_finished_agency_has_nothing_there),
        STORE_TEST(lines_count_from_what_is_filed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
