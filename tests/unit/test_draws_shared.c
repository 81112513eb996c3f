// A draw's number in PostgreSQL is as safe as its name: no damage makes its bets disappear unnoticed.
// All rows but the draw's own have the number in place of the name, so a wrong one would show an empty draw.
#include "store_story.h"

static void run(const char *sql) {
    PGconn *connection = PQconnectdb(path);
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        fail_msg("%s: %s", sql, PQerrorMessage(connection));
    }
    PQclear(result);
    PQfinish(connection);
}

static void store_agency(struct store *store, uint32_t number) {
    struct stored_agency agency = {.agency = number, .bets = 1};
    struct error error;
    store_one(store, number, 0, 1);
    must(store_begin(store, &error) && store_put_agency(store, &agency, &error) &&
             store_commit(store, &error),
         &error);
}

static uint32_t number_of(struct store *store) {
    struct stored_draw draw;
    struct error error;
    bool found;
    must(store_get_draw(store, &draw, &found, &error), &error);
    assert_true(found);
    return draw.number;
}

static void each_draw_has_a_number_of_its_own(void **state) {
    (void)state;
    static const char *const names[] = {"one", "two", "it's 3"};
    uint32_t numbers[3];
    for (size_t i = 0; i < 3; i++) {
        struct store *store = open_draw(names[i], STORE_SERVE);
        store_agency(store, (uint32_t)i + 1);
        numbers[i] = number_of(store);
        store_close(&store);
    }
    assert_int_equal(numbers[0], 1);
    assert_int_equal(numbers[1], 2);
    assert_int_equal(numbers[2], 3);
    struct store *store = open_draw("it's 3", STORE_READ);
    assert_chunks(store, 0, 0, UINT64_MAX, "3:0+1 ");
    store_close(&store);
}

// A group that was dropped may have made the draw, and then its number is somebody else's.
static void the_number_of_a_draw_that_was_not_stored_is_forgotten(void **state) {
    (void)state;
    struct error error;
    struct stored_draw draw = {.agencies = 5, .opened_at = "2026-01-01T00:00:00Z"}, again = draw;
    struct store *one = open_draw("one", STORE_SERVE), *two = open_draw("two", STORE_SERVE);
    must(store_begin(one, &error) && store_put_draw(one, &draw, &error), &error);
    assert_int_equal(draw.number, 1);
    store_drop(one);
    store_agency(two, 2);
    assert_int_equal(number_of(two), 1);
    assert_chunks(one, 0, 0, UINT64_MAX, "");
    struct stored_agency agency = {.agency = 1};
    must(store_begin(one, &error), &error);
    assert_false(store_put_agency(one, &agency, &error));
    assert_non_null(strstr(error.text, "draw \"one\" has no row"));
    store_give_up(&one);
    one = open_draw("one", STORE_SERVE);
    must(store_begin(one, &error) && store_put_draw(one, &again, &error) && store_commit(one, &error),
         &error);
    assert_int_equal(again.number, 2);
    store_close(&one);
    store_close(&two);
}

static void what_would_hide_a_draw_is_found(void **state) {
    (void)state;
    static const struct {
        const char *damage, *found;
    } damages[] = {
        {"UPDATE draws SET number = 9", "the row of the draw is damaged"},
        {"UPDATE draws SET draw = '2'", "the row of draw \"2\" is damaged"},
        {"DELETE FROM draws", "draw number 1 has agencies, and its own row is missing"},
    };
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        struct store *store = open_draw("1", STORE_SERVE);
        struct stored_draw draw;
        struct error error;
        bool found;
        store_agency(store, 1);
        run(damages[i].damage);
        if (store_get_draw(store, &draw, &found, &error)) {
            fail_msg("not found: %s", damages[i].damage);
        }
        if (strstr(error.text, damages[i].found) == NULL) {
            fail_msg("%s: expected \"%s\", came \"%s\"", damages[i].damage, damages[i].found, error.text);
        }
        store_close(&store);
        run("TRUNCATE draws, agencies, chunks");
    }
}

// Who reads the database itself sees the name.
static void the_view_has_the_name(void **state) {
    (void)state;
    struct store *store = open_draw("it's 3", STORE_SERVE);
    store_agency(store, 2);
    store_close(&store);
    PGconn *connection = PQconnectdb(path);
    PGresult *result = PQexec(connection, "SELECT * FROM bets");
    assert_int_equal(PQntuples(result), 1);
    static const char *const expected[][2] = {{"draw", "it's 3"},
                                              {"agency", "2"},
                                              {"bet", "0"},
                                              {"nombre", "A"},
                                              {"apellido", "\"B\""},
                                              {"documento", "1"},
                                              {"nacimiento", "2000-01-01"},
                                              {"numero", "1"}};
    assert_int_equal(PQnfields(result), 8);
    for (int i = 0; i < 8; i++) {
        assert_string_equal(PQfname(result, i), expected[i][0]);
        assert_string_equal(PQgetvalue(result, 0, i), expected[i][1]);
    }
    PQclear(result);
    PQfinish(connection);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORE_TEST(each_draw_has_a_number_of_its_own),
        STORE_TEST(the_number_of_a_draw_that_was_not_stored_is_forgotten),
        STORE_TEST(what_would_hide_a_draw_is_found),
        STORE_TEST(the_view_has_the_name),
    };
    if (getenv("QUINIELA_POSTGRES") == NULL) {
        print_message("SKIPPED: QUINIELA_POSTGRES names no database\n");
        return 77;
    }
    implementation = &implementations[POSTGRES];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
