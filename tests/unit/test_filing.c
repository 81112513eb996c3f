// Small chunks in an SQLite store are read from its inbox as they are read when they have been filed.
#include "filing_story.h"

// Counts alone: those of one group are joined, and not as chunk_of makes them.
static bool note_counts(void *context, const struct stored_chunk *chunk, struct error *error) {
    (void)error;
    struct reading *reading = context;
    size_t length = strlen(reading->text);
    assert_null(chunk->rows);
    (void)snprintf(reading->text + length, sizeof reading->text - length, "%u:%llu+%un ", chunk->agency,
                   (unsigned long long)chunk->first, chunk->count);
    return true;
}

// A group's chunks are one row, and no other table is written.
static void a_group_is_one_row(void **state) {
    (void)state;
    struct store *store = open_draw("1", STORE_SERVE);
    begin(store);
    add(store, 2, 0, 3);
    add(store, 1, 0, 1);
    add(store, 2, 3, 2);
    put(store, 1, 1, "");
    put(store, 2, 5, "");
    assert_agencies(store, "1:1 2:5 "); // of the open group, too
    commit(store);
    store_one(store, 9, 0, 2);
    assert_query("SELECT count(*) FROM inbox", 2);
    assert_query("SELECT count(*) FROM chunks", 0);
    assert_query("SELECT count(*) FROM agencies", 0);
    assert_query("SELECT count(*) FROM bets", 8);
    for (int mode = STORE_SERVE; mode <= STORE_READ; mode++) {
        store_close(&store);
        store = open_draw("1", (enum store_mode)mode);
        assert_agencies(store, "1:1 2:5 9:2 ");
        struct reading reading = {0};
        struct error error;
        must(store_numbers(store, note_counts, &reading, &error), &error);
        assert_string_equal(reading.text, "1:0+1n 2:0+5n 9:0+2n ");
    }
    store_close(&store);
}

// Chunks and what is in the inbox come in the order of agencies and bets.
static void what_is_filed_comes_first(void **state) {
    (void)state;
    struct store *store = open_draw("1", STORE_SERVE);
    for (uint32_t agency = 2; agency <= 6; agency += 2) { // those of 2, 4 and 6 are filed
        begin(store);
        no_inbox();
        add(store, agency, 0, 3);
        usual_inbox();
        put(store, agency, 3, "");
        commit(store);
    }
    store_one(store, 7, 0, 1);
    store_one(store, 4, 3, 2);
    store_one(store, 1, 0, 1);
    store_one(store, 4, 5, 1);
    store_one(store, 3, 0, 2);
    for (int i = 0; i < 2; i++) {
        assert_agencies(store, "1:1 2:3 3:2 4:6 6:3 7:1 ");
        assert_chunks(store, 0, 0, UINT64_MAX, "1:0+1 2:0+3 3:0+2 4:0+3 4:3+2 4:5+1 6:0+3 7:0+1 ");
        assert_chunks(store, 0, 3, 5, "4:3+2 ");
        assert_chunks(store, 4, 2, 4, "4:0+3 4:3+2 ");
        assert_chunks(store, 4, 4, 5, "4:3+2 ");
        assert_chunks(store, 4, 6, 9, "");
        store_close(&store);
        store = open_draw("1", i == 0 ? STORE_SERVE : STORE_READ);
    }
    store_close(&store);
}

// An agency that finishes, or sends a large chunk, leaves nothing in the inbox: the next group deletes its
// rows.
static void an_end_files_the_agency(void **state) {
    (void)state;
    for (int large = 0; large < 2; large++) {
        struct store *store = open_draw("1", STORE_SERVE);
        store_one(store, 1, 0, 2);
        store_one(store, 2, 0, 1);
        store_one(store, 1, 2, 1);
        begin(store);
        filing_limits.chunk_bytes = large ? 50 : filing_limits.chunk_bytes;
        add(store, 1, 3, 3);
        put(store, 1, 6, large ? "" : finished);
        commit(store);
        usual_inbox();
        assert_query("SELECT count(*) FROM chunks", large ? 2 : 1);
        assert_query("SELECT count FROM chunks WHERE first = 0", large ? 3 : 6);
        assert_query("SELECT bets FROM agencies", 6);
        assert_query("SELECT count(*) FROM inbox", 2); // agency 2 is in the second one
        begin(store);
        put(store, 2, 1, finished);
        commit(store);
        assert_query("SELECT count(*) FROM inbox", 0);
        assert_query("SELECT rows FROM inboxes", 0);
        assert_query("SELECT count(*) FROM bets", 7);
        store_close(&store);
        store = open_draw("1", STORE_READ);
        assert_agencies(store, large ? "1:6 2:1! " : "1:6! 2:1! ");
        store_close(&store);
        remove_files();
    }
}

