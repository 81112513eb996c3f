// Every store keeps every promise of store.h.
// The conformance suite, against every store in the table of store_story.h, and a third one (memory_store.c).
#include "store_story.h"

#include "bet/limits.h"
#include "memory_store.h"

static void what_is_committed_is_there_after_opening_again(void **state) {
    (void)state;
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 2, 0, 3);
    store_one(store, 1, 0, 2);
    store_one(store, 2, 3, 1);
    store_close(&store);
    assert_null(store);
    store = open_draw("1", STORE_SERVE);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+2 2:0+3 2:3+1 ");
    struct reading reading = {0};
    struct error error;
    must(store_numbers(store, note_chunk, &reading, &error), &error);
    assert_string_equal(reading.text, "1:0+2n 2:0+3n 2:3+1n ");
    store_close(&store);
}

// What is taken may have been taken by another server, where there can be one.
static const struct error_code *taken_code(const struct store *store) {
    return store_is_shared(store) ? ERROR_STORE_STALE : ERROR_STORE_FAILED;
}

// What the store holds, after it is closed, and opened again.
static struct store *assert_kept(struct store *store, const char *chunks) {
    store_close(&store);
    store = open_draw("1", STORE_SERVE);
    assert_chunks(store, 0, 0, UINT64_MAX, chunks);
    return store;
}

static void a_group_is_stored_whole_or_not_at_all(void **state) {
    (void)state;
    struct error error;
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 3);
    struct stored_chunk more = chunk_of(1, 3, 1), again = chunk_of(1, 0, 2);
    must(store_begin(store, &error), &error);
    must(store_add_chunk(store, &more, &error), &error);
    // Invariant 4: the place is taken. A store may find that out as late as in the commit.
    assert_false(store_add_chunk(store, &again, &error) && store_commit(store, &error));
    assert_error(&error, taken_code(store));
    store = assert_kept(store, "1:0+3 ");
    must(store_begin(store, &error), &error);
    must(store_add_chunk(store, &more, &error), &error);
    store = assert_kept(store, "1:0+3 "); // without a commit
    store_close(&store);
}

// A group that is dropped leaves nothing, and the store goes on.
static void a_group_that_is_dropped_leaves_nothing(void **state) {
    (void)state;
    struct error error;
    struct store *store = open_draw("1", STORE_SERVE);
    struct stored_chunk chunk = chunk_of(1, 3, 2);
    store_one(store, 1, 0, 3);
    must(store_begin(store, &error) && store_add_chunk(store, &chunk, &error), &error);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+3 1:3+2 ");
    store_drop(store);
    store_drop(store); // none is open: nothing to do
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+3 ");
    store_one(store, 1, 3, 1); // the place is free
    store = assert_kept(store, "1:0+3 1:3+1 ");
    store_close(&store);
}

static void a_failure_is_sticky(void **state) {
    (void)state;
    struct error error;
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 3);
    struct stored_chunk other = chunk_of(1, 3, 1);
    struct reading stopped = {.stop_after = 1};
    must(store_begin(store, &error), &error);
    assert_false(store_chunks(store, 1, 0, 9, note_chunk, &stopped, &error)); // its callback stops it
    assert_false(store_add_chunk(store, &other, &error));
    assert_false(store_commit(store, &error));
    assert_false(store_begin(store, &error));
    assert_error(&error, ERROR_STORE_FAILED);
    struct reading reading = {0};
    assert_false(store_chunks(store, 1, 0, 9, note_chunk, &reading, &error));
    store_close(&store);
}

// Seven bets of agency 1 in three chunks, and one of agency 2.
static struct store *open_with_chunks(void) {
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 3);
    store_one(store, 1, 3, 3);
    store_one(store, 1, 6, 1);
    store_one(store, 2, 0, 1);
    return store;
}

