// The ledger's invariants (ledger.h; each story names those that it holds), with the real store behind a
// layer that fails on demand: the next commit, or the N-th call.
#include "cmocka_all.h"

#include "ledger/ledger.h"
#include "ledger/worker.h"

#include <sched.h>
#include <semaphore.h>
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
    enum commit_fault fault;          // of the next commit
    int calls, commits;               // of the store, so far
    int failing_call;                 // which call fails, from 1; 0 for none
    enum commit_fault failing_commit; // how, when that is a commit
    bool store_is_gone;               // it cannot be opened
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

static bool fails_now(struct error *error) {
    return ++story.calls == story.failing_call &&
           !error_set(error, ERROR_STORE_FAILED, "call %d failed", story.calls);
}

static bool faulty_begin(struct store *store, struct error *error) {
    return !fails_now(error) && real->begin(store, error);
}

static bool faulty_put_draw(struct store *store, const struct stored_draw *draw, struct error *error) {
    return !fails_now(error) && real->put_draw(store, draw, error);
}

static bool faulty_put_agency(struct store *store, const struct stored_agency *agency, struct error *error) {
    return !fails_now(error) && real->put_agency(store, agency, error);
}

static bool faulty_add_chunk(struct store *store, const struct stored_chunk *chunk, struct error *error) {
    return !fails_now(error) && real->add_chunk(store, chunk, error);
}

static bool faulty_add_winner(struct store *store, const struct stored_winner *winner, struct error *error) {
    return !fails_now(error) && real->add_winner(store, winner, error);
}

static bool faulty_get_draw(struct store *store, struct stored_draw *draw, bool *found, struct error *error) {
    return !fails_now(error) && real->get_draw(store, draw, found, error);
}

static bool faulty_agencies(struct store *store, store_each_agency each, void *context, struct error *error) {
    return !fails_now(error) && real->agencies(store, each, context, error);
}

static bool faulty_numbers(struct store *store, store_each_chunk each, void *context, struct error *error) {
    return !fails_now(error) && real->numbers(store, each, context, error);
}

static bool faulty_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to,
                          store_each_chunk each, void *context, struct error *error) {
    return !fails_now(error) && real->chunks(store, agency, from, to, each, context, error);
}

static bool faulty_winners(struct store *store, store_each_winner each, void *context, struct error *error) {
    return !fails_now(error) && real->winners(store, each, context, error);
}

static bool faulty_commit(struct store *store, struct error *error) {
    enum commit_fault fault = fails_now(error) ? story.failing_commit : story.fault;
    story.fault = NO_FAULT;
    story.commits++;
    if (fault == FAIL_BEFORE) {
        return error_set(error, ERROR_STORE_FAILED, "the disk is full");
    }
    bool done = real->commit(store, error);
    return fault == FAIL_AFTER ? error_set(error, ERROR_STORE_FAILED, "the sync failed") : done;
}