// Not what follows a gap, or what a finished agency sends.
static void other_places_are_no_business_of_the_inbox(void **state) {
    (void)state;
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 2, 1);
    begin(store);
    put(store, 2, 3, finished);
    commit(store);
    store_one(store, 2, 3, 1);
    assert_query("SELECT count(*) FROM inbox", 0);
    assert_query("SELECT count(*) FROM chunks", 2);
    store_close(&store);
}

static void use_agency_4(bool is_filed) {
    struct store *store = open_draw("1", STORE_SERVE);
    for (uint64_t first = 0; first < 3; first++) {
        store_one(store, 4, first, 1);
    }
    if (is_filed) { // all three together
        begin(store);
        filing_limits.chunk_bytes = 10;
        add(store, 4, 3, 1);
        put(store, 4, 4, "");
        commit(store);
        usual_inbox();
        assert_query("SELECT count(*) FROM chunks", 2);
    }
    store_close(&store);
}

// No place is free within what waits to be filed, or within what was filed together, neither for a small
// chunk nor for a large one.
static void no_place_is_taken_twice(void **state) {
    (void)state;
    struct error error;
    for (int try = 0; try < 5 * 2 * 2; try++) {
        uint64_t first = (uint64_t)try / 4;
        bool is_filed = try % 2 != 0, is_large = try / 2 % 2 != 0;
        use_agency_4(is_filed);
        struct store *store = open_draw("1", STORE_SERVE);
        struct stored_chunk again = chunk_of(4, first, 1);
        begin(store);
        filing_limits.chunk_bytes = is_large ? 10 : filing_limits.chunk_bytes;
        bool added = store_add_chunk(store, &again, &error);
        usual_inbox();
        if (added != (first >= (is_filed ? 4 : 3))) {
            fail_msg("of %d bets %s, another %s chunk from bet %d on was %s", is_filed ? 4 : 3,
                     is_filed ? "that are filed" : "in the inbox", is_large ? "large" : "small", (int)first,
                     added ? "stored" : "refused");
        }
        assert_true(added || error.code == ERROR_STORE_FAILED);
        store_close(&store);
        remove_files();
    }
}

// All calls of chunk_digest in the program come here (tests/CMakeLists.txt).
static int digests;
bool __real_chunk_digest(const uint8_t *numbers, uint32_t count, const char *rows, size_t rows_length,
                         uint8_t digest[CHUNK_DIGEST_BYTES]);
bool __wrap_chunk_digest(const uint8_t *numbers, uint32_t count, const char *rows, size_t rows_length,
                         uint8_t digest[CHUNK_DIGEST_BYTES]);

bool __wrap_chunk_digest(const uint8_t *numbers, uint32_t count, const char *rows, size_t rows_length,
                         uint8_t digest[CHUNK_DIGEST_BYTES]) {
    digests++;
    return __real_chunk_digest(numbers, count, rows, rows_length, digest);
}

static bool note_first(void *context, const struct stored_piece *piece, struct error *error) {
    (void)error;
    char *text = context;
    sprintf(text + strlen(text), "%llu ", (unsigned long long)piece->first);
    return true;
}

// Of what waits, only as much is looked at as is asked for.
static void a_short_list_costs_little(void **state) {
    (void)state;
    struct error error;
    char text[64] = "";
    struct store *store = open_draw("1", STORE_SERVE);
    for (uint64_t first = 0; first < 6; first++) {
        store_one(store, 1, first, 1);
    }
    digests = 0;
    must(store_pieces(store, 1, 1, 2, note_first, text, &error), &error);
    assert_string_equal(text, "1 2 ");
    if (digests != 2) {
        fail_msg("expected: a digest for each of the 2 pieces asked for; %d were computed", digests);
    }
    store_close(&store);
}

// What is dropped leaves the inbox as it was, also where it had filed something.
static void a_dropped_group_leaves_the_inbox(void **state) {
    (void)state;
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 2);
    store_one(store, 2, 0, 1);
    begin(store);
    add(store, 1, 2, 1);
    add(store, 3, 0, 1);
    put(store, 2, 1, finished);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+2 1:2+1 2:0+1 3:0+1 ");
    store_drop(store);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+2 2:0+1 ");
    assert_agencies(store, "1:2 2:1 ");
    assert_query("SELECT count(*) FROM inbox", 2);
    store_one(store, 1, 2, 1);
    store_close(&store);
    store = open_draw("1", STORE_READ);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+2 1:2+1 2:0+1 ");
    store_close(&store);
}

// Files one agency in a group that is not committed, and is killed.
static void file_and_die(void) {
    struct store *store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 2);
    store_one(store, 2, 0, 2);
    begin(store);
    add(store, 2, 2, 1);
    put(store, 1, 2, finished);
    kill(getpid(), SIGKILL);
    _exit(1);
}