static void chunks_of_a_range(void **state) {
    (void)state;
    struct store *store = open_with_chunks();
    assert_chunks(store, 1, 0, 1, "1:0+3 ");
    assert_chunks(store, 1, 2, 4, "1:0+3 1:3+3 ");
    assert_chunks(store, 1, 3, 6, "1:3+3 ");
    assert_chunks(store, 1, 5, UINT64_MAX, "1:3+3 1:6+1 ");
    assert_chunks(store, 3, 0, UINT64_MAX, "");
    assert_chunks(store, 1, 7, UINT64_MAX, ""); // after the last bet
    assert_chunks(store, 2, 1, 2, "");
    assert_chunks(store, 1, 1, 1, ""); // an empty range
    assert_chunks(store, 1, 3, 3, "");
    assert_chunks(store, 1, UINT64_MAX, UINT64_MAX, "");
    assert_chunks(store, 0, 0, 1, "1:0+3 2:0+1 "); // of every agency
    assert_chunks(store, 0, 3, 7, "1:3+3 1:6+1 ");
    struct reading reading = {.stop_after = 1};
    struct error error;
    assert_false(store_chunks(store, 0, 0, UINT64_MAX, note_chunk, &reading, &error));
    assert_error(&error, ERROR_CONFLICT); // the caller's own
    assert_int_equal(reading.rows, 1);
    store_close(&store);
}

// Chunks need not follow one another here: that they do is the ledger's business.
static void chunks_with_holes_between(void **state) {
    (void)state;
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 10, 3);
    store_one(store, 1, 1ULL << 40, 2);
    assert_chunks(store, 1, 0, 10, "");
    assert_chunks(store, 1, 0, 11, "1:10+3 ");
    assert_chunks(store, 1, 13, 1ULL << 40, "");
    assert_chunks(store, 1, 12, (1ULL << 40) + 1, "1:10+3 1:1099511627776+2 ");
    assert_chunks(store, 1, (1ULL << 40) + 1, UINT64_MAX, "1:1099511627776+2 ");
    store_close(&store);
}

static bool note_piece(void *context, const struct stored_piece *piece, struct error *error) {
    struct reading *reading = context;
    size_t length = strlen(reading->text);
    struct stored_chunk written = chunk_of(1, piece->first, piece->count);
    snprintf(reading->text + length, sizeof reading->text - length, "%llu+%u ",
             (unsigned long long)piece->first, piece->count);
    assert_memory_equal(piece->digest, written.digest, sizeof written.digest);
    reading->rows++;
    return reading->rows != reading->stop_after || error_set(error, ERROR_CONFLICT, "stopped");
}

static void assert_pieces(struct store *store, uint64_t from, uint32_t count_max, const char *expected) {
    struct reading reading = {0};
    struct error error;
    must(store_pieces(store, 1, from, count_max, note_piece, &reading, &error), &error);
    assert_string_equal(reading.text, expected);
}

static void pieces_from_a_bet_on(void **state) {
    (void)state;
    struct store *store = open_with_chunks();
    assert_pieces(store, 0, 1000, "0+3 3+3 6+1 ");
    assert_pieces(store, 2, 1000, "0+3 3+3 6+1 ");
    assert_pieces(store, 3, 1000, "3+3 6+1 ");
    assert_pieces(store, 5, 1, "3+3 ");
    assert_pieces(store, 0, 2, "0+3 3+3 ");
    assert_pieces(store, 6, 1000, "6+1 ");
    assert_pieces(store, 7, 1000, "");
    assert_pieces(store, UINT64_MAX, 1000, "");
    struct reading reading = {.stop_after = 2};
    struct error error;
    struct stored_chunk chunk = chunk_of(1, 7, 2);
    must(store_begin(store, &error), &error);
    must(store_add_chunk(store, &chunk, &error), &error);
    assert_pieces(store, 6, 1000, "6+1 7+2 "); // of the open group, too
    must(store_commit(store, &error), &error);
    assert_false(store_pieces(store, 1, 0, 1000, note_piece, &reading, &error));
    assert_error(&error, ERROR_CONFLICT); // the caller's own
    assert_int_equal(reading.rows, 2);
    store_close(&store);
}

static bool note_agency(void *context, const struct stored_agency *agency, struct error *error) {
    (void)error;
    char *text = context;
    sprintf(text + strlen(text), "%u:%llu:%s:%s ", agency->agency, (unsigned long long)agency->bets,
            agency->finished_at, agency->told_at);
    return true;
}

