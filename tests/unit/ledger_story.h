// What the stories of the ledger have in common: the real store behind a layer that fails on demand (the next
// commit, or the N-th call), requests, and what became of them.
#ifndef QUINIELA_TESTS_LEDGER_STORY_H
#define QUINIELA_TESTS_LEDGER_STORY_H

#include "cmocka_all.h"
#include "filed.h"
#include "sent.h"

#include "bet/errors.h"
#include "ledger/group.h"
#include "ledger/ledger.h"
#include "ledger/winners.h"
#include "ledger/work.h"
#include "ledger/worker.h"
#include "store/backend.h"
#include "store/store.h"

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
    int failing_call;                 // which call fails, from 1; 0: none
    enum commit_fault failing_commit; // how it fails, if it is a commit
    bool store_is_gone;               // it cannot be opened
    size_t room, chunk_room;          // what its disk has, unless 0, and what a chunk takes of it
    uint16_t winning_number;          // the one that the ledger is opened with; 0: WINNING_NUMBER
    bool is_manual;                   // its number is to come by an order
    bool is_beacon;                   // or from a beacon
    const char *closes_text;          // its cut-off, or NULL
    bool by_default, change;          // its settings are defaults; they are meant to change the draw
    const char *draw;                 // its name; NULL: "1"
    const struct notary *notary;      // what signs it, where that is kept and shown; or NULL
    const char *seal_dir;
    struct notice *notice;
    int opened;
    void (*noted)(void *context, const struct ledger_note *note); // given to the ledger
    const struct winners *winners;
    int drawn, all_told;
    struct error answer; // of the last one asked
    // What was completed, in order.
    struct ledger_request *completed[REQUESTS_MAX];
    int count;
};

static struct story story; // `complete` has no context of its own

// A store that fails --------------------------------------------------------------------------------------

static struct store_operations faulty;
static const struct store_operations *real;

static inline bool fails_now(struct error *error) {
    return ++story.calls == story.failing_call &&
           !error_set(error, ERROR_STORE_FAILED, "call %d failed", story.calls);
}

static inline bool has_room(size_t bytes, struct error *error) {
    return story.room == 0 || bytes <= story.room || error_set(error, ERROR_STORE_FAILED, "the disk is full");
}

static inline bool faulty_begin(struct store *store, struct error *error) {
    return !fails_now(error) && real->begin(store, error);
}

static inline bool faulty_put_draw(struct store *store, const struct stored_draw *draw, struct error *error) {
    return !fails_now(error) && real->put_draw(store, draw, error);
}

static inline bool faulty_put_agency(struct store *store, const struct stored_agency *agency,
                                     struct error *error) {
    return !fails_now(error) && real->put_agency(store, agency, error);
}

static inline bool faulty_add_chunk(struct store *store, const struct stored_chunk *chunk,
                                    struct error *error) {
    return !fails_now(error) && has_room(story.chunk_room, error) && real->add_chunk(store, chunk, error);
}

static inline bool faulty_try_room(struct store *store, size_t bytes, struct error *error) {
    return has_room(bytes, error) && real->try_room(store, bytes, error);
}

static inline bool faulty_add_winner(struct store *store, const struct stored_winner *winner,
                                     struct error *error) {
    return !fails_now(error) && real->add_winner(store, winner, error);
}

static inline bool faulty_get_draw(struct store *store, struct stored_draw *draw, bool *found,
                                   struct error *error) {
    return !fails_now(error) && real->get_draw(store, draw, found, error);
}

static inline bool faulty_agencies(struct store *store, store_each_agency each, void *context,
                                   struct error *error) {
    return !fails_now(error) && real->agencies(store, each, context, error);
}

static inline bool faulty_numbers(struct store *store, store_each_chunk each, void *context,
                                  struct error *error) {
    return !fails_now(error) && real->numbers(store, each, context, error);
}

static inline bool faulty_chunks(struct store *store, uint32_t agency, uint64_t from, uint64_t to,
                                 store_each_chunk each, void *context, struct error *error) {
    return !fails_now(error) && real->chunks(store, agency, from, to, each, context, error);
}

static inline bool faulty_pieces(struct store *store, uint32_t agency, uint64_t from, uint32_t count_max,
                                 store_each_piece each, void *context, struct error *error) {
    return !fails_now(error) && real->pieces(store, agency, from, count_max, each, context, error);
}

static inline bool faulty_winners(struct store *store, store_each_winner each, void *context,
                                  struct error *error) {
    return !fails_now(error) && real->winners(store, each, context, error);
}

static inline bool faulty_void_agency(struct store *store, uint32_t agency, uint32_t voiding, uint64_t *bets,
                                      struct error *error) {
    return !fails_now(error) && real->void_agency(store, agency, voiding, bets, error);
}

static inline bool faulty_add_paper(struct store *store, const struct stored_paper *paper,
                                    struct error *error) {
    return !fails_now(error) && real->add_paper(store, paper, error);
}

static inline bool faulty_papers(struct store *store, store_each_paper each, void *context,
                                 struct error *error) {
    return !fails_now(error) && real->papers(store, each, context, error);
}

static inline bool faulty_commit(struct store *store, struct error *error) {
    enum commit_fault fault = fails_now(error) ? story.failing_commit : story.fault;
    story.fault = NO_FAULT;
    story.commits++;
    if (fault == FAIL_BEFORE) {
        return error_set(error, ERROR_STORE_FAILED, "night.db: no room") ||
               error_because(error, CAUSE_DISK_FULL);
    }
    bool done = real->commit(store, error);
    return fault == FAIL_AFTER ? error_set(error, ERROR_STORE_FAILED, "the sync failed") : done;
}

