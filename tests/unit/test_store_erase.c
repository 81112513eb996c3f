// Of a draw that is erased no bet, name or document is left in the store, and every count is.
#include "store_story.h"

#include "memory_store.h"
#include "store/erase.h"

static const char sealed_at[] = "2026-01-01T00:00:00Z";

// As long as it may be.
static const char secret[STORE_SECRET_BYTES] = "the salts of one draw, not more";

// Two agencies' bets, some of them still in an SQLite store's inbox, voided ones, and a winner of each draw,
// which is signed.
static void make_draw(const char *name) {
    struct error error;
    uint64_t bets;
    struct store *store = open_draw(name, STORE_SERVE);
    struct stored_draw draw = {
        .agencies = 2, .opened_at = "2026-01-01T00:00:00Z", .rules = 1, .has_secret = true};
    memcpy(draw.secret, secret, sizeof draw.secret);
    struct stored_agency one = {.agency = 1, .bets = 3}, two = {.agency = 2, .bets = 2};
    struct stored_chunk chunk = chunk_of(1, 0, 3), again = chunk_of(1, 0, 2), other = chunk_of(2, 0, 2);
    struct stored_winner winner = {1, 0, "4711"};
    must(store_begin(store, &error) && store_put_draw(store, &draw, &error) &&
             store_add_chunk(store, &chunk, &error) && store_put_agency(store, &one, &error) &&
             store_commit(store, &error),
         &error);
    must(store_begin(store, &error) && store_void_agency(store, 1, 1, &bets, &error), &error);
    one.bets = 2;
    one.voidings = 1;
    draw.voided = bets;
    must(store_put_agency(store, &(struct stored_agency){.agency = 3}, &error), &error);
    must(store_add_winner(store, &winner, &error), &error);
    draw.state = DRAW_DRAWN;
    strcpy(draw.sealed_at, sealed_at);
    strcpy(draw.drawn_at, sealed_at);
    must(store_put_draw(store, &draw, &error) && store_commit(store, &error), &error);
    must(store_begin(store, &error), &error);
    struct stored_agency before = one;
    before.bets = 0;
    before.checksum = one.checksum;
    must(store_put_agency(store, &before, &error) && store_add_chunk(store, &again, &error), &error);
    one.checksum = before.checksum;
    must(store_put_agency(store, &one, &error) && store_add_chunk(store, &other, &error) &&
             store_put_agency(store, &two, &error) && store_commit(store, &error),
         &error);
    store_close(&store);
}

static bool note_agency(void *context, const struct stored_agency *agency, struct error *error) {
    (void)error;
    char *text = context;
    sprintf(text + strlen(text), "%u:%llu:%u ", agency->agency, (unsigned long long)agency->bets,
            agency->voidings);
    return true;
}

static bool note_voided(void *context, uint32_t voiding, const struct stored_chunk *chunk,
                        struct error *error) {
    (void)error;
    char *text = context;
    sprintf(text + strlen(text), "%u.%u+%u ", chunk->agency, voiding, chunk->count);
    return true;
}

static void assert_draw(const char *name, bool is_erased) {
    struct error error;
    struct stored_draw draw;
    bool found;
    char agencies[128] = "", winners[64] = "", voided[64] = "";
    struct store *store = open_draw(name, STORE_READ);
    must(store_get_draw(store, &draw, &found, &error), &error);
    assert_true(found);
    assert_int_equal(draw.erased_at[0] != '\0', is_erased);
    assert_int_equal(draw.state, DRAW_DRAWN);
    assert_string_equal(draw.sealed_at, sealed_at);
    assert_int_equal(draw.voided, 3);
    must(store_agencies(store, note_agency, agencies, &error), &error);
    assert_string_equal(agencies, "1:2:1 2:2:0 3:0:0 ");
    assert_chunks(store, 0, 0, UINT64_MAX, is_erased ? "" : "1:0+2 2:0+2 ");
    must(store_voided(store, note_voided, voided, &error), &error);
    assert_string_equal(voided, is_erased ? "" : "1.1+3 ");
    must(store_winners(store, note_winner, winners, &error), &error); // with a good checksum
    assert_string_equal(winners, is_erased ? "1:0: " : "1:0:4711 ");
    store_close(&store);
}

static void one_of_two_draws(void **state) {
    (void)state;
    struct error error;
    make_draw("1");
    make_draw("2");
    assert_draw("1", false);
    for (int i = 0; i < 2; i++) { // once more does no harm
        must(store_erase_draw(path, "1", &error), &error);
        assert_draw("1", true);
        assert_draw("2", false);
    }
    assert_false(store_erase_draw(path, "3", &error));
    assert_non_null(strstr(error.text, "it has no draw \"3\"; it has \"1\", \"2\""));
}

