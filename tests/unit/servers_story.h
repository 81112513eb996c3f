// What the stories of several servers on one database have in common: their ledgers over stores that lose
// their connection on demand, requests, and what became of them.
#ifndef QUINIELA_TESTS_SERVERS_STORY_H
#define QUINIELA_TESTS_SERVERS_STORY_H

#include "sent.h"
#include "store_story.h"

#include "bet/errors.h"
#include "ledger/group.h"
#include "ledger/ledger.h"
#include "ledger/winners.h"
#include "ledger/work.h"

#include <pthread.h>
#include <sched.h>

enum { SERVERS = 3 };

enum commit_fault { NO_FAULT, LOSE_BEFORE, LOSE_AFTER }; // the connection, before the commit or after it

struct server {
    struct ledger *ledger;
    struct ledger_options options;
    const struct winners *winners;
    int drawn, all_told;
    enum commit_fault fault;       // of the next commit
    void (*meanwhile)(void);       // called at that fault
    void (*after_loss)(void);      // called behind the commit whose connection is lost
    void (*before_put_draw)(void); // called after it has read the draw and before it changes it
    const char *time;              // the database's, when it is asked for next; NULL: as it is
    void (*before_lock)(void);     // called before it locks agencies' rows
    void (*before_open)(void);     // called before it opens the store again
    int opened, opens_lost;        // the store; how many times the connection is lost then
    int puts_lost;                 // at an agency's row, the same
    int asked, asks_lost;          // for agencies' rows; how many times the connection is lost then
    int asked_for;                 // agencies in all
    int looked, looks_lost;        // at the draw's row, the same
    int counted;                   // all agencies' rows, by the database
    int dropped;                   // groups of the store
    int reads_lost;                // how many times the connection is lost while all agencies are read
    int stale, fails;              // how many next commits fail: another server was quicker; for good
    int stale_draws;               // how many next changes of the draw's row do: another server was quicker
    int groups, refused;           // groups sent; requests
    int locked, locks_late;        // the draw's row; how many times another server holds it for too long
};

static struct server servers[SERVERS];
static enum number_mode number_mode;                                 // of the draw
static const char *closes_text;                                      // likewise
static void (*noted)(void *context, const struct ledger_note *note); // of every server
static struct store_operations faulty;
static const struct store_operations *real;
static _Thread_local struct server *current; // the one whose ledger is running

// A store that loses its connection when it commits -------------------------------------------------------

// Lets another server do something at this moment, once.
static inline void let_others(void (**meanwhile)(void)) {
    struct server *server = current;
    void (*does)(void) = *meanwhile;
    *meanwhile = NULL;
    if (does != NULL) {
        does();
        current = server;
    }
}

static inline bool watched_put_agency(struct store *store, const struct stored_agency *agency,
                                      struct error *error) {
    if (current->puts_lost > 0) {
        current->puts_lost--;
        return error_set(error, ERROR_STORE_AWAY, "lost while an agency was put");
    }
    return real->put_agency(store, agency, error);
}

static inline bool faulty_commit(struct store *store, struct error *error) {
    enum commit_fault fault = current->fault;
    current->fault = NO_FAULT;
    if (fault != NO_FAULT && current->meanwhile != NULL) {
        struct server *server = current;
        server->meanwhile();
        current = server;
    }
    if (current->stale > 0) {
        current->stale--;
        return error_set(error, ERROR_STORE_STALE, "another server was quicker");
    }
    if (current->fails > 0) {
        current->fails--;
        return error_set(error, ERROR_STORE_FAILED, "failed before the commit");
    }
    if (fault == LOSE_BEFORE) {
        return error_set(error, ERROR_STORE_AWAY, "lost before the commit");
    }
    bool done = real->commit(store, error);
    if (fault == LOSE_AFTER) {
        let_others(&current->after_loss);
    }
    return fault == LOSE_AFTER ? error_set(error, ERROR_STORE_AWAY, "lost behind the commit") : done;
}

static inline bool watched_put_draw(struct store *store, const struct stored_draw *draw,
                                    struct error *error) {
    let_others(&current->before_put_draw);
    if (current->stale_draws > 0) {
        current->stale_draws--;
        return error_set(error, ERROR_STORE_STALE, "another server was quicker");
    }
    return real->put_draw(store, draw, error);
}

static inline bool watched_some_agencies(struct store *store, const uint32_t *numbers, size_t count,
                                         bool locks, store_each_agency each, void *context,
                                         struct error *error) {
    if (locks) {
        let_others(&current->before_lock);
    }
    current->asked++;
    current->asked_for += (int)count;
    if (current->asks_lost > 0) {
        current->asks_lost--;
        return error_set(error, ERROR_STORE_AWAY, "lost while an agency was asked for");
    }
    return real->some_agencies(store, numbers, count, locks, each, context, error);
}

static inline bool watched_get_draw(struct store *store, struct stored_draw *draw, bool *found,
                                    struct error *error) {
    current->looked++;
    if (current->looks_lost > 0) {
        current->looks_lost--;
        return error_set(error, ERROR_STORE_AWAY, "lost while the draw was asked for");
    }
    return real->get_draw(store, draw, found, error);
}

static inline bool watched_now(struct store *store, char now[STORE_TIME_BYTES], struct error *error) {
    if (current->time == NULL) {
        return real->now(store, now, error);
    }
    snprintf(now, STORE_TIME_BYTES, "%s", current->time);
    current->time = NULL;
    return true;
}

static inline bool watched_lock_draw(struct store *store, struct error *error) {
    current->locked++;
    if (current->locks_late > 0) {
        current->locks_late--;
        return error_set(error, ERROR_STORE_STALE, "another server holds the draw");
    }
    return real->lock_draw(store, error);
}

