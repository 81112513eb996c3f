// Each column of a draw's row and of an agency's is stored, read, and covered by the row's checksum.
#include "store_story.h"

#include "memory_store.h"

static const struct stored_draw full_draw = {
    .state = DRAW_SEALED,
    .agencies = 5,
    .number_mode = NUMBER_MANUAL,
    .has_number = true,
    .winning_number = 42,
    .opened_at = "2026-01-01T00:00:00Z",
    .sealed_at = "2026-01-01T00:00:01Z",
    .drawn_at = "2026-01-01T00:00:02Z",
    .closes_at = "2026-01-01T00:00:03Z",
    .closes_text = "21:00",
    .closed_at = "2026-01-01T00:00:04Z",
    .erased_at = "2026-01-01T00:00:05Z",
    .changed_at = "2026-01-01T00:00:06Z",
    .voided = 1ULL << 33,
    .rules = 3,
    .has_secret = true,
    .secret = {0, 1, 0, 2, [31] = 7},
    .has_root = true,
    .root = {255, 0, [30] = 9},
    .forked_at = "2026-01-01T00:00:07Z",
};

static const struct stored_agency agencies[] = {
    {.agency = 1, .bets = 7},
    {.agency = 2, .bets = 1, .finished_at = "2026-01-02T00:00:00Z", .ending = AGENCY_FINISHED},
    {.agency = 3, .finished_at = "2026-01-03T00:00:00Z", .ending = AGENCY_ENDED, .voidings = 2},
    {.agency = 4,
     .finished_at = "2026-01-04T00:00:00Z",
     .ending = AGENCY_CUT,
     .told_at = "2026-01-05T00:00:00Z"},
    {.agency = 5, .bets = 9, .receipted = true},
};
enum { AGENCIES = sizeof agencies / sizeof agencies[0] };

static void assert_same_draw(const struct stored_draw *read, const struct stored_draw *expected) {
    assert_int_equal(read->state, expected->state);
    assert_int_equal(read->agencies, expected->agencies);
    assert_int_equal(read->number_mode, expected->number_mode);
    assert_int_equal(read->has_number, expected->has_number);
    assert_int_equal(read->winning_number, expected->winning_number);
    assert_string_equal(read->opened_at, expected->opened_at);
    assert_string_equal(read->sealed_at, expected->sealed_at);
    assert_string_equal(read->drawn_at, expected->drawn_at);
    assert_string_equal(read->closes_at, expected->closes_at);
    assert_string_equal(read->closes_text, expected->closes_text);
    assert_string_equal(read->closed_at, expected->closed_at);
    assert_string_equal(read->erased_at, expected->erased_at);
    assert_string_equal(read->changed_at, expected->changed_at);
    assert_int_equal(read->voided, expected->voided);
    assert_int_equal(read->rules, expected->rules);
    assert_int_equal(read->has_secret, expected->has_secret);
    assert_memory_equal(read->secret, expected->secret, sizeof read->secret);
    assert_int_equal(read->has_root, expected->has_root);
    assert_memory_equal(read->root, expected->root, sizeof read->root);
    assert_string_equal(read->forked_at, expected->forked_at);
}

static void store_draw(const struct stored_draw *draw) {
    struct error error;
    struct store *store = open_draw("1", STORE_SERVE);
    struct stored_draw put = {0}, stored;
    bool found;
    must(store_get_draw(store, &put, &found, &error), &error);
    uint64_t checksum = found ? put.checksum : 0;
    uint32_t number = found ? put.number : 0;
    put = *draw;
    put.checksum = checksum;
    put.number = number;
    must(store_begin(store, &error) && store_put_draw(store, &put, &error) && store_commit(store, &error),
         &error);
    store_close(&store);
    store = open_draw("1", STORE_READ);
    must(store_get_draw(store, &stored, &found, &error), &error);
    assert_true(found);
    assert_same_draw(&stored, &put);
    store_close(&store);
}