static void agencies_draws_and_winners(void **state) {
    (void)state;
    struct error error;
    struct store *store = open_draw("1", STORE_SERVE);
    struct stored_draw draw = {.agencies = 5, .winning_number = 7574, .opened_at = "2026-01-01T00:00:00Z"},
                       read;
    bool found = true;
    must(store_get_draw(store, &read, &found, &error), &error);
    assert_false(found);
    struct stored_agency two = {.agency = 2, .bets = 10},
                         one = {.agency = 1, .bets = 1ULL << 40, .finished_at = "2026-01-02T00:00:00Z"};
    struct stored_winner first = {1, 7, "A1"}, second = {1, 1ULL << 33, "30904465"}, third = {2, 0, "x"};
    must(store_begin(store, &error) && store_put_draw(store, &draw, &error), &error);
    must(store_put_agency(store, &two, &error) && store_put_agency(store, &one, &error), &error);
    must(store_add_winner(store, &third, &error) && store_add_winner(store, &second, &error) &&
             store_add_winner(store, &first, &error),
         &error);
    draw.state = DRAW_SEALED;
    strcpy(draw.sealed_at, "2026-01-03T00:00:00Z");
    two.bets = 11;
    must(store_put_draw(store, &draw, &error) && store_put_agency(store, &two, &error), &error);
    must(store_commit(store, &error), &error);
    must(store_get_draw(store, &read, &found, &error), &error);
    assert_true(found);
    assert_int_equal(read.state, DRAW_SEALED);
    assert_int_equal(read.agencies, 5);
    assert_int_equal(read.winning_number, 7574);
    assert_string_equal(read.opened_at, "2026-01-01T00:00:00Z");
    assert_string_equal(read.sealed_at, "2026-01-03T00:00:00Z");
    assert_string_equal(read.drawn_at, "");
    char text[512] = "";
    must(store_agencies(store, note_agency, text, &error), &error);
    assert_string_equal(text, "1:1099511627776:2026-01-02T00:00:00Z: 2:11:: ");
    text[0] = '\0';
    must(store_winners(store, note_winner, text, &error), &error);
    assert_string_equal(text, "1:7:A1 1:8589934592:30904465 2:0:x ");
    store_close(&store);
}

static bool put_agency(struct store *store, struct error *error) {
    return store_put_agency(store, &(struct stored_agency){.agency = 1, .bets = 5}, error);
}

static bool put_draw(struct store *store, struct error *error) {
    return store_put_draw(store, &(struct stored_draw){.agencies = 1, .opened_at = "2026-01-01T00:00:00Z"},
                          error);
}

static bool add_winner(struct store *store, struct error *error) {
    return store_add_winner(store, &(struct stored_winner){1, 7, "A1"}, error);
}

// Invariant 4, for winners.
static void a_winner_is_stored_once(void **state) {
    (void)state;
    struct error error;
    char text[64] = "";
    struct store *store = open_draw("1", STORE_SERVE);
    need_draw(store);
    must(store_begin(store, &error) && add_winner(store, &error) && store_commit(store, &error), &error);
    must(store_begin(store, &error), &error);
    must(put_agency(store, &error), &error);
    assert_false(add_winner(store, &error) && store_commit(store, &error));
    assert_error(&error, taken_code(store));
    store_close(&store);
    store = open_draw("1", STORE_SERVE);
    must(store_winners(store, note_winner, text, &error), &error);
    assert_string_equal(text, "1:7:A1 ");
    must(store_agencies(store, note_agency, text, &error), &error);
    assert_string_equal(text, "1:7:A1 "); // the group went whole
    store_close(&store);
}

// Makes a store whose last call has failed, with a group open or not.
static struct store *failed_store(bool in_group) {
    struct error error;
    struct reading reading = {.stop_after = 1};
    struct stored_chunk lost = chunk_of(1, 3, 1);
    struct store *store = open_draw("1", STORE_SERVE);
    if (in_group) {
        must(store_begin(store, &error) && store_add_chunk(store, &lost, &error), &error);
    }
    assert_false(store_numbers(store, note_chunk, &reading, &error)); // its callback stops it
    assert_error(&error, ERROR_CONFLICT);
    return store;
}