static void a_killed_server_has_filed_nothing(void **state) {
    (void)state;
    int status;
    pid_t child = fork();
    if (child == 0) {
        file_and_die();
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    struct store *store = open_draw("1", STORE_SERVE);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+2 2:0+2 ");
    store_one(store, 2, 2, 3);
    assert_chunks(store, 2, 0, UINT64_MAX, "2:0+2 2:2+3 ");
    store_close(&store);
}

// An agency with much in the inbox is filed, so no chunk gets long.
static void an_agency_with_much_is_filed(void **state) {
    (void)state;
    enum { BETS = 300, MAX = 1000 };
    struct store *store = open_draw("1", STORE_SERVE);
    filing_limits.agency_bytes = MAX;
    filing_limits.target_bytes = 100 * MAX;
    begin(store);
    for (uint64_t first = 0; first < BETS; first += 3) {
        add(store, 1, first, 3);
    }
    commit(store);
    assert_query("SELECT max(length(CAST(rows AS BLOB))) > 1000 FROM chunks", 0);
    assert_query("SELECT min(length(CAST(rows AS BLOB))) > 900 FROM chunks", 1);
    assert_query("SELECT sum(count) FROM chunks", query("SELECT bets FROM agencies"));
    assert_query("SELECT count(*) FROM bets", BETS);
    store_close(&store);
}

// However long it goes on, the inbox holds so much and no more, and no group files many times what it brings.
static void the_inbox_stays_small(void **state) {
    (void)state;
    enum { GROUPS = 300, AGENCIES = 20, HELD = 20000, ROWS_MAX = 60 };
    struct store *store = open_draw("1", STORE_SERVE);
    filing_limits.held_bytes = HELD;
    int64_t chunks = 0, most = 0, filed;
    for (uint64_t group = 0; group < GROUPS; group++) {
        begin(store);
        for (uint32_t agency = 1; agency <= AGENCIES; agency++) {
            add(store, agency, group, 1);
        }
        commit(store);
        if (group % 10 == 9) {
            filed = query("SELECT count(*) FROM chunks") - chunks;
            chunks += filed;
            most = filed > most ? filed : most;
        }
    }
    int64_t held = query("SELECT sum(length(CAST(lines AS BLOB))) FROM inbox");
    if (held > HELD * 5 / 4 || held < HELD / 2) {
        fail_msg("of %d bytes that may lie in the inbox, %lld do", HELD, (long long)held);
    }
    if (most > AGENCIES) {
        fail_msg("ten groups filed %lld agencies", (long long)most);
    }
    assert_query("SELECT count(*) FROM bets", GROUPS * AGENCIES);
    assert_query("SELECT min(count) > 5 FROM chunks", 1);
    store_close(&store);
}

// A line that was filed is ignored, an agency's damaged row is handed on as it is, and draws keep apart.
static void lines_count_from_what_is_filed_on(void **state) {
    (void)state;
    struct error error;
    char text[64] = "";
    struct store *store = open_draw("2", STORE_SERVE);
    store_one(store, 1, 0, 3);
    store_close(&store);
    store = open_draw("1", STORE_SERVE);
    store_one(store, 1, 0, 2);
    begin(store);
    add(store, 2, 0, 1);
    put(store, 1, 2, finished); // filed, and its line stays: agency 2 is in no older row, but in this one
    commit(store);
    store_one(store, 2, 1, 1);
    assert_chunks(store, 0, 0, UINT64_MAX, "1:0+2 2:0+1 2:1+1 ");
    assert_query("SELECT count(*) FROM bets WHERE draw = '1'", 4);
    assert_query("SELECT count(*) FROM bets WHERE draw = '2' AND agency = 1", 3);
    store_close(&store);
    execute("INSERT INTO agencies VALUES ('1', 2, 1, NULL, NULL, NULL, 0, 0, 7)");
    store = open_draw("1", STORE_READ);
    assert_false(store_agencies(store, note_agency, text, &error));
    assert_told(error.text, "the row of agency 2 is damaged");
    store_close(&store);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_group_is_one_row),
        STORE_TEST(what_is_filed_comes_first),
        STORE_TEST(an_end_files_the_agency),
        STORE_TEST(other_places_are_no_business_of_the_inbox),
        STORE_TEST(no_place_is_taken_twice),
        STORE_TEST(a_short_list_costs_little),
        STORE_TEST(a_dropped_group_leaves_the_inbox),
        STORE_TEST(a_killed_server_has_filed_nothing),
        STORE_TEST(an_agency_with_much_is_filed),
        STORE_TEST(the_inbox_stays_small),
        STORE_TEST(lines_count_from_what_is_filed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