static bool open_store(void *context, struct store **store, struct error *error) {
    (void)context;
    if (story.store_is_gone || fails_now(error)) {
        return error_set(error, ERROR_STORE_FAILED, "the store is gone");
    }
    if (!store_open(story.path, "1", STORE_SERVE, store, error)) {
        return false;
    }
    story.opened++;
    real = (*store)->operations;
    faulty = (struct store_operations){
        .begin = faulty_begin,
        .commit = faulty_commit,
        .rollback = real->rollback,
        .put_draw = faulty_put_draw,
        .put_agency = faulty_put_agency,
        .add_chunk = faulty_add_chunk,
        .add_winner = faulty_add_winner,
        .get_draw = faulty_get_draw,
        .agencies = faulty_agencies,
        .numbers = faulty_numbers,
        .chunks = faulty_chunks,
        .winners = faulty_winners,
        .close = real->close,
    };
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

static bool try_to_open(uint32_t agencies, struct error *error) {
    story.options = (struct ledger_options){.draw = "1",
                                            .agencies = agencies,
                                            .winning_number = 7574,
                                            .open_store = open_store,
                                            .drawn = on_drawn,
                                            .all_told = on_all_told};
    story.winners = NULL;
    story.drawn = 0;
    return ledger_open(&story.options, &story.ledger, error);
}

static void open_ledger(uint32_t agencies) {
    struct error error;
    if (!try_to_open(agencies, &error)) {
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

// Invariant 2.
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

// What is stored already needs no commit to be acknowledged.
static void a_resend_alone_commits_nothing(void **state) {
    (void)state;
    open_ledger(1);
    assert_stored(LEDGER_CHUNK, 1, 0, 10, 10);
    int commits = story.commits;
    assert_stored(LEDGER_CHUNK, 1, 0, 10, 10);
    assert_stored(LEDGER_CHUNK, 1, 4, 3, 10);
    assert_refused(LEDGER_CHUNK, 1, 12, 3, ERROR_GAP);
    assert_int_equal(story.commits, commits);
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

// A bet may differ in any chunk that it is sent again in, and by no more than its length.
static void every_bet_of_a_resend_is_compared(void **state) {
    (void)state;
    static const char *const others[] = {"Ana,Paz,%d,2000-01-01,01", "Ana,Paz,%d,2000-01-02,1",
                                         "Anna,Paz,%d,2000-01-01,1", "A,Paz,%d,2000-01-01,1"};
    open_ledger(1);
    assert_stored(LEDGER_CHUNK, 1, 0, 3, 3);
    assert_stored(LEDGER_CHUNK, 1, 3, 3, 6);
    for (int place = 0; place < 6; place++) {
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
            struct ledger_request *resend = request(LEDGER_CHUNK, 1, 0, 0);
            struct chunk *chunk = chunk_new(8, 1024);
            for (int bet = 0; bet < 8; bet++) {
                char text[64];
                struct error error;
                snprintf(text, sizeof text, bet == place ? others[i] : "Ana,Paz,%d,2000-01-01,1", bet);
                assert_true(chunk_add(chunk, text, strlen(text), &error));
            }
            chunk_free((struct chunk *)(uintptr_t)resend->chunk);
            resend->chunk = chunk;
            int64_t next;
            assert_int_equal(ask(resend, &next), ERROR_CONFLICT);
            assert_int_equal(next, 6);
        }
    }
    assert_bets(6);
}

// Invariant 2.
static void gaps_and_other_bets_are_refused(void **state) {
    (void)state;
    open_ledger(2);
    int64_t next;
    assert_stored(LEDGER_CHUNK, 1, 0, 10, 10);
    assert_int_equal(ask(request(LEDGER_CHUNK, 1, 11, 2), &next), ERROR_GAP);
    assert_int_equal(next, 10);
    assert_refused(LEDGER_CHUNK, 2, 1, 1, ERROR_GAP); // agency 2 has none
    struct ledger_request *far = request(LEDGER_LAST_CHUNK, 1, 0, 0);
    far->first = INT64_MAX;
    assert_int_equal(ask(far, &next), ERROR_GAP);
    struct ledger_request *other = request(LEDGER_CHUNK, 1, 0, 12);
    ((char *)(uintptr_t)other->chunk->rows)[0] = 'B';
    assert_int_equal(ask(other, &next), ERROR_CONFLICT);
    assert_int_equal(next, 10);
    assert_bets(10);
}

// Invariant 4.
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

// Invariant 4: as above, in the draw's later states.
static void nothing_is_added_after_the_seal(void **state) {
    (void)state;
    open_ledger(2);
    assert_stored(LEDGER_CHUNK, 1, 0, 10, 10);
    assert_stored(LEDGER_LAST_CHUNK, 1, 10, 5, 15);
    assert_stored(LEDGER_LAST_CHUNK, 2, 0, 0, 0);
    for (int again = 0; again < 4; again++) { // sealed, sealed and restarted, drawn, drawn and restarted
        assert_int_equal(query("SELECT state = 'sealed' FROM draws"), again < 2);
        assert_stored(LEDGER_LAST_CHUNK, 1, 10, 5, 15);
        assert_stored(LEDGER_LAST_CHUNK, 1, 0, 15, 15);
        assert_stored(LEDGER_CHUNK, 1, 5, 7, 15);
        assert_stored(LEDGER_LAST_CHUNK, 2, 0, 0, 0);
        assert_refused(LEDGER_CHUNK, 2, 0, 1, ERROR_AGENCY_FINISHED);
        assert_refused(LEDGER_LAST_CHUNK, 1, 10, 6, ERROR_AGENCY_FINISHED);
        assert_refused(LEDGER_CHUNK, 1, -1, 1, ERROR_AGENCY_FINISHED);
        assert_refused(LEDGER_CHUNK, 1, 16, 1, ERROR_GAP);
        if (again == 1) {
            ledger_work(story.ledger);
        } else {
            restart(2);
        }
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

// Invariant 5.
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

// The parts that are stored of a chunk whose beginning was known are as sound as whole ones.
static void winners_in_resent_chunks(void **state) {
    (void)state;
    open_ledger(1);
    assert_stored(LEDGER_CHUNK, 1, 0, 5, 5);
    assert_stored(LEDGER_CHUNK, 1, 2, 10, 12);      // stores 5 … 11, with a winner
    assert_stored(LEDGER_LAST_CHUNK, 1, 0, 18, 18); // stores 12 … 17, its last a winner
    ledger_work(story.ledger);
    assert_int_equal(story.drawn, 1);
    assert_string_equal(winners_of_agency(1), "7,17");
}

// Invariants 1 and 3.
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

// Invariants 1 and 5: the seal goes with the last chunk, or not at all.
static void a_seal_that_fails(void **state) {
    (void)state;
    static const enum commit_fault faults[] = {FAIL_BEFORE, FAIL_AFTER};
    for (int i = 0; i < 2; i++) {
        story.path[strlen(story.path) - 1] = (char)('0' + i); // a store each
        open_ledger(1);
        story.fault = faults[i];
        assert_refused(LEDGER_LAST_CHUNK, 1, 0, 8, ERROR_STORE_FAILED);
        assert_int_equal(query("SELECT count(*) FROM draws WHERE state = 'sealed'"), i);
        ledger_work(story.ledger); // makes the draw only when it is sealed in the store
        assert_int_equal(story.drawn, i);
        assert_stored(LEDGER_LAST_CHUNK, 1, 0, 8, 8);
        ledger_work(story.ledger);
        assert_int_equal(story.drawn, 1);
        assert_string_equal(winners_of_agency(1), "7");
        assert_bets(8);
        ledger_close(&story.ledger);
    }
    open_ledger(1);
}

// Invariant 3.
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

// Invariant 5.
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

static void agencies_may_join_while_the_draw_is_open(void **state) {
    (void)state;
    open_ledger(1);
    assert_stored(LEDGER_CHUNK, 1, 0, 8, 8);
    story.options.winning_number = 7574;
    restart(2);
    assert_int_equal(ledger_agencies(story.ledger), 2);
    assert_stored(LEDGER_LAST_CHUNK, 1, 8, 0, 8);
    assert_false(ledger_has_work(story.ledger)); // it waits for agency 2 as well
    assert_stored(LEDGER_LAST_CHUNK, 2, 0, 8, 8);
    assert_true(ledger_has_work(story.ledger));
}

static void the_winning_number_may_change_while_the_draw_is_open(void **state) {
    (void)state;
    struct error error;
    open_ledger(1);
    assert_stored(LEDGER_CHUNK, 1, 0, 8, 8);
    ledger_close(&story.ledger);
    story.options.winning_number = 1; // of every bet but those that 7574 is of
    assert_true(ledger_open(&story.options, &story.ledger, &error));
    assert_stored(LEDGER_LAST_CHUNK, 1, 8, 1, 9);
    ledger_close(&story.ledger);
    story.options.winning_number = 7574; // too late: it is sealed
    assert_true(ledger_open(&story.options, &story.ledger, &error));
    ledger_work(story.ledger);
    assert_string_equal(winners_of_agency(1), "0,1,2,3,4,5,6,8");
    assert_int_equal(query("SELECT winning_number FROM draws"), 1);
}

static void a_ledger_without_a_store_does_not_open(void **state) {
    (void)state;
    struct error error;
    story.store_is_gone = true;
    assert_false(try_to_open(1, &error));
    assert_null(story.ledger);
    assert_int_equal(error.code, ERROR_STORE_FAILED);
    story.store_is_gone = false;
    open_ledger(1);
    struct ledger *second;
    assert_false(ledger_open(&story.options, &second, &error)); // two ledgers, one store
    assert_null(second);
}

// What could not be stored is stored when the store is back, without anybody being told again; only then is
// it reported.
static void told_is_reported_when_it_is_stored(void **state) {
    (void)state;
    static const char told[] = "SELECT count(*) FROM agencies WHERE told_at IS NOT NULL";
    int64_t next;
    open_ledger(2);
    assert_stored(LEDGER_LAST_CHUNK, 1, 0, 1, 1);
    assert_stored(LEDGER_LAST_CHUNK, 2, 0, 1, 1);
    ledger_work(story.ledger);
    for (uint32_t agency = 1; agency <= 2; agency++) {
        story.fault = FAIL_BEFORE;
        assert_int_equal(ask(request(LEDGER_TOLD, agency, -1, 0), &next), ERROR_STORE_FAILED);
        assert_int_equal(query(told), agency - 1);
        assert_int_equal(story.all_told, 0);
        story.store_is_gone = true;
        assert_true(ledger_has_work(story.ledger)); // no request will bring the store back
        ledger_work(story.ledger);
        assert_int_equal(story.all_told, 0);
        story.store_is_gone = false;
        ledger_work(story.ledger);
        assert_false(ledger_has_work(story.ledger));
        assert_int_equal(query(told), agency);
    }
    assert_int_equal(story.all_told, 1);
    assert_int_equal(story.drawn, 1); // opening the store again does not tell it again
    restart(2);
    assert_int_equal(story.all_told, 2);
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
    int commits = story.commits;
    ledger_process(story.ledger, &requests[0]->node);
    assert_int_equal(story.commits, commits + 1);
    assert_int_equal(story.count, 6);
    for (int i = 0; i < 6; i++) {
        assert_ptr_equal(story.completed[i], requests[i]);
        assert_int_equal(requests[i]->error.code, codes[i]);
        discard(requests[i]);
    }
    assert_bets(8);
}

// Invariants 1 and 3: of a group whose commit fails, only what never touched the store keeps its answer.
static void a_group_whose_commit_fails(void **state) {
    (void)state;
    open_ledger(2);
    assert_stored(LEDGER_CHUNK, 1, 0, 3, 3);
    struct ledger_request *requests[7] = {
        request(LEDGER_CHUNK, 1, 0, 3),  // stored before, but answered together with the others
        request(LEDGER_CHUNK, 1, 3, 3),  //
        request(LEDGER_CHUNK, 1, 0, 6),  // leans on what is not stored
        request(LEDGER_CHUNK, 1, 9, 1),  // a gap, but nobody knows how large
        request(LEDGER_PASS, 1, -1, 0),  //
        request(LEDGER_CHUNK, 2, -1, 0), // refused before it came
        request(LEDGER_LAST_CHUNK, 2, 0, 2),
    };
    error_set(&requests[5]->error, ERROR_BAD_BET, "refused before it came");
    static const enum error_code codes[] = {ERROR_STORE_FAILED, ERROR_STORE_FAILED, ERROR_STORE_FAILED,
                                            ERROR_STORE_FAILED, ERROR_NONE,         ERROR_BAD_BET,
                                            ERROR_STORE_FAILED};
    for (int i = 0; i < 7; i++) {
        requests[i]->node.next = i < 6 ? &requests[i + 1]->node : NULL;
    }
    story.count = 0;
    story.fault = FAIL_BEFORE;
    ledger_process(story.ledger, &requests[0]->node);
    assert_int_equal(story.count, 7);
    for (int i = 0; i < 7; i++) {
        assert_ptr_equal(story.completed[i], requests[i]);
        assert_int_equal(requests[i]->error.code, codes[i]);
        assert_int_equal(requests[i]->next, -1);
        discard(requests[i]);
    }
    assert_bets(3);
    assert_stored(LEDGER_CHUNK, 1, 0, 6, 6);
}

// Sends a chunk until it is acknowledged.
static void insist(enum ledger_request_type type, uint32_t agency, int64_t first, int count, int64_t next) {
    enum error_code code = ERROR_STORE_FAILED;
    int64_t said = -1;
    for (int tries = 0; code != ERROR_NONE && tries < 2; tries++) { // only one call fails
        assert_int_equal(code, ERROR_STORE_FAILED);
        code = ask(request(type, agency, first, count), &said);
    }
    assert_int_equal(code, ERROR_NONE);
    assert_int_equal(said, next);
}

static void work(void) {
    for (int tries = 0; ledger_has_work(story.ledger) && tries < 2; tries++) {
        ledger_work(story.ledger);
    }
    assert_false(ledger_has_work(story.ledger));
}

// A draw from its first bet to its last winner, in which one call fails.
static void play_whole_draw(void) {
    struct error error;
    int64_t next;
    story.all_told = 0;
    if (!try_to_open(2, &error)) {
        open_ledger(2);
    }
    insist(LEDGER_CHUNK, 1, 0, 8, 8);
    insist(LEDGER_CHUNK, 1, 4, 10, 14);
    insist(LEDGER_LAST_CHUNK, 2, 0, 8, 8);
    insist(LEDGER_LAST_CHUNK, 1, 14, 14, 28);
    work();
    assert_int_equal(story.drawn, 1);
    assert_string_equal(winners_of_agency(1), "7,17,27");
    assert_string_equal(winners_of_agency(2), "7");
    for (uint32_t agency = 1; agency <= 2; agency++) { // told once, whatever comes of it
        ask(request(LEDGER_TOLD, agency, -1, 0), &next);
    }
    work();
    assert_int_equal(story.drawn, 1);
    assert_int_equal(story.all_told, 1);
}

static void remove_stores(void);

// All invariants: whichever call of the store fails, the draw comes out the same.
static void every_call_of_the_store_fails_once(void **state) {
    (void)state;
    for (int how = FAIL_BEFORE; how <= FAIL_AFTER; how++) {
        story.failing_commit = (enum commit_fault)how;
        for (story.failing_call = 1;; story.failing_call++) {
            story.calls = 0;
            play_whole_draw();
            ledger_close(&story.ledger);
            assert_bets(36);
            assert_int_equal(query("SELECT count(*) FROM winners"), 4);
            assert_int_equal(query("SELECT count(*) FROM agencies WHERE told_at IS NOT NULL"), 2);
            remove_stores();
            if (story.calls < story.failing_call) {
                break; // there was no such call: all have failed
            }
        }
        assert_true(story.failing_call > 40);
    }
}

// The worker's thread -------------------------------------------------------------------------------------

static sem_t happened, may_go_on;

static void on_drawn_by_worker(void *context, const struct winners *winners) {
    on_drawn(context, winners);
    sem_post(&happened);
}

// Invariant 5: the draw is made without a request, also again after it has failed.
static void a_worker_makes_the_draw(void **state) {
    (void)state;
    static const enum commit_fault faults[] = {NO_FAULT, FAIL_BEFORE};
    for (int i = 0; i < 2; i++) {
        struct worker *worker;
        struct error error;
        story.path[strlen(story.path) - 1] = (char)('0' + i); // a store each
        open_ledger(1);
        assert_stored(LEDGER_LAST_CHUNK, 1, 0, 18, 18);
        ledger_close(&story.ledger);
        story.options.drawn = on_drawn_by_worker;
        sem_init(&happened, 0, 0);
        assert_true(ledger_open(&story.options, &story.ledger, &error));
        story.fault = faults[i];
        assert_true(worker_start(story.ledger, &worker, &error));
        sem_wait(&happened);
        worker_stop(worker);
        worker_free(&worker);
        assert_null(worker);
        assert_string_equal(winners_of_agency(1), "7,17");
        assert_int_equal(story.drawn, 1);
        ledger_close(&story.ledger);
        sem_destroy(&happened);
    }
    open_ledger(1);
}

static struct worker *stopping;

// Comes back when the worker takes no more: it has then been told to stop.
static void wait_for_stop(void) {
    for (;;) {
        struct ledger_request *probe = request(LEDGER_PASS, 1, -1, 0);
        probe->complete = discard;
        if (!worker_submit(stopping, probe)) {
            discard(probe);
            return;
        }
        sched_yield();
    }
}

enum { MANY = 2 * GROUP_CHUNKS_MAX + 1 };

static struct ledger_request many[MANY];
static int many_completed, many_done;

static void on_one_of_many(struct ledger_request *request) {
    assert_ptr_equal(request, &many[many_completed]);
    many_done += request->error.code == ERROR_NONE;
    if (many_completed++ == 0) {
        sem_post(&happened);
        sem_wait(&may_go_on); // until all the others wait in the queue
    } else if (many_completed == 2) {
        sem_post(&happened);
        wait_for_stop();
    }
}

static void submit_one_of_many(int index) {
    many[index] = (struct ledger_request){.type = LEDGER_PASS, .agency = 1, .first = -1, .next = -1};
    error_clear(&many[index].error);
    many[index].complete = on_one_of_many;
    assert_true(worker_submit(stopping, &many[index]));
}

// The first one is a group of its own here. Of the two groups that wait then, the first is in hand when the
// worker is stopped.
static void a_group_has_a_cap(void **state) {
    (void)state;
    struct error error;
    open_ledger(1);
    many_completed = many_done = 0;
    sem_init(&happened, 0, 0);
    sem_init(&may_go_on, 0, 0);
    assert_true(worker_start(story.ledger, &stopping, &error));
    submit_one_of_many(0);
    sem_wait(&happened);
    for (int i = 1; i < MANY; i++) {
        submit_one_of_many(i);
    }
    sem_post(&may_go_on);
    sem_wait(&happened); // the second group is in hand
    worker_stop(stopping);
    worker_free(&stopping);
    assert_int_equal(many_completed, MANY); // each once, and in order
    assert_int_equal(many_done, 1 + GROUP_CHUNKS_MAX);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(many[i].error.code, i < many_done ? ERROR_NONE : ERROR_SHUTTING_DOWN);
    }
    sem_destroy(&happened);
    sem_destroy(&may_go_on);
}

static void on_complete_until_stopped(struct ledger_request *done) {
    on_complete(done);
    sem_post(&happened);
    sem_wait(&may_go_on);
    wait_for_stop();
}

// What is in hand when the worker is stopped is finished; what waits is not stored, and says so.
static void what_waits_when_the_worker_stops(void **state) {
    (void)state;
    struct error error;
    open_ledger(1);
    sem_init(&happened, 0, 0);
    sem_init(&may_go_on, 0, 0);
    assert_true(worker_start(story.ledger, &stopping, &error));
    struct ledger_request *in_hand = request(LEDGER_CHUNK, 1, 0, 5), *waiting[3];
    in_hand->complete = on_complete_until_stopped;
    assert_true(worker_submit(stopping, in_hand));
    sem_wait(&happened);
    for (int i = 0; i < 3; i++) {
        waiting[i] = request(i == 1 ? LEDGER_PASS : LEDGER_CHUNK, 1, 5, 5);
        waiting[i]->next = 99; // whatever it was before
        assert_true(worker_submit(stopping, waiting[i]));
    }
    sem_post(&may_go_on);
    worker_stop(stopping);
    worker_stop(stopping); // does no harm
    assert_int_equal(story.count, 4);
    assert_int_equal(in_hand->error.code, ERROR_NONE);
    assert_int_equal(in_hand->next, 5);
    for (int i = 0; i < 3; i++) {
        assert_ptr_equal(story.completed[1 + i], waiting[i]);
        assert_int_equal(waiting[i]->error.code, ERROR_SHUTTING_DOWN);
        assert_int_equal(waiting[i]->next, -1);
        discard(waiting[i]);
    }
    worker_free(&stopping);
    discard(in_hand);
    assert_bets(5);
    sem_destroy(&happened);
    sem_destroy(&may_go_on);
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

static void remove_stores(void) {
    for (char store = '0'; store <= '1'; store++) {
        static const char *const endings[] = {"", "-wal", "-shm", "-lock"};
        for (size_t i = 0; i < 4; i++) {
            char file[160];
            snprintf(file, sizeof file, "%s/store-%c%s", story.folder, store, endings[i]);
            unlink(file);
        }
    }
}

static int tear_down(void **state) {
    (void)state;
    if (story.ledger != NULL) {
        ledger_close(&story.ledger);
    }
    remove_stores();
    return rmdir(story.folder);
}

#define LEDGER_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(resends_in_any_pieces_are_stored_once),
        LEDGER_TEST(a_resend_alone_commits_nothing),
        LEDGER_TEST(without_first_it_is_appended),
        LEDGER_TEST(every_bet_of_a_resend_is_compared),
        LEDGER_TEST(gaps_and_other_bets_are_refused),
        LEDGER_TEST(after_the_last_chunk_nothing_is_added),
        LEDGER_TEST(nothing_is_added_after_the_seal),
        LEDGER_TEST(winners_in_resent_chunks),
        LEDGER_TEST(the_draw_is_made_once_and_survives),
        LEDGER_TEST(nothing_is_acknowledged_when_the_commit_fails),
        LEDGER_TEST(a_seal_that_fails),
        LEDGER_TEST(while_the_store_is_gone_nothing_is_acknowledged),
        LEDGER_TEST(a_draw_that_fails_is_made_again),
        LEDGER_TEST(a_damaged_chunk_is_found_at_the_draw),
        LEDGER_TEST(agencies_may_change_while_the_draw_is_open),
        LEDGER_TEST(agencies_may_join_while_the_draw_is_open),
        LEDGER_TEST(the_winning_number_may_change_while_the_draw_is_open),
        LEDGER_TEST(a_ledger_without_a_store_does_not_open),
        LEDGER_TEST(told_is_reported_when_it_is_stored),
        LEDGER_TEST(told_by_all_once),
        LEDGER_TEST(a_mixed_group_is_answered_in_order_by_one_commit),
        LEDGER_TEST(a_group_whose_commit_fails),
        LEDGER_TEST(every_call_of_the_store_fails_once),
        LEDGER_TEST(a_worker_makes_the_draw),
        LEDGER_TEST(a_group_has_a_cap),
        LEDGER_TEST(what_waits_when_the_worker_stops),
        LEDGER_TEST(a_stopped_worker_answers_what_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