// Invariant 3, for every function.
static void no_function_goes_on_after_a_failure(void **state) {
    (void)state;
    struct stored_chunk chunk = chunk_of(2, 0, 1);
    struct stored_draw draw;
    bool found;
    char text[64] = "";
    struct reading reading = {0};
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 3);
    store_close(&store);
    for (int in_group = 0; in_group < 2; in_group++) {
        struct error error;
        store = failed_store(in_group == 1);
        assert_false(store_begin(store, &error));
        assert_error(&error, ERROR_STORE_FAILED);
        assert_false(put_draw(store, &error));
        assert_false(put_agency(store, &error));
        assert_false(store_add_chunk(store, &chunk, &error));
        assert_false(add_winner(store, &error));
        assert_false(store_commit(store, &error));
        assert_false(store_get_draw(store, &draw, &found, &error));
        assert_false(store_agencies(store, note_agency, text, &error));
        assert_false(store_numbers(store, note_chunk, &reading, &error));
        assert_false(store_chunks(store, 0, 0, UINT64_MAX, note_chunk, &reading, &error));
        assert_false(store_pieces(store, 1, 0, 1000, note_piece, &reading, &error));
        assert_false(store_winners(store, note_winner, text, &error));
        assert_error(&error, ERROR_STORE_FAILED);
        assert_int_equal(reading.rows, 0);
        assert_string_equal(text, "");
        store = assert_kept(store, "1:0+3 ");
        store_close(&store);
    }
}

// Commits two groups, leaves a third one open, and is killed.
static void commit_and_die(void) {
    struct error error;
    struct store *store;
    struct stored_chunk chunk = chunk_of(1, 3, 2), lost = chunk_of(1, 5, 1);
    if (!try_open("1", STORE_SERVE, &store, &error)) {
        _exit(1);
    }
    store_one(store, 1, 0, 3);
    if (store_begin(store, &error) && store_add_chunk(store, &chunk, &error) && put_agency(store, &error) &&
        store_commit(store, &error) && store_begin(store, &error) && store_add_chunk(store, &lost, &error)) {
        kill(getpid(), SIGKILL);
    }
    _exit(1);
}

