// A store that two servers share keeps what store.h promises of it.
// This is its invariant 6: two stores are open on one database, as two servers have them.
#include "store_story.h"

#include "store/postgres_connect.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

static struct store *one, *two;

static int set_up_two(void **state) {
    set_up_store(state);
    one = open_draw("1", STORE_SERVE);
    two = open_draw("1", STORE_SERVE);
    return 0;
}

static int tear_down_two(void **state) {
    store_close(&one);
    store_close(&two);
    return tear_down(state);
}

static void commit(struct store *store) {
    struct error error;
    must(store_commit(store, &error), &error);
}

static void begin(struct store *store) {
    struct error error;
    must(store_begin(store, &error), &error);
}

// Puts an agency's row in a group of its own. Returns whether that was possible; else it was stale.
static bool put_agency(struct store *store, struct stored_agency *agency) {
    struct error error;
    begin(store);
    if (store_put_agency(store, agency, &error) && store_commit(store, &error)) {
        return true;
    }
    assert_error(&error, ERROR_STORE_STALE);
    return false;
}

static bool keep_agency(void *context, const struct stored_agency *agency, struct error *error) {
    (void)error;
    *(struct stored_agency *)context = *agency;
    return true;
}

// All zeros where it has no row.
static struct stored_agency read_agency(struct store *store, uint32_t number) {
    struct stored_agency agency = {0};
    struct error error;
    must(store_some_agencies(store, &number, 1, false, keep_agency, &agency, &error), &error);
    return agency;
}

static void both_are_shared(void **state) {
    (void)state;
    assert_true(store_is_shared(one));
    assert_true(store_is_shared(two));
}

static void an_agency_that_another_has_changed_is_not_replaced(void **state) {
    (void)state;
    struct stored_agency mine = {.agency = 3, .bets = 10}, others = {.agency = 3, .bets = 7};
    need_draw(one);
    assert_true(put_agency(one, &mine));
    assert_false(put_agency(two, &others)); // it thinks that there is none
    others = read_agency(two, 3);
    assert_int_equal(others.bets, 10);
    others.bets = 12;
    assert_true(put_agency(two, &others)); // the store is as good as before
    mine.bets = 11;
    assert_false(put_agency(one, &mine));
    mine = read_agency(one, 3);
    assert_int_equal(mine.bets, 12);
    mine.bets = 13;
    assert_true(put_agency(one, &mine) && put_agency(one, &mine));
    assert_int_equal(read_agency(two, 4).agency, 0);
}

static void a_draw_that_another_has_changed_is_not_replaced(void **state) {
    (void)state;
    struct stored_draw mine = {.agencies = 1, .opened_at = "2026-01-01T00:00:00Z"}, others = mine;
    struct error error;
    begin(one);
    must(store_put_draw(one, &mine, &error), &error);
    commit(one);
    others.agencies = 2;
    begin(two);
    assert_false(store_put_draw(two, &others, &error) && store_commit(two, &error));
    assert_error(&error, ERROR_STORE_STALE);
}

// Both take the next place of an agency at once: whoever commits first has it, and nothing of the other's
// group is stored.
static void a_place_is_taken_once(void **state) {
    (void)state;
    struct error error;
    struct stored_chunk here = chunk_of(1, 0, 2), there = chunk_of(1, 0, 3), other = chunk_of(2, 0, 1);
    need_draw(one);
    begin(one);
    must(store_add_chunk(one, &here, &error), &error);
    commit(one);
    begin(two);
    assert_false(store_add_chunk(two, &other, &error) && store_add_chunk(two, &there, &error) &&
                 store_commit(two, &error));
    assert_error(&error, ERROR_STORE_STALE);
    assert_chunks(two, 0, 0, UINT64_MAX, "1:0+2 ");
    store_one(two, 1, 2, 1);
    assert_chunks(one, 0, 0, UINT64_MAX, "1:0+2 1:2+1 ");
}

// A row that has changed fails the whole group, and not only what replaces it.
static void nothing_of_a_stale_group_is_stored(void **state) {
    (void)state;
    struct error error;
    struct stored_agency mine = {.agency = 1}, others = {.agency = 1, .finished_at = "2026-01-02T00:00:00Z"};
    struct stored_chunk chunk = chunk_of(1, 0, 2);
    need_draw(one);
    assert_true(put_agency(two, &others)); // it has ended, without a bet
    begin(one);
    mine.bets = 2;
    assert_false(store_add_chunk(one, &chunk, &error) && store_put_agency(one, &mine, &error) &&
                 store_commit(one, &error));
    assert_error(&error, ERROR_STORE_STALE);
    assert_chunks(one, 0, 0, UINT64_MAX, "");
}

