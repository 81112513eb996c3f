// The ledger's invariants, with the real store, and with one whose commits fail on demand.
#include "cmocka_all.h"

#include "ledger/ledger.h"
#include "ledger/worker.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REQUESTS_MAX = 16 };

enum commit_fault { NO_FAULT, FAIL_BEFORE, FAIL_AFTER }; // the commit: nothing is stored, or all of it is

struct story {
    char folder[64], path[128];
    struct ledger *ledger;
    struct ledger_options options;
    enum commit_fault fault; // of the next commit
    bool store_is_gone;      // it cannot be opened
    int opened;
    const struct winners *winners;
    int drawn, all_told;
    // What was completed, in order.
    struct ledger_request *completed[REQUESTS_MAX];
    int count;
};

static struct story story; // `complete` has no context of its own

// A store that fails --------------------------------------------------------------------------------------

static struct store_operations faulty;
static const struct store_operations *real;

static bool faulty_commit(struct store *store, struct error *error) {
    enum commit_fault fault = story.fault;
    story.fault = NO_FAULT;
    if (fault == FAIL_BEFORE) {
        return error_set(error, ERROR_STORE_FAILED, "the disk is full");
    }
    bool done = real->commit(store, error);
    return fault == FAIL_AFTER ? error_set(error, ERROR_STORE_FAILED, "the sync failed") : done;
}

static bool open_store(void *context, struct store **store, struct error *error) {
    (void)context;
    if (story.store_is_gone) {
        return error_set(error, ERROR_STORE_FAILED, "the store is gone");
    }
    if (!store_open(story.path, "1", STORE_SERVE, store, error)) {
        return false;
    }
    story.opened++;
    real = (*store)->operations;
    faulty = *real;
    faulty.commit = faulty_commit;
    (*store)->operations = &faulty;
    return true;
}

static void on_drawn(void *context, const struct winners *winners) {
    (void)context;
    story.winners = winners;
    story.drawn++;
}

static void on_all_told(void *context) {
    (void)context;
    story.all_told++;
}

// Requests ------------------------------------------------------------------------------------------------

static void on_complete(struct ledger_request *request) {
    assert_true(story.count < REQUESTS_MAX);
    story.completed[story.count++] = request;
}

static struct chunk *chunk_numbered(int first, int count) {
    struct chunk *chunk = chunk_new((uint32_t)count, 4096);
    for (int i = first; i < first + count; i++) {
        char text[64];
        struct error error;
        // The bet at place n has document n, and every tenth wins.
        snprintf(text, sizeof text, "Ana,Paz,%d,2000-01-01,%d", i, i % 10 == 7 ? 7574 : 1);
        assert_true(chunk_add(chunk, text, strlen(text), &error));
    }
    return chunk;
}

static struct ledger_request *request(enum ledger_request_type type, uint32_t agency, int64_t first,
                                      int count) {
    struct ledger_request *made = calloc(1, sizeof *made);
    *made = (struct ledger_request){.type = type, .agency = agency, .first = first, .next = -1};
    error_clear(&made->error);
    made->complete = on_complete;
    if (type == LEDGER_CHUNK || type == LEDGER_LAST_CHUNK) {
        struct chunk *chunk = chunk_numbered(first < 0 ? 0 : (int)first, count);
        assert_true(
            chunk_digest(chunk->numbers, chunk->count, chunk->rows, chunk->rows_length, made->digest));
        made->chunk = chunk;
    }
    return made;
}

static void discard(struct ledger_request *request) {
    chunk_free((struct chunk *)(uintptr_t)request->chunk);
    free(request);
}

// Processes one request alone. Returns the code it was answered with; *next is what it said.
static enum error_code ask(struct ledger_request *asked, int64_t *next) {
    asked->node.next = NULL;
    story.count = 0;
    ledger_process(story.ledger, &asked->node);
    assert_int_equal(story.count, 1);
    assert_ptr_equal(story.completed[0], asked);
    enum error_code code = asked->error.code;
    *next = asked->next;
    discard(asked);
    return code;
}