// An open one's bets take part, and so do a sealed one's: none of them goes. A server may be running.
static void only_a_drawn_one(void **state) {
    (void)state;
    struct error error;
    struct store *store = open_draw("1", STORE_SERVE);
    struct stored_draw draw = {.agencies = 1, .opened_at = "2026-01-01T00:00:00Z"};
    struct stored_agency one = {.agency = 1, .bets = 3};
    struct stored_chunk chunk = chunk_of(1, 0, 3);
    must(store_begin(store, &error) && store_put_draw(store, &draw, &error) &&
             store_add_chunk(store, &chunk, &error) && store_put_agency(store, &one, &error) &&
             store_commit(store, &error),
         &error);
    bool is_shared = store_is_shared(store);
    for (int sealed = 0; sealed < 2; sealed++) {
        if (!is_shared) {
            store_close(&store);
        }
        assert_false(store_erase_draw(path, "1", &error));
        assert_non_null(strstr(error.text, sealed
                                               ? "draw \"1\" is sealed, and only a drawn one can be erased"
                                               : "draw \"1\" is open, and only a drawn one can be erased"));
        if (!is_shared) {
            store = open_draw("1", STORE_SERVE);
        }
        assert_chunks(store, 0, 0, UINT64_MAX, "1:0+3 ");
        strcpy(draw.sealed_at, sealed_at);
        draw.state = DRAW_SEALED;
        must(store_begin(store, &error) && store_put_draw(store, &draw, &error) &&
                 store_commit(store, &error),
             &error);
    }
    store_close(&store);
}

// As a server deletes rows: their bytes stay where they were.
static void leave_a_trace(void) {
    sqlite3 *database;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(
            database,
            "PRAGMA secure_delete = OFF; INSERT INTO inbox VALUES (99, '1', x'00', hex(zeroblob(500))"
            " || '1,0,A,B,4711,2000-01-01,7'); DELETE FROM inbox WHERE id = 99",
            NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(database);
}

// Not in its pages either, nor in what other draws' rows share with it.
static void nothing_is_left_in_the_file(void **state) {
    (void)state;
    struct error error;
    make_draw("1");
    leave_a_trace();
    struct store *store = open_draw("2", STORE_SERVE);
    struct stored_draw draw = {.agencies = 2, .opened_at = "2026-01-01T00:00:00Z"};
    must(store_begin(store, &error) && store_put_draw(store, &draw, &error) && store_commit(store, &error),
         &error);
    store_close(&store);
    must(store_erase_draw(path, "1", &error), &error);
    for (int log = 0; log < 2; log++) {
        char name[300], bytes[65536];
        snprintf(name, sizeof name, "%s%s", path, log ? "-wal" : "");
        FILE *file = fopen(name, "rb");
        for (size_t length; file != NULL && (length = fread(bytes, 1, sizeof bytes, file)) > 0;) {
            assert_null(memmem(bytes, length, "2000-01-01", 10));
            assert_null(memmem(bytes, length, "4711", 4));
            assert_null(memmem(bytes, length, secret, 8));
        }
        if (file != NULL) {
            fclose(file);
        }
    }
}

static void ask_files(char files[256]) {
    PGconn *connection = PQconnectdb(path);
    PGresult *result = PQexec(connection, "SELECT relfilenode FROM pg_class WHERE oid IN ('chunks'::regclass,"
                                          " 'draws'::regclass, 'voided'::regclass, 'winners'::regclass)");
    assert_int_equal(PQntuples(result), 4);
    files[0] = '\0';
    for (int row = 0; row < 4; row++) {
        sprintf(files + strlen(files), "%s ", PQgetvalue(result, row, 0));
    }
    PQclear(result);
    PQfinish(connection);
}

// What was deleted, or replaced, stays in a table's file until it is written anew.
static void every_table_that_had_some_is_written_anew(void **state) {
    (void)state;
    struct error error;
    char before[256], after[256];
    make_draw("1");
    ask_files(before);
    must(store_erase_draw(path, "1", &error), &error);
    ask_files(after);
    for (char *one = strtok(before, " "); one != NULL; one = strtok(NULL, " ")) {
        assert_null(strstr(after, one));
    }
}

static void not_while_a_server_works(void **state) {
    (void)state;
    struct error error;
    make_draw("1");
    struct store *store = open_draw("1", STORE_SERVE);
    assert_false(store_erase_draw(path, "1", &error));
    assert_non_null(strstr(error.text, "another server"));
    store_close(&store);
    assert_draw("1", false);
}

static void make_memory(void) {
    snprintf(path, sizeof path, "memory:%s", strrchr(folder, '-') + 1);
}

int main(void) {
    static const struct CMUnitTest tests[] = {STORE_TEST(one_of_two_draws), STORE_TEST(only_a_drawn_one)};
    static const struct CMUnitTest of_files[] = {
        STORE_TEST(nothing_is_left_in_the_file),
        STORE_TEST(not_while_a_server_works),
    };
    static const struct implementation memory = {"memory",    &memory_kind,        NULL,
                                                 make_memory, memory_store_forget, false};
    static const struct CMUnitTest of_tables[] = {STORE_TEST(every_table_that_had_some_is_written_anew)};
    return run_against_all(tests, 2) + run_against(&memory, tests, 2) +
           run_against(&implementations[SQLITE], of_files, 2) +
           run_against(&implementations[POSTGRES], of_tables, 1);
}