static void a_snapshot_is_of_one_moment(void **state) {
    (void)state;
    struct error error;
    must(store_snapshot(one, &error), &error);
    assert_chunks(one, 0, 0, UINT64_MAX, "");
    store_one(two, 1, 0, 3);
    assert_chunks(one, 0, 0, UINT64_MAX, "");
    must(store_snapshot(one, &error), &error);
    assert_chunks(one, 0, 0, UINT64_MAX, "1:0+3 ");
    struct stored_agency agency = {.agency = 1, .bets = 3};
    assert_true(put_agency(two, &agency));
    assert_int_equal(read_agency(one, 1).bets, 0);
    store_one(one, 1, 3, 1); // a group ends it, too
    assert_int_equal(read_agency(one, 1).bets, 3);
    assert_chunks(one, 0, 0, UINT64_MAX, "1:0+3 1:3+1 ");
}

static struct stored_draw open_for(struct store *store, uint32_t agencies) {
    struct stored_draw draw = {.agencies = agencies, .opened_at = "2026-01-01T00:00:00Z"};
    struct error error;
    begin(store);
    must(store_put_draw(store, &draw, &error), &error);
    commit(store);
    return draw;
}

// Adds a chunk in an open group, into the draw with this row.
static bool add_into(struct store *store, uint64_t draw_checksum) {
    struct stored_chunk chunk = chunk_of(1, 0, 2);
    struct error error;
    begin(store);
    if (store_add_chunk(store, &chunk, &error) && store_hold_draw(store, draw_checksum, &error) &&
        store_commit(store, &error)) {
        return true;
    }
    assert_error(&error, ERROR_STORE_STALE);
    return false;
}

static void bets_go_only_into_the_draw_that_was_read(void **state) {
    (void)state;
    struct stored_draw draw = open_for(one, 3);
    assert_false(add_into(two, draw.checksum + 1));
    assert_chunks(two, 0, 0, UINT64_MAX, "");
    assert_true(add_into(two, draw.checksum));
}

// Whether somebody else could lock the draw that way now.
static bool can_lock(const char *how) {
    char sql[96];
    PGconn *connection = PQconnectdb(path);
    snprintf(sql, sizeof sql, "SELECT 1 FROM draws FOR %s SKIP LOCKED", how);
    PGresult *result = PQexec(connection, sql);
    assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
    bool locked = PQntuples(result) == 1;
    PQclear(result);
    PQfinish(connection);
    return locked;
}

static bool ignore_agency(void *context, const struct stored_agency *agency, struct error *error) {
    (void)context, (void)agency, (void)error;
    return true;
}

// Whoever adds bets holds the draw with all others who do; whoever changes it has it alone.
static void who_locks_the_draw_has_it_alone(void **state) {
    (void)state;
    struct stored_draw draw = open_for(one, 3);
    struct error error;
    begin(one);
    must(store_hold_draw(one, draw.checksum, &error) &&
             store_some_agencies(one, (uint32_t[]){1}, 1, true, ignore_agency, NULL,
                                 &error), // by then it is done
         &error);
    assert_true(can_lock("KEY SHARE"));
    assert_false(can_lock("UPDATE"));
    commit(one);
    begin(one);
    must(store_lock_draw(one, &error), &error);
    assert_false(can_lock("KEY SHARE"));
    commit(one);
    assert_true(can_lock("UPDATE"));
}

static int count_rows(PGconn *connection, const char *sql) {
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        fail_msg("%s", PQerrorMessage(connection));
    }
    int rows = PQntuples(result);
    PQclear(result);
    return rows;
}

static void *lock_both(void *context) {
    struct error *error = context;
    bool locked = store_some_agencies(two, (uint32_t[]){2, 1}, 2, true, ignore_agency, NULL, error);
    return locked ? NULL : error->text;
}

// However they are named, and however their rows lie: whoever waits for one agency has locked those with
// smaller numbers and none with a larger one. So no two servers wait for each other.
static void agencies_are_locked_by_number(void **state) {
    (void)state;
    static const char *const holds[] = {"SELECT 1 FROM agencies WHERE agency = 1 FOR UPDATE",
                                        "SELECT 1 FROM agencies WHERE agency = 2 FOR UPDATE"};
    struct stored_agency first = {.agency = 1, .bets = 1}, second = {.agency = 2, .bets = 1};
    need_draw(one);
    assert_true(put_agency(one, &second) && put_agency(one, &first)); // the other way round
    PGconn *holder = PQconnectdb(path), *looker = PQconnectdb(path);
    for (int held = 1; held <= 2; held++) {
        struct error error;
        pthread_t thread;
        void *wrong;
        PQclear(PQexec(holder, "BEGIN"));
        assert_int_equal(count_rows(holder, holds[held - 1]), 1);
        begin(two);
        assert_int_equal(pthread_create(&thread, NULL, lock_both, &error), 0);
        while (count_rows(looker,
                          "SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'") == 0) {
        }
        int free_ones = count_rows(looker, "SELECT 1 FROM agencies FOR UPDATE SKIP LOCKED");
        PQclear(PQexec(holder, "ROLLBACK"));
        pthread_join(thread, &wrong);
        if (wrong != NULL) {
            fail_msg("%s", (const char *)wrong);
        }
        commit(two);
        if (free_ones != (held == 1)) {
            fail_msg("agency %d is somebody else's: of both, %d were expected to be free, and %d are", held,
                     held == 1, free_ones);
        }
    }
    PQfinish(holder);
    PQfinish(looker);
}