static void each_column_of_a_draw(void **state) {
    (void)state;
    struct stored_draw unsigned_yet = full_draw, unknown = full_draw, fixed = full_draw;
    unsigned_yet.has_secret = unsigned_yet.has_root = false;
    memset(unsigned_yet.secret, 0, sizeof unsigned_yet.secret);
    memset(unsigned_yet.root, 0, sizeof unsigned_yet.root);
    unsigned_yet.rules = 0;
    unsigned_yet.forked_at[0] = '\0';
    store_draw(&unsigned_yet);
    store_draw(&full_draw); // replaces the row
    unknown.number_mode = NUMBER_BEACON;
    unknown.has_number = false;
    unknown.winning_number = 0;
    store_draw(&unknown);
    fixed.number_mode = NUMBER_FIXED;
    fixed.has_number = false;
    store_draw(&fixed);
    struct store *store = open_draw("1", STORE_READ);
    struct stored_draw read;
    struct error error;
    bool found;
    must(store_get_draw(store, &read, &found, &error), &error);
    assert_true(read.has_number); // which a fixed one always is
    store_close(&store);
}

static void put_agencies(struct store *store) {
    struct error error;
    need_draw(store);
    must(store_begin(store, &error), &error);
    for (size_t i = 0; i < AGENCIES; i++) {
        struct stored_agency put = agencies[i];
        must(store_put_agency(store, &put, &error), &error);
    }
    must(store_commit(store, &error), &error);
}

static bool compare_agency(void *context, const struct stored_agency *read, struct error *error) {
    (void)error;
    const struct stored_agency *expected = &agencies[(*(size_t *)context)++];
    assert_int_equal(read->agency, expected->agency);
    assert_int_equal(read->bets, expected->bets);
    assert_string_equal(read->finished_at, expected->finished_at);
    assert_int_equal(read->ending, expected->ending);
    assert_string_equal(read->told_at, expected->told_at);
    assert_int_equal(read->voidings, expected->voidings);
    assert_int_equal(read->receipted, expected->receipted);
    return true;
}

static void each_column_of_an_agency(void **state) {
    (void)state;
    struct error error;
    size_t count = 0;
    struct store *store = open_draw("1", STORE_SERVE);
    put_agencies(store);
    store_close(&store);
    store = open_draw("1", STORE_READ);
    must(store_agencies(store, compare_agency, &count, &error), &error);
    assert_int_equal(count, AGENCIES);
    store_close(&store);
}

// Who does not say how an agency ended means the rule.
static void an_end_is_an_agencys_own(void **state) {
    (void)state;
    struct error error;
    struct stored_agency put = {.agency = 1, .finished_at = "2026-01-02T00:00:00Z"};
    struct store *store = open_draw("1", STORE_SERVE);
    need_draw(store);
    must(store_begin(store, &error) && store_put_agency(store, &put, &error) && store_commit(store, &error),
         &error);
    assert_int_equal(put.ending, AGENCY_FINISHED);
    store_close(&store);
}

static bool note_draw(void *context, const char *name, const struct stored_draw *draw, struct error *error) {
    (void)error;
    char *text = context;
    sprintf(text + strlen(text), "%s:%u:%s ", name, draw->agencies, draw->closes_text);
    return true;
}

// Whichever of them the store was opened for.
static void every_draw_of_a_store(void **state) {
    (void)state;
    static const char *const names[] = {"1", "it's 2", "Ñ"};
    struct error error;
    for (uint32_t i = 0; i < 3; i++) {
        struct store *store = open_draw(names[i], STORE_SERVE);
        struct stored_draw put = {
            .agencies = i + 1, .opened_at = "2026-01-01T00:00:00Z", .closes_text = "21:00"};
        must(store_begin(store, &error) && store_put_draw(store, &put, &error) && store_commit(store, &error),
             &error);
        store_close(&store);
    }
    for (int i = 0; i < 2; i++) {
        char text[128] = "";
        struct store *store = open_draw(i == 0 ? "1" : "none of them", STORE_READ);
        must(store_draws(store, note_draw, text, &error), &error);
        assert_string_equal(text, "1:1:21:00 it's 2:2:21:00 Ñ:3:21:00 ");
        store_close(&store);
    }
}

// Damage --------------------------------------------------------------------------------------------------

static void run(const char *sql) {
    sqlite3 *database;
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK || sqlite3_changes(database) == 0) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(database));
    }
    sqlite3_close(database);
}

