// Whichever step of a call to a shared store fails, the call fails and says so.
// Its steps are what the store does with its connection: each fails once, as if the connection were lost.
#include "store_story.h"

#include "store/postgres_statements.h"

#include <malloc.h>

static int steps, failing; // done so far; which one fails, from 1

bool __real_postgres_link_execute(struct postgres_link *link, const char *sql, const char *what,
                                  char value[POSTGRES_VALUE_BYTES], struct error *error);
bool __wrap_postgres_link_execute(struct postgres_link *link, const char *sql, const char *what,
                                  char value[POSTGRES_VALUE_BYTES], struct error *error);
bool __real_postgres_link_result(struct postgres_link *link, PGresult **result, struct error *error);
bool __wrap_postgres_link_result(struct postgres_link *link, PGresult **result, struct error *error);
bool __real_postgres_send(struct postgres_session *session, int which, const struct sql_values *values,
                          const char *what, struct error *error);
bool __wrap_postgres_send(struct postgres_session *session, int which, const struct sql_values *values,
                          const char *what, struct error *error);
int __real_PQenterPipelineMode(PGconn *connection);
int __wrap_PQenterPipelineMode(PGconn *connection);
int __real_PQexitPipelineMode(PGconn *connection);
int __wrap_PQexitPipelineMode(PGconn *connection);
int __real_PQpipelineSync(PGconn *connection);
int __wrap_PQpipelineSync(PGconn *connection);

void __real_free(void *block);
void __wrap_free(void *block);

// So that whoever still reads it finds nothing there that would do.
void __wrap_free(void *block) {
    if (block != NULL) {
        memset(block, 0xa5, malloc_usable_size(block));
    }
    __real_free(block);
}

static bool fails_now(void) {
    return ++steps == failing;
}

static bool lost(struct error *error) {
    return error_set(error, ERROR_STORE_AWAY, "step %d failed", steps);
}

bool __wrap_postgres_link_execute(struct postgres_link *link, const char *sql, const char *what,
                                  char value[POSTGRES_VALUE_BYTES], struct error *error) {
    bool matters = strncmp(sql, "NOTIFY", 6) != 0; // others look each second all the same
    return matters && fails_now() ? lost(error) : __real_postgres_link_execute(link, sql, what, value, error);
}

bool __wrap_postgres_link_result(struct postgres_link *link, PGresult **result, struct error *error) {
    return fails_now() ? lost(error) : __real_postgres_link_result(link, result, error);
}

bool __wrap_postgres_send(struct postgres_session *session, int which, const struct sql_values *values,
                          const char *what, struct error *error) {
    return fails_now() ? lost(error) : __real_postgres_send(session, which, values, what, error);
}

int __wrap_PQenterPipelineMode(PGconn *connection) {
    return fails_now() ? 0 : __real_PQenterPipelineMode(connection);
}

int __wrap_PQexitPipelineMode(PGconn *connection) {
    return fails_now() ? 0 : __real_PQexitPipelineMode(connection);
}

int __wrap_PQpipelineSync(PGconn *connection) {
    return fails_now() ? 0 : __real_PQpipelineSync(connection);
}

// What is read is counted ---------------------------------------------------------------------------------

static int rows;

static bool count_agency(void *context, const struct stored_agency *agency, struct error *error) {
    (void)context, (void)agency, (void)error;
    rows++;
    return true;
}

static bool count_chunk(void *context, const struct stored_chunk *chunk, struct error *error) {
    (void)context, (void)chunk, (void)error;
    rows++;
    return true;
}

static bool count_piece(void *context, const struct stored_piece *piece, struct error *error) {
    (void)context, (void)piece, (void)error;
    rows++;
    return true;
}

static bool count_paper(void *context, const struct stored_paper *paper, struct error *error) {
    (void)context, (void)paper, (void)error;
    rows++;
    return true;
}

static bool count_winner(void *context, const struct stored_winner *winner, struct error *error) {
    (void)context, (void)winner, (void)error;
    rows++;
    return true;
}

// A draw, from its opening to its winners -----------------------------------------------------------------

static bool put_draw(struct store *store, struct stored_draw *draw, struct error *error) {
    return store_begin(store, error) && store_put_draw(store, draw, error) && store_commit(store, error);
}

static bool store_bets(struct store *store, const struct stored_draw *draw, struct error *error) {
    struct stored_chunk chunk = chunk_of(1, 0, 2);
    struct stored_agency first = {.agency = 1, .bets = 2, .finished_at = "2026-01-02T00:00:00Z"},
                         second = {.agency = 2, .finished_at = "2026-01-02T00:00:00Z"};
    uint32_t finished = 0;
    char now[STORE_TIME_BYTES];
    return store_begin(store, error) && store_add_chunk(store, &chunk, error) &&
           store_put_agency(store, &first, error) && store_put_agency(store, &second, error) &&
           store_count_finished(store, draw->checksum, 2, &finished, error) &&
           store_hold_draw(store, draw->checksum, error) && store_now(store, now, error) &&
           store_confirm(store, error) && store_commit(store, error);
}

static bool seal(struct store *store, struct stored_draw *draw, struct error *error) {
    draw->state = DRAW_SEALED;
    return store_begin(store, error) && store_lock_draw(store, error) &&
           store_some_agencies(store, (uint32_t[]){1, 2}, 2, true, count_agency, NULL, error) &&
           store_put_draw(store, draw, error) && store_commit(store, error);
}