static inline bool open_store(void *context, struct store **store, struct error *error) {
    (void)context;
    if (story.store_is_gone || fails_now(error)) {
        return error_set(error, ERROR_STORE_FAILED, "the store is gone");
    }
    if (!store_open(story.path, story.options.draw, STORE_SERVE, store, error)) {
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
        .draws = real->draws,
        .agencies = faulty_agencies,
        .numbers = faulty_numbers,
        .chunks = faulty_chunks,
        .pieces = faulty_pieces,
        .winners = faulty_winners,
        .try_room = faulty_try_room,
        .void_agency = faulty_void_agency,
        .add_paper = faulty_add_paper,
        .papers = faulty_papers,
        .close = real->close,
    };
    (*store)->operations = &faulty;
    return true;
}

static inline bool open_reader(void *context, const char *draw, struct store **store, struct error *error) {
    (void)context;
    return store_open(story.path, draw, STORE_READ, store, error);
}

static inline void on_drawn(void *context, const struct winners *winners) {
    (void)context;
    story.winners = winners;
    story.drawn++;
}

static inline void on_all_told(void *context) {
    (void)context;
    story.all_told++;
}

// Requests ------------------------------------------------------------------------------------------------

static inline void on_complete(struct ledger_request *request) {
    assert_true(story.count < REQUESTS_MAX);
    story.completed[story.count++] = request;
}

#define request(...) request_as((struct sent){__VA_ARGS__}, on_complete)

// Processes one request alone. Returns the code of the answer; *next is the answer's `next`.
static inline const struct error_code *ask(struct ledger_request *asked, int64_t *next) {
    asked->node.next = NULL;
    story.count = 0;
    group_process(story.ledger, &asked->node);
    assert_int_equal(story.count, 1);
    assert_ptr_equal(story.completed[0], asked);
    story.answer = asked->answer.error;
    *next = asked->answer.next;
    discard_request(asked);
    return story.answer.code;
}

// Checks that what is sent is stored, or was stored before, and that the agency's next bet is then number
// `sent.next`.
static inline void assert_stored_as(struct sent sent) {
    int64_t said;
    (void)ask(request_as(sent, on_complete), &said);
    assert_error(&story.answer, ERROR_NONE);
    assert_int_equal(said, sent.next);
}

#define assert_stored(...) assert_stored_as((struct sent){__VA_ARGS__})

static inline void assert_refused_as(const struct error_code *code, struct sent sent) {
    int64_t said;
    (void)ask(request_as(sent, on_complete), &said);
    assert_error(&story.answer, code);
}

#define assert_refused(code, ...) assert_refused_as(code, (struct sent){__VA_ARGS__})

static inline bool try_to_open(uint32_t agencies, struct error *error) {
    story.options = (struct ledger_options){
        .draw = story.draw == NULL ? "1" : story.draw,
        .agencies = agencies,
        .winning_number = story.winning_number == 0 ? WINNING_NUMBER : story.winning_number,
        .agencies_by_default = story.by_default,
        .number_by_default = story.by_default || story.is_manual || story.is_beacon,
        .number_mode = story.is_beacon   ? NUMBER_BEACON
                       : story.is_manual ? NUMBER_MANUAL
                                         : NUMBER_FIXED,
        .mode_by_default = story.by_default,
        .change = story.change,
        .closes_text = story.closes_text,
        .notary = story.notary,
        .seal_dir = story.seal_dir,
        .notice = story.notice,
        .open_store = open_store,
        .open_reader = open_reader,
        .drawn = on_drawn,
        .all_told = on_all_told,
        .noted = story.noted};
    story.winners = NULL;
    story.drawn = 0;
    return ledger_open(&story.options, &story.ledger, error);
}

static inline void open_ledger_at(uint32_t agencies, const char *file, int line) {
    struct error error;
    must_at(try_to_open(agencies, &error), &error, "opening the ledger", file, line);
}

#define open_ledger(agencies) open_ledger_at(agencies, __FILE__, __LINE__)

static inline void restart_at(uint32_t agencies, const char *file, int line) {
    ledger_close(&story.ledger);
    open_ledger_at(agencies, file, line);
}

#define restart(agencies) restart_at(agencies, __FILE__, __LINE__)

// A number that SQL gives about the store.
static inline int query(const char *sql) {
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

static inline void assert_bets(int expected) {
    assert_int_equal(query("SELECT count(*) FROM bets"), expected);
    assert_int_equal(query("SELECT count(DISTINCT agency || ':' || documento) FROM bets"), expected);
    assert_int_equal(query("SELECT count(*) FROM bets WHERE bet <> CAST(documento AS INTEGER)"), 0);
}

static inline const char *winners_of_agency(uint32_t agency) {
    static char text[64];
    size_t length;
    const char *documents = winners_of(story.winners, agency, &length);
    snprintf(text, sizeof text, "%.*s", (int)length, documents);
    return text;
}

static inline int set_up(void **state) {
    (void)state;
    usual_inbox();
    memset(&story, 0, sizeof story);
    strcpy(story.folder, "/tmp/quiniela-ledger-XXXXXX");
    assert_non_null(mkdtemp(story.folder));
    snprintf(story.path, sizeof story.path, "%s/store-0", story.folder);
    return 0;
}

static inline void remove_stores(void) {
    for (char store = '0'; store <= '1'; store++) {
        static const char *const endings[] = {"", "-wal", "-shm", "-lock"};
        for (size_t i = 0; i < 4; i++) {
            char file[160];
            snprintf(file, sizeof file, "%s/store-%c%s", story.folder, store, endings[i]);
            unlink(file);
        }
    }
}

static inline int tear_down(void **state) {
    (void)state;
    if (story.ledger != NULL) {
        ledger_close(&story.ledger);
    }
    remove_stores();
    return rmdir(story.folder);
}

#define LEDGER_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