static bool take_agency(void *context, const struct stored_agency *agency, struct error *error) {
    (void)context, (void)agency, (void)error;
    return true;
}

static bool can_be_read(struct error *error) {
    struct store *store = open_draw("1", STORE_READ);
    struct stored_draw draw;
    bool found,
        done = store_get_draw(store, &draw, &found, error) && store_agencies(store, take_agency, NULL, error);
    store_close(&store);
    return done;
}

static void store_agencies_again(void) {
    struct store *store = open_draw("1", STORE_SERVE);
    put_agencies(store);
    store_close(&store);
}

// Those of the draw's row, or of the agencies' where there is none.
static void assert_each_is_found(const struct stored_draw *draw, const char *const *damages, size_t count) {
    const char *table = draw != NULL ? "draws" : "agencies";
    struct error error;
    for (size_t i = 0; i < count; i++) {
        char sql[256];
        if (draw != NULL) {
            store_draw(draw);
        } else {
            store_agencies_again();
        }
        assert_true(can_be_read(&error));
        snprintf(sql, sizeof sql, "UPDATE %s SET %s", table, damages[i]);
        run(sql);
        if (can_be_read(&error)) {
            fail_msg("%s: expected to be found as damage, and it was read as if nothing were", sql);
        }
        if (strstr(error.text, "damaged") == NULL) {
            fail_msg("%s: expected to be said to be damaged: \"%s\"", sql, error.text);
        }
        snprintf(sql, sizeof sql, "DELETE FROM %s", table);
        run(sql);
    }
}

static void each_column_of_a_draw_is_covered(void **state) {
    (void)state;
    static const char *const damages[] = {
        "number_mode = 'fixed'",
        "winning_number = 43",
        "winning_number = NULL",
        "closes_at = '2026-01-01T00:00:09Z'",
        "closes_at = NULL",
        "closes_text = '22:00'",
        "closes_text = NULL, closed_at = NULL",
        "closes_text = closed_at, closed_at = NULL",
        "closed_at = NULL, erased_at = closed_at",
        "erased_at = NULL",
        "changed_at = NULL",
        "changed_at = '2026-01-01T00:00:09Z'",
        "changed_at = NULL, erased_at = changed_at",
        "voided = 0",
        "voided = voided + 1",
        "number_mode = 'beacon'",
        "rules = 2",
        "rules = 0",
        "secret = NULL",
        "secret = zeroblob(32)",
        "secret = substr(secret, 1, 31)",
        "secret = secret || x'00'",
        "root = NULL",
        "root = secret",
        "root = secret, secret = root",
        "root = substr(root, 2)",
        "forked_at = NULL",
        "forked_at = '2026-01-01T00:00:09Z'",
        "forked_at = NULL, changed_at = forked_at",
    };
    static const char *const moves[] = {"winning_number = NULL",
                                        "closes_text = closed_at, closed_at = NULL",
                                        "closed_at = NULL, erased_at = closed_at",
                                        "closes_at = NULL, erased_at = closes_at",
                                        "changed_at = NULL, erased_at = changed_at",
                                        "root = secret, secret = NULL",
                                        "rules = 0, voided = voided + rules",
                                        "forked_at = NULL, erased_at = forked_at"};
    struct stored_draw zero = full_draw;
    zero.winning_number = 0;
    zero.closes_text[0] = zero.erased_at[0] = '\0';
    zero.has_root = false;
    memset(zero.root, 0, sizeof zero.root);
    assert_each_is_found(&full_draw, damages, sizeof damages / sizeof damages[0]);
    assert_each_is_found(&zero, moves, sizeof moves / sizeof moves[0]);
}

static void each_column_of_an_agency_is_covered(void **state) {
    (void)state;
    static const char *const damages[] = {
        "ending = NULL WHERE agency = 2",
        "ending = 'close' WHERE agency = 2",
        "ending = 'operator' WHERE agency = 4",
        "ending = 'finished' WHERE agency = 3",
        "ending = 'finished' WHERE agency = 1",
        "voidings = 1 WHERE agency = 1",
        "voidings = 0 WHERE agency = 3",
        "ending = NULL, voidings = 3 WHERE agency = 3",
        "receipted = 1 WHERE agency = 1",
        "receipted = 0 WHERE agency = 5",
        "receipted = 0, voidings = 1 WHERE agency = 5",
    };
    assert_each_is_found(NULL, damages, sizeof damages / sizeof damages[0]);
}