static bool add_paper(struct store *store, enum store_paper kind, struct error *error) {
    return store_add_paper(
        store, &(struct stored_paper){.kind = kind, .bytes = (const uint8_t *)"note", .length = 4}, error);
}

static bool set_root(struct store *store, struct stored_draw *draw, struct error *error) {
    draw->has_root = true;
    return store_begin(store, error) && store_put_draw(store, draw, error) &&
           add_paper(store, PAPER_SEAL, error) && store_commit(store, error);
}

static bool make_draw(struct store *store, struct stored_draw *draw, struct error *error) {
    struct stored_winner winner = {1, 1, "2"};
    draw->state = DRAW_DRAWN;
    return store_begin_draw(store, error) && store_numbers(store, count_chunk, NULL, error) &&
           store_add_winner(store, &winner, error) && store_put_draw(store, draw, error) &&
           add_paper(store, PAPER_RESULT, error) && store_commit(store, error);
}

static bool read_all(struct store *store, struct error *error) {
    struct stored_draw draw;
    struct stored_totals totals;
    bool found;
    return store_get_draw(store, &draw, &found, error) && store_total_agencies(store, &totals, error) &&
           store_some_agencies(store, (uint32_t[]){1}, 1, false, count_agency, NULL, error) &&
           store_agencies(store, count_agency, NULL, error) &&
           store_chunks(store, 1, 0, UINT64_MAX, count_chunk, NULL, error) &&
           store_pieces(store, 1, 0, 10, count_piece, NULL, error) &&
           store_papers(store, count_paper, NULL, error) && store_winners(store, count_winner, NULL, error);
}

static void on_damage(void *context, const char *damage) {
    (void)context;
    fail_msg("nothing is damaged, and the store says: %s", damage);
}

// With snapshots.
static bool survey(const char *name, struct error *error) {
    struct store *reader;
    if (!try_open(name, STORE_READ, &reader, error)) {
        assert_null(reader);
        return false;
    }
    bool done = read_all(reader, error) && store_snapshot(reader, error) &&
                store_numbers(reader, count_chunk, NULL, error);
    store_survey(reader, on_damage, NULL);
    done = done && store_check_files(reader, error);
    store_close(&reader);
    return done;
}

// The parts of a draw, one after the other: from its opening to its winners, and to whoever reads them.
enum part { OPEN, BETS, DRAW, READ, SURVEY, PARTS };

static bool play(enum part part, struct store **store, struct stored_draw *draw, const char *name,
                 struct error *error) {
    switch (part) {
    case OPEN:
        return try_open(name, STORE_SERVE, store, error);
    case BETS:
        return put_draw(*store, draw, error) && store_bets(*store, draw, error);
    case DRAW:
        return seal(*store, draw, error) && set_root(*store, draw, error) && make_draw(*store, draw, error);
    case READ:
        return read_all(*store, error);
    default:
        return survey(name, error);
    }
}

// Plays until that part, in which a step may fail. Returns whether all of it was done.
static bool play_until(enum part last, int failing_step, const char *name, struct error *error) {
    struct store *store = NULL;
    struct stored_draw draw = {.agencies = 2, .winning_number = 2, .opened_at = "2026-01-01T00:00:00Z"};
    bool done = true;
    for (int part = OPEN; done && part <= (int)last; part++) {
        bool is_read = last > DRAW && part > OPEN && part < (int)last; // which stands there already
        rows = steps = 0;
        failing = part == (int)last ? failing_step : 0;
        done = is_read || play((enum part)part, &store, &draw, name, error);
    }
    failing = 0;
    if (store != NULL) {
        store_close(&store);
    }
    return done;
}

static void each_step_fails_once(void **state) {
    (void)state;
    static const int expected[PARTS] = {0, 0, 2 + 1, 1 + 2 + 1 + 1 + 2 + 1,
                                        1 + 2 + 1 + 1 + 2 + 1 + 1}; // rows that are read
    struct error error;
    for (int part = OPEN; part < PARTS; part++) {
        bool done = part == READ && !play_until(DRAW, 0, "whole", &error);
        assert_false(done);
        for (int step = 1; !done; step++) {
            char name[32];
            snprintf(name, sizeof name, "%d.%d", part, step);
            error_clear(&error);
            done = play_until((enum part)part, step, part > DRAW ? "whole" : name, &error);
            if (done && steps >= step) {
                fail_msg("of part %d, step %d of %d failed, and nobody heard of it", part, step, steps);
            }
            if (!done && (error.code != ERROR_STORE_AWAY || steps < step)) {
                fail_msg("of part %d, step %d was expected to be lost: the store said %s: %s", part, step,
                         error_name(error.code), error.text);
            }
        }
        assert_int_equal(rows, expected[part]);
        assert_true(steps > 4);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {STORE_TEST(each_step_fails_once)};
    if (getenv("QUINIELA_POSTGRES") == NULL) {
        print_message("SKIPPED: QUINIELA_POSTGRES names no database\n");
        return 77;
    }
    implementation = &implementations[POSTGRES];
    return cmocka_run_group_tests_name("steps_shared", tests, NULL, NULL);
}
