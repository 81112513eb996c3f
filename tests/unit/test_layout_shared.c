// A chunk of 1000 bets has one value outside its row, its text, and no other.
// What PostgreSQL keeps outside a row is cut into pieces of 2 KB, each with an entry in an index: most of a
// chunk's cost.
#include "store_story.h"

enum { BETS = 1000 };

// The value of the query, which has one row.
static int64_t query_number(PGconn *connection, const char *sql) {
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1) {
        fail_msg("%s: %s", sql, PQerrorMessage(connection));
    }
    int64_t value = atoll(PQgetvalue(result, 0, 0));
    PQclear(result);
    return value;
}

static struct chunk *make_chunk(void) {
    struct chunk *chunk = chunk_new(BETS, (size_t)BETS * 64);
    struct error error;
    assert_non_null(chunk);
    for (int i = 0; i < BETS; i++) {
        char text[64];
        snprintf(text, sizeof text, "Ana María,Paz Ortega,%08d,2000-01-01,%d", i, i % 10000);
        must(chunk_add(chunk, text, strlen(text), &error), &error);
    }
    return chunk;
}

static void store_chunk(struct store *store, const struct chunk *chunk) {
    struct error error;
    struct stored_chunk stored = {.agency = 1,
                                  .count = chunk->count,
                                  .numbers = chunk->numbers,
                                  .rows = chunk->rows,
                                  .rows_length = chunk->rows_length};
    need_draw(store);
    must(store_begin(store, &error) && store_add_chunk(store, &stored, &error) && store_commit(store, &error),
         &error);
}

static void only_the_text_lies_outside(void **state) {
    (void)state;
    char outside[128];
    struct store *store = open_draw("1", STORE_SERVE);
    struct chunk *chunk = make_chunk();
    store_chunk(store, chunk);
    PGconn *connection = PQconnectdb(path);
    snprintf(outside, sizeof outside, "SELECT count(DISTINCT chunk_id) FROM pg_toast.pg_toast_%lld",
             (long long)query_number(connection, "SELECT CAST(CAST('chunks' AS regclass) AS oid)"));
    int64_t values = query_number(connection, outside);
    PQfinish(connection);
    chunk_free(chunk);
    store_close(&store);
    if (values != 1) {
        fail_msg("of a chunk of %d bets, expected 1 value outside its row, and there are %lld", BETS,
                 (long long)values);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_the_text_lies_outside, set_up_store, tear_down)};
    if (getenv("QUINIELA_POSTGRES") == NULL) {
        print_message("SKIPPED: QUINIELA_POSTGRES names no database\n");
        return 77;
    }
    implementation = &implementations[POSTGRES];
    return cmocka_run_group_tests_name("layout_shared", tests, NULL, NULL);
}