// Finishes an agency in an open group, and returns how many have.
static uint32_t finish(struct store *store, const struct stored_draw *draw, uint32_t number) {
    struct stored_agency agency = {.agency = number, .bets = 1, .finished_at = "2026-01-02T00:00:00Z"};
    struct error error;
    uint32_t finished = 0;
    must(store_put_agency(store, &agency, &error) &&
             store_count_finished(store, draw->checksum, 1, &finished, &error),
         &error);
    return finished;
}

static void agencies_finish_once_each_on_any_server(void **state) {
    (void)state;
    struct stored_draw draw = open_for(one, 3);
    struct error error;
    uint32_t finished;
    begin(one);
    assert_int_equal(finish(one, &draw, 1), 1);
    commit(one);
    begin(two);
    assert_int_equal(finish(two, &draw, 2), 2);
    store_close(&two); // without a commit
    two = open_draw("1", STORE_SERVE);
    begin(two);
    assert_int_equal(finish(two, &draw, 3), 2);
    commit(two);
    begin(one);
    assert_int_equal(finish(one, &draw, 2), 3); // the last: the rows are counted, too
    commit(one);
    begin(one);
    assert_false(store_count_finished(one, draw.checksum + 1, 1, &finished, &error)); // of another draw's row
    assert_error(&error, ERROR_STORE_STALE);
}

// A count that the rows do not bear out must not seal a draw.
static void a_count_that_is_wrong_is_damage(void **state) {
    (void)state;
    struct stored_draw draw = open_for(one, 2);
    struct stored_agency agency = {.agency = 1, .bets = 1, .finished_at = "2026-01-02T00:00:00Z"};
    struct error error;
    uint32_t finished;
    begin(one);
    must(store_put_agency(one, &agency, &error), &error);
    assert_false(store_count_finished(one, draw.checksum, 2, &finished, &error));
    assert_error(&error, ERROR_STORE_FAILED);
    assert_non_null(strstr(error.text, "damaged"));
}

static bool begin_draw(struct store *store) {
    struct error error;
    if (store_begin_draw(store, &error)) {
        return true;
    }
    assert_error(&error, ERROR_STORE_STALE);
    return false;
}

struct drawing {
    struct store *store;
    bool began;
    atomic_bool done;
};

static void *begin_drawing(void *context) {
    struct drawing *drawing = context;
    drawing->began = begin_draw(drawing->store);
    atomic_store(&drawing->done, true);
    return NULL;
}

// Another server makes the draw: nobody waits for it meanwhile.
static void assert_draws_not_and_waits_not(struct store *store) {
    struct drawing drawing = {.store = store};
    pthread_t thread;
    bool waits = false;
    PGconn *connection = PQconnectdb(getenv("QUINIELA_POSTGRES"));
    assert_int_equal(pthread_create(&thread, NULL, begin_drawing, &drawing), 0);
    while (!waits && !atomic_load(&drawing.done)) {
        waits = count_rows(connection, "SELECT 1 FROM pg_locks WHERE NOT granted") > 0;
    }
    if (waits) {
        store_drop(one); // whom it waits for
    }
    pthread_join(thread, NULL);
    PQfinish(connection);
    if (waits) {
        fail_msg("a server waits while another one makes the draw");
    }
    assert_false(drawing.began);
}

static void one_server_makes_the_draw(void **state) {
    (void)state;
    struct stored_draw draw = open_for(one, 1);
    struct error error;
    assert_false(begin_draw(one)); // it is not sealed
    draw.state = DRAW_SEALED;
    begin(one);
    must(store_put_draw(one, &draw, &error), &error);
    commit(one);
    assert_true(begin_draw(one));
    assert_draws_not_and_waits_not(two);
    store_close(&one); // the server dies
    one = open_draw("1", STORE_SERVE);
    assert_true(begin_draw(two));
    draw.state = DRAW_DRAWN;
    must(store_add_winner(two, &(struct stored_winner){1, 7, "A1"}, &error) &&
             store_put_draw(two, &draw, &error),
         &error);
    commit(two);
    assert_false(begin_draw(one)); // it is drawn
    begin(one);
    must(store_confirm(one, &error), &error);
    commit(one);
    char text[64] = "";
    must(store_winners(one, note_winner, text, &error), &error);
    assert_string_equal(text, "1:7:A1 ");
}