static inline bool watched_total_agencies(struct store *store, struct stored_totals *totals,
                                          struct error *error) {
    current->counted++;
    return real->total_agencies(store, totals, error);
}

static inline bool watched_agencies(struct store *store, store_each_agency each, void *context,
                                    struct error *error) {
    if (current->reads_lost > 0) {
        current->reads_lost--;
        return error_set(error, ERROR_STORE_AWAY, "lost while the agencies were read");
    }
    return real->agencies(store, each, context, error);
}

static inline bool watched_rollback(struct store *store) {
    current->dropped++;
    return real->rollback(store);
}

static inline bool open_faulty(void *context, struct store **store, struct error *error) {
    struct server *server = context;
    if (server->opens_lost > 0) {
        server->opens_lost--;
        return error_set(error, ERROR_STORE_AWAY, "lost while the store was opened");
    }
    let_others(&server->before_open);
    if (!store_open(path, "1", STORE_SERVE, store, error)) {
        return false;
    }
    server->opened++;
    (*store)->operations = &faulty;
    return true;
}

static inline void on_drawn(void *context, const struct winners *winners) {
    struct server *server = context;
    server->winners = winners;
    server->drawn++;
}

static inline void on_all_told(void *context) {
    ((struct server *)context)->all_told++;
}

static inline bool try_start(struct server *server, uint32_t agencies, struct error *error) {
    *server = (struct server){.time = server->time};
    current = server;
    server->options = (struct ledger_options){.draw = "1",
                                              .agencies = agencies,
                                              .winning_number = WINNING_NUMBER,
                                              .number_mode = number_mode,
                                              .closes_text = closes_text,
                                              .open_store = open_faulty,
                                              .drawn = on_drawn,
                                              .all_told = on_all_told,
                                              .noted = noted,
                                              .context = server};
    return ledger_open(&server->options, &server->ledger, error);
}

static inline int set_up_servers(void **state) {
    set_up_store(state);
    struct store *store = open_draw("none", STORE_SERVE);
    real = store->operations;
    faulty = *real;
    faulty.commit = faulty_commit;
    faulty.put_agency = watched_put_agency;
    faulty.put_draw = watched_put_draw;
    faulty.some_agencies = watched_some_agencies;
    faulty.total_agencies = watched_total_agencies;
    faulty.rollback = watched_rollback;
    faulty.agencies = watched_agencies;
    faulty.get_draw = watched_get_draw;
    faulty.now = watched_now;
    faulty.lock_draw = watched_lock_draw;
    store_close(&store);
    memset(servers, 0, sizeof servers);
    return 0;
}

static inline int tear_down_servers(void **state) {
    for (int i = 0; i < SERVERS; i++) {
        if (servers[i].ledger != NULL) {
            ledger_close(&servers[i].ledger);
        }
    }
    return tear_down(state);
}

// Requests ------------------------------------------------------------------------------------------------

static inline void on_complete(struct ledger_request *request) {
    (void)request;
}

#define request_of(...) request_as((struct sent){__VA_ARGS__}, on_complete)

// Processes one request alone, and returns how it was answered.
static inline struct ledger_request answer(struct server *server, struct ledger_request *request) {
    current = server;
    request->node.next = NULL;
    group_process(server->ledger, &request->node);
    struct ledger_request answered = *request;
    chunk_free((struct chunk *)(uintptr_t)request->input.chunk);
    free(request);
    return answered;
}

#define send(server, ...) answer(server, request_of(__VA_ARGS__))

// A server that has heard of nobody.
static inline void start_new(struct server *server, uint32_t agencies) {
    struct error error;
    must(try_start(server, agencies, &error), &error);
}

// One that has heard of every agency. What another server stores of them from now on is a surprise.
static inline void start(struct server *server, uint32_t agencies) {
    start_new(server, agencies);
    for (uint32_t agency = 1; agency <= agencies; agency++) {
        (void)send(server, .agency = agency, .first = NO_FIRST, .count = 0); // whatever the answer is
    }
}

static inline void assert_stored_as(struct server *server, struct sent sent) {
    struct ledger_request answered = answer(server, request_as(sent, on_complete));
    assert_error(&answered.answer.error, ERROR_NONE);
    assert_int_equal(answered.answer.next, sent.next);
}

#define assert_stored(server, ...) assert_stored_as(server, (struct sent){__VA_ARGS__})

static inline void assert_refused_as(struct server *server, const struct error_code *code, struct sent sent) {
    struct ledger_request answered = answer(server, request_as(sent, on_complete));
    assert_error(&answered.answer.error, code);
}

#define assert_refused(server, code, ...) assert_refused_as(server, code, (struct sent){__VA_ARGS__})

static inline int64_t query_number(const char *sql) {
    PGconn *connection = PQconnectdb(path);
    PGresult *result = PQexec(connection, sql);
    assert_int_equal(PQntuples(result), 1);
    int64_t value = atoll(PQgetvalue(result, 0, 0));
    PQclear(result);
    PQfinish(connection);
    return value;
}

static inline void assert_bets(int expected) {
    assert_int_equal(query_number("SELECT count(*) FROM bets"), expected);
    assert_int_equal(query_number("SELECT count(DISTINCT (agency, documento)) FROM bets"), expected);
    assert_int_equal(query_number("SELECT count(*) FROM bets WHERE bet <> documento::int"), 0);
}

static inline void assert_winners(const struct server *server, uint32_t agency, const char *expected) {
    size_t length;
    assert_non_null(server->winners);
    const char *documents = winners_of(server->winners, agency, &length);
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(documents, expected, length);
}

#define SHARED_TEST(test) cmocka_unit_test_setup_teardown(test, set_up_servers, tear_down_servers)

#endif