// So an upgrade leaves them as they are: these were stored by versions 3 and 4.
static void a_row_of_before_keeps_its_checksum(void **state) {
    (void)state;
    struct stored_agency open = {.agency = 2, .bets = 253}, ended = {.agency = 3,
                                                                     .finished_at = "2026-11-26T07:46:37Z",
                                                                     .ending = AGENCY_FINISHED};
    assert_int_equal(stored_agency_checksum("noche's 2", &open), (uint64_t)INT64_C(-6861382837715294033));
    assert_int_equal(stored_agency_checksum("1", &ended), UINT64_C(7476736703098541560));
    struct stored_draw ordered = {.state = DRAW_DRAWN,
                                  .agencies = 4,
                                  .number_mode = NUMBER_MANUAL,
                                  .has_number = true,
                                  .winning_number = 7,
                                  .closes_at = "2126-12-23T00:00:00Z",
                                  .closes_text = "2126-12-22T21:00-03:00",
                                  .voided = 30,
                                  .winners_checksum = (uint64_t)INT64_C(-3154106490900001125)};
    char *const times[] = {ordered.opened_at, ordered.closed_at, ordered.sealed_at, ordered.drawn_at,
                           ordered.changed_at};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        strcpy(times[i], "2026-11-26T18:45:53Z");
    }
    assert_int_equal(stored_draw_checksum("ordered", &ordered), UINT64_C(7684501046493959592));
}

static void names_of_modes_and_endings(void **state) {
    (void)state;
    enum number_mode mode;
    assert_true(number_mode_parse("fixed", &mode));
    assert_int_equal(mode, NUMBER_FIXED);
    assert_true(number_mode_parse("manual", &mode));
    assert_int_equal(mode, NUMBER_MANUAL);
    assert_true(number_mode_parse("beacon", &mode));
    assert_int_equal(mode, NUMBER_BEACON);
    assert_false(number_mode_parse("random", &mode));
    assert_false(number_mode_parse("", &mode));
    for (enum agency_ending ending = AGENCY_UNFINISHED; ending < AGENCY_ENDING_UNKNOWN; ending++) {
        assert_int_equal(agency_ending_of(agency_ending_name(ending)), ending);
    }
    assert_int_equal(agency_ending_of("melted"), AGENCY_ENDING_UNKNOWN);
    for (enum store_paper kind = PAPER_RULES; kind < PAPER_UNKNOWN; kind++) {
        assert_int_equal(store_paper_of(store_paper_name(kind)), kind);
    }
    assert_int_equal(store_paper_of("poem"), PAPER_UNKNOWN);
    assert_int_equal(store_paper_of(""), PAPER_UNKNOWN);
}

static void make_memory(void) {
    snprintf(path, sizeof path, "memory:%s", strrchr(folder, '-') + 1);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        STORE_TEST(each_column_of_a_draw),
        STORE_TEST(each_column_of_an_agency),
        STORE_TEST(an_end_is_an_agencys_own),
        STORE_TEST(every_draw_of_a_store),
        STORE_TEST(a_row_of_before_keeps_its_checksum),
        STORE_TEST(names_of_modes_and_endings),
    };
    static const struct CMUnitTest damage[] = {
        // The checksums are the same for every store, and SQLite's columns the quickest to damage.
        STORE_TEST(each_column_of_a_draw_is_covered),
        STORE_TEST(each_column_of_an_agency_is_covered),
    };
    static const struct implementation memory = {"memory",    &memory_kind,        NULL,
                                                 make_memory, memory_store_forget, false};
    enum { COUNT = sizeof tests / sizeof tests[0], DAMAGE = sizeof damage / sizeof damage[0] };
    return run_against_all(tests, COUNT) + run_against(&memory, tests, COUNT) +
           run_against(&implementations[SQLITE], damage, DAMAGE);
}