static void assert_stored(enum ledger_request_type type, uint32_t agency, int64_t first, int count,
                          int64_t next) {
    int64_t said;
    assert_int_equal(ask(request(type, agency, first, count), &said), ERROR_NONE);
    assert_int_equal(said, next);
}

static void assert_refused(enum ledger_request_type type, uint32_t agency, int64_t first, int count,
                           enum error_code code) {
    int64_t said;
    assert_int_equal(ask(request(type, agency, first, count), &said), code);
}

static void open_ledger(uint32_t agencies) {
    struct error error;
    story.options = (struct ledger_options){.draw = "1",
                                            .agencies = agencies,
                                            .winning_number = 7574,
                                            .open_store = open_store,
                                            .drawn = on_drawn,
                                            .all_told = on_all_told};
    story.winners = NULL;
    story.drawn = 0;
    if (!ledger_open(&story.options, &story.ledger, &error)) {
        fail_msg("%s", error.text);
    }
}

static void restart(uint32_t agencies) {
    ledger_close(&story.ledger);
    open_ledger(agencies);
}

// A number that SQL gives about the store.
static int query(const char *sql) {
    sqlite3 *database;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(story.path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int value = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return value;
}

static void assert_bets(int expected) {
    assert_int_equal(query("SELECT count(*) FROM bets"), expected);
    assert_int_equal(query("SELECT count(DISTINCT agency || ':' || documento) FROM bets"), expected);
    assert_int_equal(query("SELECT count(*) FROM bets WHERE bet <> CAST(documento AS INTEGER)"), 0);
}

// The stories ---------------------------------------------------------------------------------------------

static void resends_in_any_pieces_are_stored_once(void **state) {
    (void)state;
    open_ledger(2);
    assert_stored(LEDGER_CHUNK, 1, 0, 10, 10);
    assert_stored(LEDGER_CHUNK, 1, 0, 10, 10); // the same
    assert_stored(LEDGER_CHUNK, 1, 3, 4, 10);  // a part
    assert_stored(LEDGER_CHUNK, 1, 5, 10, 15); // known and new
    assert_stored(LEDGER_CHUNK, 1, 0, 20, 20); // over two chunks and beyond
    assert_stored(LEDGER_CHUNK, 1, 20, 0, 20); // nothing
    assert_bets(20);
    restart(2);
    assert_stored(LEDGER_CHUNK, 1, 0, 20, 20);
    assert_stored(LEDGER_CHUNK, 1, 19, 3, 22);
    assert_bets(22);
}

static void without_first_it_is_appended(void **state) {
    (void)state;
    open_ledger(1);
    int64_t next;
    assert_int_equal(ask(request(LEDGER_CHUNK, 1, -1, 3), &next), ERROR_NONE);
    assert_int_equal(ask(request(LEDGER_CHUNK, 1, -1, 3), &next), ERROR_NONE);
    assert_int_equal(next, 6);
    assert_int_equal(query("SELECT count(*) FROM bets"), 6);
}

static void gaps_and_other_bets_are_refused(void **state) {
    (void)state;
    open_ledger(2);
    int64_t next;
    assert_stored(LEDGER_CHUNK, 1, 0, 10, 10);
    assert_int_equal(ask(request(LEDGER_CHUNK, 1, 11, 2), &next), ERROR_GAP);
    assert_int_equal(next, 10);
    struct ledger_request *other = request(LEDGER_CHUNK, 1, 0, 12);
    ((char *)(uintptr_t)other->chunk->rows)[0] = 'B';
    assert_int_equal(ask(other, &next), ERROR_CONFLICT);
    assert_int_equal(next, 10);
    assert_bets(10);
}

static void after_the_last_chunk_nothing_is_added(void **state) {
    (void)state;
    open_ledger(2);
    assert_stored(LEDGER_CHUNK, 1, 0, 10, 10);
    assert_refused(LEDGER_LAST_CHUNK, 1, 0, 5, ERROR_CONFLICT);
    assert_stored(LEDGER_LAST_CHUNK, 1, 10, 5, 15);
    for (int again = 0; again < 2; again++) {
        assert_stored(LEDGER_LAST_CHUNK, 1, 10, 5, 15);
        assert_stored(LEDGER_LAST_CHUNK, 1, 15, 0, 15);
        assert_stored(LEDGER_CHUNK, 1, 0, 10, 15);
        assert_refused(LEDGER_CHUNK, 1, 15, 1, ERROR_AGENCY_FINISHED);
        assert_refused(LEDGER_CHUNK, 1, 14, 2, ERROR_AGENCY_FINISHED);
        assert_refused(LEDGER_CHUNK, 1, -1, 1, ERROR_AGENCY_FINISHED);
        assert_refused(LEDGER_LAST_CHUNK, 1, -1, 0, ERROR_AGENCY_FINISHED);
        assert_refused(LEDGER_LAST_CHUNK, 1, 0, 5, ERROR_CONFLICT);
        restart(2);
    }
    assert_bets(15);
}

static const char *winners_of_agency(uint32_t agency) {
    static char text[64];
    size_t length;
    const char *documents = winners_of(story.winners, agency, &length);
    snprintf(text, sizeof text, "%.*s", (int)length, documents);
    return text;
}

static void the_draw_is_made_once_and_survives(void **state) {
    (void)state;
    open_ledger(3);
    assert_stored(LEDGER_LAST_CHUNK, 3, 0, 0, 0);
    assert_stored(LEDGER_CHUNK, 1, 0, 8, 8);
    assert_stored(LEDGER_LAST_CHUNK, 1, 8, 20, 28);
    assert_false(ledger_has_work(story.ledger));
    assert_stored(LEDGER_LAST_CHUNK, 2, 0, 8, 8);
    assert_true(ledger_has_work(story.ledger));
    assert_int_equal(query("SELECT state = 'sealed' FROM draws"), 1); // stored before anybody heard of it
    assert_int_equal(story.drawn, 0);
    restart(3); // between the seal and the draw
    assert_true(ledger_has_work(story.ledger));
    ledger_work(story.ledger);
    for (int again = 0; again < 2; again++) {
        assert_false(ledger_has_work(story.ledger));
        assert_int_equal(story.drawn, 1);
        assert_string_equal(winners_of_agency(1), "7,17,27");
        assert_string_equal(winners_of_agency(2), "7");
        assert_string_equal(winners_of_agency(3), "");
        assert_int_equal(query("SELECT count(*) FROM winners"), 4);
        story.options.winning_number = 1; // no restart changes it
        restart(3);
    }
}

static void nothing_is_acknowledged_when_the_commit_fails(void **state) {
    (void)state;
    static const enum commit_fault faults[] = {FAIL_BEFORE, FAIL_AFTER};
    open_ledger(2);
    int64_t stored = 0;
    for (int i = 0; i < 2; i++) {
        int64_t next;
        story.fault = faults[i];
        assert_int_equal(ask(request(LEDGER_CHUNK, 1, stored, 5), &next), ERROR_STORE_FAILED);
        assert_int_equal(next, -1); // nobody knows
        int opened = story.opened;
        // Sent again it is acknowledged, and stored once, whether the failed commit had stored it or not.
        assert_stored(LEDGER_CHUNK, 1, stored, 5, stored + 5);
        assert_int_equal(story.opened, opened + 1); // what is stored was read back
        stored += 5;
        assert_bets((int)stored);
    }
    story.fault = FAIL_AFTER;
    assert_refused(LEDGER_LAST_CHUNK, 1, stored, 1, ERROR_STORE_FAILED);
    assert_stored(LEDGER_LAST_CHUNK, 1, stored, 1, stored + 1);
    assert_int_equal(query("SELECT count(*) FROM agencies WHERE finished_at IS NOT NULL"), 1);
}

static void while_the_store_is_gone_nothing_is_acknowledged(void **state) {
    (void)state;
    open_ledger(1);
    assert_stored(LEDGER_CHUNK, 1, 0, 5, 5);
    story.fault = FAIL_BEFORE;
    assert_refused(LEDGER_CHUNK, 1, 5, 5, ERROR_STORE_FAILED);
    story.store_is_gone = true;
    assert_refused(LEDGER_CHUNK, 1, 5, 5, ERROR_STORE_FAILED);
    assert_refused(LEDGER_CHUNK, 1, 0, 5, ERROR_STORE_FAILED); // even what was stored before
    story.store_is_gone = false;
    assert_stored(LEDGER_CHUNK, 1, 5, 5, 10);
    assert_bets(10);
}

static void a_draw_that_fails_is_made_again(void **state) {
    (void)state;
    static const enum commit_fault faults[] = {FAIL_BEFORE, FAIL_AFTER};
    for (int i = 0; i < 2; i++) {
        story.path[strlen(story.path) - 1] = (char)('0' + i); // a store each
        open_ledger(1);
        assert_stored(LEDGER_LAST_CHUNK, 1, 0, 30, 30);
        story.fault = faults[i];
        ledger_work(story.ledger);
        assert_int_equal(story.drawn, 0);
        assert_true(ledger_has_work(story.ledger));
        ledger_work(story.ledger);
        assert_int_equal(story.drawn, 1);
        assert_false(ledger_has_work(story.ledger));
        assert_string_equal(winners_of_agency(1), "7,17,27");
        assert_int_equal(query("SELECT count(*) FROM winners"), 3);
        ledger_close(&story.ledger);
    }
    open_ledger(1);
}

static void a_damaged_chunk_is_found_at_the_draw(void **state) {
    (void)state;
    open_ledger(2);
    assert_stored(LEDGER_LAST_CHUNK, 1, 0, 30, 30);
    query("SELECT count(*) FROM bets");
    ledger_close(&story.ledger);
    sqlite3 *database;
    assert_int_equal(sqlite3_open(story.path, &database), SQLITE_OK);
    sqlite3_exec(database, "UPDATE chunks SET rows = replace(rows, 'Paz,7,', 'Paz,8,')", NULL, NULL, NULL);
    sqlite3_close(database);
    open_ledger(2);
    assert_stored(LEDGER_LAST_CHUNK, 2, 0, 0, 0);
    ledger_work(story.ledger);
    assert_int_equal(story.drawn, 0);
    assert_int_equal(query("SELECT count(*) FROM winners"), 0);
}

static void agencies_may_change_while_the_draw_is_open(void **state) {
    (void)state;
    struct error error;
    open_ledger(3);
    assert_stored(LEDGER_LAST_CHUNK, 1, 0, 1, 1);
    assert_stored(LEDGER_LAST_CHUNK, 2, 0, 1, 1);
    ledger_close(&story.ledger);
    story.options.agencies = 1;
    assert_false(ledger_open(&story.options, &story.ledger, &error));
    assert_int_equal(error.code, ERROR_BAD_SETTING);
    assert_non_null(strstr(error.text, "agency 2"));
    open_ledger(2); // now everybody has finished
    assert_true(ledger_has_work(story.ledger));
    ledger_work(story.ledger);
    restart(5);
    assert_int_equal(ledger_agencies(story.ledger), 2); // it is closed
}

static void told_by_all_once(void **state) {
    (void)state;
    int64_t next;
    open_ledger(2);
    assert_stored(LEDGER_LAST_CHUNK, 1, 0, 1, 1);
    assert_stored(LEDGER_LAST_CHUNK, 2, 0, 1, 1);
    ledger_work(story.ledger);
    ask(request(LEDGER_TOLD, 1, -1, 0), &next);
    ask(request(LEDGER_TOLD, 1, -1, 0), &next);
    assert_int_equal(story.all_told, 0);
    restart(2);
    ask(request(LEDGER_TOLD, 2, -1, 0), &next);
    ask(request(LEDGER_TOLD, 2, -1, 0), &next);
    assert_int_equal(story.all_told, 1);
    restart(2);
    assert_int_equal(story.all_told, 2); // whoever starts it again is told at once
}

static void a_mixed_group_is_answered_in_order_by_one_commit(void **state) {
    (void)state;
    open_ledger(2);
    struct ledger_request *requests[6] = {
        request(LEDGER_CHUNK, 1, 0, 3), request(LEDGER_PASS, 1, -1, 0),      request(LEDGER_CHUNK, 1, 9, 1),
        request(LEDGER_CHUNK, 1, 3, 3), request(LEDGER_LAST_CHUNK, 2, 0, 2), request(LEDGER_CHUNK, 1, 0, 6),
    };
    error_set(&requests[1]->error, ERROR_BAD_BET, "refused before it came");
    static const enum error_code codes[] = {ERROR_NONE, ERROR_BAD_BET, ERROR_GAP,
                                            ERROR_NONE, ERROR_NONE,    ERROR_NONE};
    for (int i = 0; i < 6; i++) {
        requests[i]->node.next = i < 5 ? &requests[i + 1]->node : NULL;
    }
    ledger_process(story.ledger, &requests[0]->node);
    assert_int_equal(story.count, 6);
    for (int i = 0; i < 6; i++) {
        assert_ptr_equal(story.completed[i], requests[i]);
        assert_int_equal(requests[i]->error.code, codes[i]);
        discard(requests[i]);
    }
    assert_bets(8);
}

static void a_stopped_worker_answers_what_waits(void **state) {
    (void)state;
    struct worker *worker;
    struct error error;
    open_ledger(1);
    assert_true(worker_start(story.ledger, &worker, &error));
    struct ledger_request *requests[REQUESTS_MAX];
    for (int i = 0; i < REQUESTS_MAX; i++) {
        requests[i] = request(LEDGER_CHUNK, 1, i * 2, 2);
        assert_true(worker_submit(worker, requests[i]));
    }
    worker_stop(worker);
    assert_int_equal(story.count, REQUESTS_MAX);
    int stored = 0;
    for (int i = 0; i < REQUESTS_MAX; i++) {
        assert_ptr_equal(story.completed[i], requests[i]);
        if (requests[i]->error.code == ERROR_NONE) {
            stored += 2;
        } else {
            assert_int_equal(requests[i]->error.code, ERROR_SHUTTING_DOWN);
        }
    }
    assert_false(worker_submit(worker, requests[0]));
    worker_free(&worker);
    assert_bets(stored); // what was acknowledged is there, and nothing else
    for (int i = 0; i < REQUESTS_MAX; i++) {
        discard(requests[i]);
    }
}

static int set_up(void **state) {
    (void)state;
    memset(&story, 0, sizeof story);
    strcpy(story.folder, "/tmp/quiniela-ledger-XXXXXX");
    assert_non_null(mkdtemp(story.folder));
    snprintf(story.path, sizeof story.path, "%s/store-0", story.folder);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    if (story.ledger != NULL) {
        ledger_close(&story.ledger);
    }
    for (char store = '0'; store <= '1'; store++) {
        static const char *const endings[] = {"", "-wal", "-shm", "-lock"};
        for (size_t i = 0; i < 4; i++) {
            char file[160];
            snprintf(file, sizeof file, "%s/store-%c%s", story.folder, store, endings[i]);
            unlink(file);
        }
    }
    return rmdir(story.folder);
}

#define LEDGER_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(resends_in_any_pieces_are_stored_once),
        LEDGER_TEST(without_first_it_is_appended),
        LEDGER_TEST(gaps_and_other_bets_are_refused),
        LEDGER_TEST(after_the_last_chunk_nothing_is_added),
        LEDGER_TEST(the_draw_is_made_once_and_survives),
        LEDGER_TEST(nothing_is_acknowledged_when_the_commit_fails),
        LEDGER_TEST(while_the_store_is_gone_nothing_is_acknowledged),
        LEDGER_TEST(a_draw_that_fails_is_made_again),
        LEDGER_TEST(a_damaged_chunk_is_found_at_the_draw),
        LEDGER_TEST(agencies_may_change_while_the_draw_is_open),
        LEDGER_TEST(told_by_all_once),
        LEDGER_TEST(a_mixed_group_is_answered_in_order_by_one_commit),
        LEDGER_TEST(a_stopped_worker_answers_what_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