// Invariants 1 and 2; and the dead process no longer holds a lock.
static void what_is_committed_outlives_the_process(void **state) {
    (void)state;
    if (!implementation->keeps_over_a_restart) {
        skip();
    }
    int status;
    char text[64] = "";
    struct error error;
    pid_t child = fork();
    if (child == 0) {
        commit_and_die();
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    struct store *store = open_draw("1", STORE_SERVE);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+3 1:3+2 ");
    must(store_agencies(store, note_agency, text, &error), &error);
    assert_string_equal(text, "1:5:: ");
    store_one(store, 1, 5, 1);
    store_close(&store);
}

static void draws_do_not_see_one_another(void **state) {
    (void)state;
    struct store *store = open_draw("one", STORE_SERVE);
    store_one(store, 1, 0, 3);
    store_close(&store);
    store = open_draw("two", STORE_SERVE);
    assert_chunks(store, 0, 0, UINT64_MAX, "");
    store_one(store, 1, 0, 1);
    store_close(&store);
    store = open_draw("one", STORE_READ);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+3 ");
    store_close(&store);
}

static void reading_while_a_group_is_open(void **state) {
    (void)state;
    struct error error;
    struct store *server = open_draw("1", STORE_SERVE);
    store_one(server, 1, 0, 3);
    struct stored_chunk more = chunk_of(1, 3, 1);
    must(store_begin(server, &error) && store_add_chunk(server, &more, &error), &error);
    struct store *reader = open_draw("1", STORE_READ);
    assert_chunks(reader, 0, 0, UINT64_MAX, "1:0+3 ");
    must(store_commit(server, &error), &error);
    assert_chunks(reader, 0, 0, UINT64_MAX, "1:0+3 "); // one snapshot, for as long as it is open
    store_close(&reader);
    reader = open_draw("1", STORE_READ);
    assert_chunks(reader, 0, 0, UINT64_MAX, "1:0+3 1:3+1 ");
    assert_false(store_begin(reader, &error) && store_add_chunk(reader, &more, &error) &&
                 store_commit(reader, &error));
    store_close(&reader);
    store_close(&server);
}

// The store's files, as they are.
struct files {
    struct stat status[16];
    size_t count;
};

static void look_at_file(void *context, const char *name, bool is_written) {
    struct files *files = context;
    struct stat status;
    if (is_written && stat(name, &status) == 0 && S_ISREG(status.st_mode)) {
        assert_true(files->count < 16);
        files->status[files->count++] = status;
    }
}

static struct files look_at_files(void) {
    struct files files = {0};
    store_paths(path, look_at_file, &files);
    return files;
}

static void assert_files_unchanged(const struct files *before) {
    struct files after = look_at_files();
    assert_int_equal(after.count, before->count);
    for (size_t i = 0; i < after.count; i++) {
        assert_int_equal(after.status[i].st_size, before->status[i].st_size);
        assert_memory_equal(&after.status[i].st_mtim, &before->status[i].st_mtim,
                            sizeof after.status[i].st_mtim);
    }
}

static void one_server_at_a_time(void **state) {
    (void)state;
    struct error error;
    struct store *server = open_draw("1", STORE_SERVE), *second = server;
    if (store_is_shared(server)) {
        store_close(&server);
        skip();
    }
    store_one(server, 2, 0, 1);
    for (int i = 0; i < 2; i++) { // another draw is in the same store
        struct files before = look_at_files();
        assert_false(try_open(i == 0 ? "1" : "2", STORE_SERVE, &second, &error));
        assert_null(second);
        assert_error(&error, ERROR_STORE_FAILED);
        assert_non_null(strstr(error.text, "another server"));
        assert_files_unchanged(&before); // it has the lock before it settles the log, or sets anything
    }
    store_one(server, 1, 0, 1); // the first one is not disturbed
    store_close(&server);
    server = open_draw("2", STORE_SERVE);
    store_close(&server);
}

static void names_of_draws(void **state) {
    (void)state;
    struct error error;
    struct store *store = NULL;
    char name[DRAW_NAME_BYTES_MAX + 2];
    memset(name, 'n', sizeof name);
    name[DRAW_NAME_BYTES_MAX + 1] = '\0';
    assert_false(try_open(name, STORE_SERVE, &store, &error));
    assert_null(store);
    assert_error(&error, ERROR_BAD_SETTING);
    assert_false(try_open("", STORE_SERVE, &store, &error));
    assert_error(&error, ERROR_BAD_SETTING);
    name[DRAW_NAME_BYTES_MAX] = '\0';
    static const char *const hard[] = {NULL, "Año 'nuevo' \"2026\"; DROP TABLE chunks", "%s"};
    for (size_t i = 0; i < 3; i++) {
        store = open_draw(hard[i] == NULL ? name : hard[i], STORE_SERVE);
        assert_chunks(store, 0, 0, UINT64_MAX, "");
        store_one(store, 1, i, 1);
        store_close(&store);
    }
}

static void names_of_states(void **state) {
    (void)state;
    assert_string_equal(draw_state_name(DRAW_OPEN), "open");
    assert_string_equal(draw_state_name(DRAW_SEALED), "sealed");
    assert_string_equal(draw_state_name(DRAW_DRAWN), "drawn");
    for (enum draw_state wanted = DRAW_OPEN, parsed = DRAW_OPEN; wanted <= DRAW_DRAWN; wanted++) {
        assert_true(draw_state_parse(draw_state_name(wanted), &parsed));
        assert_int_equal(parsed, wanted);
        assert_false(draw_state_parse("melted", &parsed));
        assert_false(draw_state_parse("", &parsed));
    }
}

static void make_memory(void) {
    snprintf(path, sizeof path, "memory:%s", strrchr(folder, '-') + 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORE_TEST(what_is_committed_is_there_after_opening_again),
        STORE_TEST(a_group_is_stored_whole_or_not_at_all),
        STORE_TEST(a_group_that_is_dropped_leaves_nothing),
        STORE_TEST(a_failure_is_sticky),
        STORE_TEST(chunks_of_a_range),
        STORE_TEST(agencies_draws_and_winners),
        STORE_TEST(draws_do_not_see_one_another),
        STORE_TEST(reading_while_a_group_is_open),
        STORE_TEST(chunks_with_holes_between),
        STORE_TEST(pieces_from_a_bet_on),
        STORE_TEST(a_winner_is_stored_once),
        STORE_TEST(no_function_goes_on_after_a_failure),
        STORE_TEST(what_is_committed_outlives_the_process),
        STORE_TEST(one_server_at_a_time),
        STORE_TEST(names_of_draws),
        STORE_TEST(names_of_states),
    };
    static const struct implementation memory = {"memory",    &memory_kind,        NULL,
                                                 make_memory, memory_store_forget, false};
    enum { COUNT = sizeof tests / sizeof tests[0] };
    return untested_kinds(&memory) + run_against_all(tests, COUNT) + run_against(&memory, tests, COUNT);
}
