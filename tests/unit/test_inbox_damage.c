// Damage in the inbox of an SQLite store is told, and no bet is lost by it.
#include "filing_story.h"

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

// Agency 1 has finished with two bets, of which the second lies in row 3, after one of agency 2, which waits.
static void make_filed_row(void) {
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 1);
    store_one(store, 2, 0, 1);
    store_one(store, 1, 1, 1);
    begin(store);
    put(store, 1, 2, finished);
    commit(store);
    store_close(&store);
    assert_query("SELECT count(*) FROM inbox WHERE id = 3", 1);
}

// The bets of a row that are filed lie elsewhere: what damages them there stops nobody, and goes with the
// row.
static void a_damaged_row_of_filed_bets_is_spared(void **state) {
    (void)state;
    static const char *const damages[] = {"replace(lines, 'A', 'x')", "replace(lines, char(10), 'x')",
                                          "replace(lines, '\"', char(10))"};
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        char sql[128], text[64] = "";
        struct error error;
        make_filed_row();
        sprintf(sql, "UPDATE inbox SET lines = %s WHERE id = 3", damages[i]);
        execute(sql);
        struct store *store = open_draw("1", STORE_READ);
        damage[0] = '\0';
        store_survey(store, note_damage, NULL);
        must(store_agencies(store, note_agency, text, &error), &error);
        assert_string_equal(damage,
                            "row 3 of the inbox is not as it was stored, but all its bets are filed; ");
        store_close(&store);
        store = open_draw("1", STORE_SERVE);
        assert_agencies(store, "1:2! 2:1 ");
        assert_query("SELECT count(*) FROM inbox", 2);
        begin(store);
        put(store, 2, 1, finished);
        commit(store);
        assert_query("SELECT count(*) FROM inbox", 0);
        store_close(&store);
        remove_files();
    }
}

// Where it is not proven that all of them are filed: a last bet that waits may only look like a filed one, as
// somebody may bet the same twice.
static void a_row_that_may_be_needed_is_not_spared(void **state) {
    (void)state;
    static const char *const damages[] = {"lines = replace(lines, '2,1,', '2,0,')",
                                          "lines = replace(lines, '2,1,', '1,0,')", "digest = x'00'",
                                          "lines = ''"};
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        char sql[128], text[64] = "";
        struct error error;
        struct store *store = open_draw("1", STORE_SERVE);
        store_one(store, 1, 0, 1);
        store_filed(store, 2, 0, 1);
        begin(store);
        put(store, 1, 1, finished);
        put(store, 2, 1, "");
        commit(store);
        store_one(store, 3, 0, 1);
        store_one(store, 2, 1, 1);
        store_close(&store);
        sprintf(sql, "UPDATE inbox SET %s", damages[i]);
        execute(sql);
        store = open_draw("1", STORE_SERVE);
        if (store_agencies(store, note_agency, text, &error)) {
            fail_msg("with %s a server goes on, and has %s", damages[i], text);
        }
        assert_told(error.text, "of the inbox is not as it was stored;");
        store_close(&store);
        remove_files();
    }
}

// Flips bits of a byte, in place. False behind the last one.
static bool flip(const char *column, int row, int at, unsigned char mask) {
    sqlite3 *database;
    sqlite3_blob *blob;
    unsigned char byte;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, "PRAGMA synchronous = OFF", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_blob_open(database, "main", "inbox", column, row, 1, &blob), SQLITE_OK);
    bool is_there = at < sqlite3_blob_bytes(blob);
    if (is_there) {
        assert_int_equal(sqlite3_blob_read(blob, &byte, 1, at), SQLITE_OK);
        byte ^= mask;
        assert_int_equal(sqlite3_blob_write(blob, &byte, 1, at), SQLITE_OK);
    }
    assert_int_equal(sqlite3_blob_close(blob), SQLITE_OK);
    sqlite3_close(database);
    return is_there;
}

// How often what is stored is read in spite of a flipped bit, and then it is right.
static int flip_all(const char *column, int row, unsigned char mask) {
    int spared = 0;
    for (int at = 0; flip(column, row, at, mask); at++) {
        char text[64] = "";
        struct error error;
        struct store *store = open_draw("1", STORE_READ);
        bool read = store_agencies(store, note_agency, text, &error);
        if (read && strcmp(text, "1:2! 2:2 3:1 ") != 0) {
            fail_msg("with byte %d of %s of row %d flipped, there are %s", at, column, row, text);
        }
        spared += read;
        store_close(&store);
        (void)flip(column, row, at, mask);
    }
    return spared;
}

static void no_flipped_bit_loses_a_bet(void **state) {
    (void)state;
    static const int rows[] = {2, 3, 4}; // of agencies 3, which waits; 1, filed; and 2, whose first is filed
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 1);
    store_one(store, 3, 0, 1);
    store_one(store, 1, 1, 1);
    store_filed(store, 2, 0, 1);
    begin(store);
    put(store, 1, 2, finished);
    put(store, 2, 1, "");
    commit(store);
    store_one(store, 2, 1, 1);
    store_close(&store);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int spared = flip_all("lines", rows[i], 1) + flip_all("lines", rows[i], 6);
        assert_int_equal(flip_all("digest", rows[i], 1), 0);
        // "1,1," is its beginning, and the rest is the bet: each of its bytes twice.
        assert_int_equal(spared,
                         rows[i] == 3 ? 2 * query("SELECT length(lines) - 4 FROM inbox WHERE id = 3") : 0);
    }
}

// Its row says how many bets it has, and nothing may come after them.
static void a_finished_agency_has_nothing_there(void **state) {
    (void)state;
    struct error error;
    struct stored_agency row = {.agency = 1, .bets = 1};
    char sql[192], text[64] = "";
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 3);
    store_one(store, 2, 0, 1);
    store_close(&store);
    strcpy(row.finished_at, finished);
    sprintf(sql,
            "INSERT INTO agencies (draw, agency, bets, finished_at, voidings, receipted, checksum)"
            " VALUES ('1', 1, 1, '%s', 0, 0, %lld)",
            finished, (long long)stored_agency_checksum("1", &row));
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

int main(void) {
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_damaged_row_is_told),
        STORE_TEST(a_damaged_row_of_filed_bets_is_spared),
        STORE_TEST(a_row_that_may_be_needed_is_not_spared),
        STORE_TEST(no_flipped_bit_loses_a_bet),
        STORE_TEST(a_finished_agency_has_nothing_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