// A state that a later version may know; with any other one the draw would be opened, or made, again.
static void a_state_that_is_none_is_no_draw(void **state) {
    (void)state;
    struct stored_draw draw = open_for(one, 1);
    struct error error;
    bool found;
    PGconn *connection = PQconnectdb(path);
    PGresult *result = PQexec(connection, "ALTER TABLE draws DROP CONSTRAINT draws_state_check;"
                                          "UPDATE draws SET state = 'melted'");
    assert_int_equal(PQresultStatus(result), PGRES_COMMAND_OK);
    PQclear(result);
    PQfinish(connection);
    assert_false(store_get_draw(two, &draw, &found, &error));
    assert_error(&error, ERROR_STORE_FAILED);
    assert_non_null(strstr(error.text, "\"melted\""));
}

// What an address says holds, also where there is a setting for when it says nothing.
static void what_the_address_says_holds(void **state) {
    (void)state;
    static const char *const options[] = {"", "&application_name=bank"}, *const names[] = {"quiniela",
                                                                                           "bank"};
    size_t length = strlen(path);
    store_close(&one);
    store_close(&two);
    for (int i = 0; i < 2; i++) {
        char sql[160];
        snprintf(path + length, sizeof path - length, "%s", options[i]);
        one = open_draw("1", STORE_SERVE);
        path[length] = '\0';
        snprintf(
            sql, sizeof sql,
            "SELECT 1 FROM pg_stat_activity WHERE application_name = '%s' AND datname = current_database()",
            names[i]);
        PGconn *connection = PQconnectdb(path);
        assert_int_equal(count_rows(connection, sql), 1);
        PQfinish(connection);
        store_close(&one);
    }
    two = open_draw("1", STORE_SERVE);
    one = open_draw("1", STORE_SERVE);
}

// Who wants a commit to wait for more than the standby's disk gets it.
static void remote_apply_is_durable_too(void **state) {
    (void)state;
    size_t length = strlen(path);
    store_close(&one);
    snprintf(path + length, sizeof path - length, "%%20-csynchronous_commit%%3Dremote_apply");
    one = open_draw("1", STORE_SERVE);
    store_one(one, 1, 0, 1);
    path[length] = '\0';
    assert_chunks(two, 1, 0, 1, "1:0+1 ");
}

// Whatever the database ends it for: the store is away then, and not broken. What it has said about it is not
// read before the next statement.
static void a_session_that_is_ended_for_standing_still_can_be_had_again(void **state) {
    (void)state;
    struct postgres_link link;
    struct error error;
    must(postgres_connect(&link, path, true, &error), &error);
    must(postgres_link_execute(&link, "BEGIN; SET LOCAL idle_in_transaction_session_timeout = 1", "begin",
                               NULL, &error),
         &error);
    struct pollfd said = {PQsocket(link.connection), POLLIN, 0};
    assert_int_equal(poll(&said, 1, -1), 1);
    assert_false(postgres_link_execute(&link, "SELECT 1", "read", NULL, &error));
    postgres_link_close(&link);
    assert_error(&error, ERROR_STORE_AWAY);
}

#define SHARED_TEST(test) cmocka_unit_test_setup_teardown(test, set_up_two, tear_down_two)

int main(void) {
    const struct CMUnitTest tests[] = {
        SHARED_TEST(both_are_shared),
        SHARED_TEST(an_agency_that_another_has_changed_is_not_replaced),
        SHARED_TEST(a_draw_that_another_has_changed_is_not_replaced),
        SHARED_TEST(a_place_is_taken_once),
        SHARED_TEST(nothing_of_a_stale_group_is_stored),
        SHARED_TEST(a_snapshot_is_of_one_moment),
        SHARED_TEST(bets_go_only_into_the_draw_that_was_read),
        SHARED_TEST(who_locks_the_draw_has_it_alone),
        SHARED_TEST(agencies_are_locked_by_number),
        SHARED_TEST(agencies_finish_once_each_on_any_server),
        SHARED_TEST(a_count_that_is_wrong_is_damage),
        SHARED_TEST(one_server_makes_the_draw),
        SHARED_TEST(a_state_that_is_none_is_no_draw),
        SHARED_TEST(what_the_address_says_holds),
        SHARED_TEST(remote_apply_is_durable_too),
        SHARED_TEST(a_session_that_is_ended_for_standing_still_can_be_had_again),
    };
    if (getenv("QUINIELA_POSTGRES") == NULL) {
        print_message("SKIPPED: QUINIELA_POSTGRES names no database\n");
        return 77;
    }
    implementation = &implementations[POSTGRES];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
