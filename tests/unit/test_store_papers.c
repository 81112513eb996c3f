// A signed draw's papers, secret and root are stored once, kept as they are, and their damage is found.
#include "store_story.h"

#include "base/random.h"
#include "memory_store.h"
#include "store/erase.h"

// Sealed, and with its tree.
static const struct stored_draw signed_draw = {
    .state = DRAW_SEALED,
    .agencies = 2,
    .number_mode = NUMBER_BEACON,
    .opened_at = "2026-01-01T00:00:00Z",
    .sealed_at = "2026-01-01T00:00:01Z",
    .rules = 2,
    .has_secret = true,
    .secret = "QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ",
    .has_root = true,
    .root = "RRRRRRRRRRRRRRRRRRRRRRRRRRRRRRR",
};

static bool add_text(struct store *store, enum store_paper kind, uint32_t number, const char *text,
                     struct error *error) {
    struct stored_paper paper = {
        .kind = kind, .number = number, .bytes = (const uint8_t *)text, .length = strlen(text)};
    return store_add_paper(store, &paper, error);
}

// Each kind of paper, in an order of which no column is.
static bool add_all(struct store *store, struct error *error) {
    return add_text(store, PAPER_RESULT, 0, "number 0007\n", error) &&
           add_text(store, PAPER_RULES, 1, "— rules, again\n", error) &&
           add_text(store, PAPER_FORK, 3, "another seal", error) &&
           add_text(store, PAPER_COSIGNATURE, 10, "w10", error) &&
           add_text(store, PAPER_COSIGNATURE, 9, "w9", error) &&
           add_text(store, PAPER_APPROVAL, 0, "a", error) && add_text(store, PAPER_PULSE, 0, "{}", error) &&
           add_text(store, PAPER_SEAL, 0, "seal\n", error) &&
           add_text(store, PAPER_TIMESTAMP, 0, "\x30\x82", error) &&
           add_text(store, PAPER_RULES, 0, "rules", error);
}

#define ALL                                                                                                  \
    "rules 0: rules|rules 1: — rules, again\n|seal 0: seal\n|cosignature 9: w9|cosignature 10: w10|"       \
    "timestamp 0: \x30\x82|approval 0: a|pulse 0: {}|result 0: number 0007\n|fork 3: another seal|"

static void make_draw(const char *name) {
    struct error error;
    struct store *store = open_draw(name, STORE_SERVE);
    struct stored_draw draw = signed_draw;
    must(store_begin(store, &error) && store_put_draw(store, &draw, &error) && add_all(store, &error) &&
             store_commit(store, &error),
         &error);
    store_close(&store);
}

static bool note_paper(void *context, const struct stored_paper *paper, struct error *error) {
    (void)error;
    char *text = context;
    sprintf(text + strlen(text), "%s %u: %.*s|", store_paper_name(paper->kind), paper->number,
            (int)paper->length, (const char *)paper->bytes);
    return true;
}

static void assert_papers(const char *draw, const char *expected) {
    char text[1024] = "";
    struct error error;
    struct store *store = open_draw(draw, STORE_READ);
    must(store_papers(store, note_paper, text, &error), &error);
    assert_string_equal(text, expected);
    store_close(&store);
}

static void each_kind_by_kind_and_number(void **state) {
    (void)state;
    struct error error;
    make_draw("1");
    assert_papers("1", ALL);
    assert_papers("2", "");
    struct store *store = open_draw("1", STORE_SERVE); // within a group, too
    char text[1024] = "";
    must(store_begin(store, &error) && add_text(store, PAPER_RULES, 2, "r", &error) &&
             store_papers(store, note_paper, text, &error),
         &error);
    assert_non_null(strstr(text, "again\n|rules 2: r|seal"));
    store_drop(store);
    store_close(&store);
    assert_papers("1", ALL);
}

static void a_place_is_taken_once(void **state) {
    (void)state;
    struct error error;
    make_draw("1");
    make_draw("2"); // whose places are others
    struct store *store = open_draw("1", STORE_SERVE);
    must(store_begin(store, &error), &error);
    assert_false(add_text(store, PAPER_SEAL, 0, "another", &error) && store_commit(store, &error));
    store_close(&store);
    assert_papers("1", ALL);
    assert_papers("2", ALL);
}

struct long_paper {
    const uint8_t *bytes;
    size_t length;
};

static bool compare_long(void *context, const struct stored_paper *paper, struct error *error) {
    (void)error;
    const struct long_paper *expected = context;
    if (paper->kind == PAPER_TIMESTAMP && paper->number == 1) {
        assert_int_equal(paper->length, expected->length);
        assert_memory_equal(paper->bytes, expected->bytes, expected->length);
    }
    return true;
}

static void of_every_length_and_byte(void **state) {
    (void)state;
    static uint8_t bytes[STORE_PAPER_BYTES_MAX + 1];
    static const size_t lengths[] = {1, 255, 256, 4096, STORE_PAPER_BYTES_MAX};
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    }
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        char name[16];
        struct error error;
        struct long_paper expected = {bytes, lengths[i]};
        struct stored_paper paper = {
            .kind = PAPER_TIMESTAMP, .number = 1, .bytes = bytes, .length = lengths[i]};
        snprintf(name, sizeof name, "%zu", i);
        make_draw(name);
        struct store *store = open_draw(name, STORE_SERVE);
        must(store_begin(store, &error) && store_add_paper(store, &paper, &error) &&
                 store_commit(store, &error) && store_papers(store, compare_long, &expected, &error),
             &error);
        store_close(&store);
    }
}

// And the store goes on.
static void an_empty_one_and_one_too_long_are_refused(void **state) {
    (void)state;
    static const uint8_t bytes[STORE_PAPER_BYTES_MAX + 1];
    static const size_t lengths[] = {0, STORE_PAPER_BYTES_MAX + 1};
    make_draw("1");
    struct store *store = open_draw("1", STORE_SERVE);
    for (size_t i = 0; i < 2; i++) {
        struct error error;
        struct stored_paper paper = {.kind = PAPER_FORK, .bytes = bytes, .length = lengths[i]};
        must(store_begin(store, &error), &error);
        assert_false(store_add_paper(store, &paper, &error));
        assert_error(&error, ERROR_STORE_REFUSED);
        assert_non_null(strstr(error.text, "a paper (fork) has"));
    }
    store_close(&store);
    assert_papers("1", ALL);
}

static bool stop(void *context, const struct stored_paper *paper, struct error *error) {
    (void)context, (void)paper;
    return error_set(error, ERROR_CONFLICT, "stopped");
}

static void nothing_is_stored_after_a_failure(void **state) {
    (void)state;
    struct error error;
    char text[1024] = "";
    make_draw("1");
    struct store *store = open_draw("1", STORE_SERVE);
    must(store_begin(store, &error), &error);
    assert_false(store_papers(store, stop, NULL, &error));
    assert_error(&error, ERROR_CONFLICT);
    assert_false(add_text(store, PAPER_FORK, 4, "late", &error));
    assert_error(&error, ERROR_STORE_FAILED);
    assert_false(store_papers(store, note_paper, text, &error));
    assert_error(&error, ERROR_STORE_FAILED);
    store_close(&store);
    assert_papers("1", ALL);
}

// The secret
// --------------------------------------------------------------------------------------------------

static void erasing_leaves_all_but_the_secret(void **state) {
    (void)state;
    struct error error;
    struct stored_draw draw;
    bool found;
    make_draw("1");
    struct store *store = open_draw("1", STORE_SERVE);
    must(store_get_draw(store, &draw, &found, &error), &error);
    draw.state = DRAW_DRAWN;
    must(store_begin(store, &error) && store_put_draw(store, &draw, &error) && store_commit(store, &error),
         &error);
    store_close(&store);
    for (int i = 0; i < 2; i++) { // once more does no harm
        must(store_erase_draw(path, "1", &error), &error);
        store = open_draw("1", STORE_READ);
        must(store_get_draw(store, &draw, &found, &error), &error);
        assert_true(draw.erased_at[0] != '\0');
        assert_false(draw.has_secret);
        assert_memory_equal(draw.secret, (uint8_t[STORE_SECRET_BYTES]){0}, sizeof draw.secret);
        assert_int_equal(draw.rules, 2);
        assert_true(draw.has_root);
        assert_memory_equal(draw.root, signed_draw.root, sizeof draw.root);
        store_close(&store);
        assert_papers("1", ALL);
    }
}

static void a_copy_forgets_it(void **state) {
    (void)state;
    struct stored_draw draw = signed_draw;
    stored_draw_forget(&draw);
    assert_false(draw.has_secret);
    assert_memory_equal(draw.secret, (uint8_t[STORE_SECRET_BYTES]){0}, sizeof draw.secret);
    assert_true(draw.has_root);
}

// The root
// ----------------------------------------------------------------------------------------------------

// Two servers have computed it, and each has read the row without one.
static void the_root_is_set_once(void **state) {
    (void)state;
    struct error error;
    struct stored_draw first = signed_draw, second, stored;
    bool found;
    first.has_root = false;
    struct store *store = open_draw("1", STORE_SERVE);
    must(store_begin(store, &error) && store_put_draw(store, &first, &error) && store_commit(store, &error),
         &error);
    struct store *other = open_draw("1", STORE_SERVE);
    must(store_get_draw(other, &second, &found, &error), &error);
    first.has_root = second.has_root = true;
    second.root[0] = 'S';
    must(store_begin(store, &error) && store_put_draw(store, &first, &error) &&
             add_text(store, PAPER_SEAL, 0, "seal", &error) && store_commit(store, &error),
         &error);
    for (int attempt = 0; attempt < 3;
         attempt++) { // not even one that has read the row meanwhile replaces it
        must(store_begin(other, &error), &error);
        assert_false(store_put_draw(other, &second, &error) && store_commit(other, &error));
        assert_error(&error, ERROR_STORE_STALE);
        must(store_get_draw(other, &stored, &found, &error), &error);
        assert_memory_equal(stored.root, signed_draw.root, sizeof stored.root);
        second = stored;
        second.root[0] = 'S';
        second.has_root = attempt == 0; // at last without one
    }
    store_close(&store);
    store_close(&other);
    assert_papers("1", "seal 0: seal|");
}

// Damage
// ------------------------------------------------------------------------------------------------------

static void run(const char *sql) {
    if (implementation->kind == &sqlite_kind) {
        sqlite3 *database;
        assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
        if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK) {
            fail_msg("%s: %s", sql, sqlite3_errmsg(database));
        }
        sqlite3_close(database);
        return;
    }
    PGconn *connection = PQconnectdb(path);
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        fail_msg("%s: %s", sql, PQerrorMessage(connection));
    }
    PQclear(result);
    PQfinish(connection);
}

static void each_column_is_covered(void **state) {
    (void)state;
    static const char *const damages[] = {
        "kind = 'fork' WHERE kind = 'pulse'",
        "number = 4 WHERE kind = 'fork'",
        "number = number + 5 WHERE kind = 'cosignature'",
        "checksum = checksum + 1 WHERE kind = 'seal'",
        "body = (SELECT body FROM papers WHERE kind = 'pulse') WHERE kind = 'approval'",
        "number = 1 WHERE kind = 'approval'",
    };
    char text[1024];
    make_draw("1");
    run("CREATE TABLE whole AS SELECT * FROM papers");
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        struct error error;
        char sql[160];
        snprintf(sql, sizeof sql, "UPDATE papers SET %s", damages[i]);
        run(sql);
        struct store *store = open_draw("1", STORE_READ);
        text[0] = '\0';
        if (store_papers(store, note_paper, text, &error)) {
            fail_msg("%s: expected to be found as damage, and it was read as %s", sql, text);
        }
        assert_non_null(strstr(error.text, "is not as it was stored"));
        store_close(&store);
        run("DELETE FROM papers");
        run("INSERT INTO papers SELECT * FROM whole");
    }
    run("DROP TABLE whole");
    assert_papers("1", ALL);
}

static void note_damage(void *context, const char *damage) {
    (void)damage;
    ++*(unsigned *)context;
}

// Whatever is flipped: what is read is what was stored, or the damage is told.
static void no_flipped_byte_changes_one_unnoticed(void **state) {
    (void)state;
    static char bytes[256 * 1024];
    const char *given = getenv("SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : random_seed();
    unsigned told = 0;
    print_message("SEED=%llu\n", (unsigned long long)seed);
    make_draw("1");
    FILE *file = fopen(path, "rb");
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (int i = 0; i < 300; i++) {
        size_t at = random_below(&seed, (uint32_t)length);
        uint8_t mask = (uint8_t)(1U << random_below(&seed, 8));
        struct store *store;
        struct stored_draw draw;
        struct error error;
        bool found = false;
        unsigned damages = 0;
        char text[1024] = "";
        remove_files();
        bytes[at] = (char)(bytes[at] ^ mask);
        file = fopen(path, "wb");
        assert_int_equal(fwrite(bytes, 1, length, file), length);
        fclose(file);
        bytes[at] = (char)(bytes[at] ^ mask);
        if (!try_open("1", STORE_READ, &store, &error)) {
            told++;
            continue;
        }
        store_survey(store, note_damage, &damages);
        bool read = store_get_draw(store, &draw, &found, &error) && found &&
                    store_papers(store, note_paper, text, &error);
        if (read && damages == 0 &&
            (strcmp(text, ALL) != 0 || memcmp(draw.secret, signed_draw.secret, sizeof draw.secret) != 0 ||
             memcmp(draw.root, signed_draw.root, sizeof draw.root) != 0)) {
            bool checked = store_check_files(store, &error);
            if (checked && damages == 0) {
                fail_msg("byte %zu, mask %#x: read as %s", at, mask, text);
            }
        }
        told += !read || damages > 0;
        store_close(&store);
    }
    assert_true(told > 0);
}

static void make_memory(void) {
    snprintf(path, sizeof path, "memory:%s", strrchr(folder, '-') + 1);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        STORE_TEST(each_kind_by_kind_and_number),
        STORE_TEST(a_place_is_taken_once),
        STORE_TEST(of_every_length_and_byte),
        STORE_TEST(an_empty_one_and_one_too_long_are_refused),
        STORE_TEST(nothing_is_stored_after_a_failure),
        STORE_TEST(erasing_leaves_all_but_the_secret),
        STORE_TEST(a_copy_forgets_it),
    };
    static const struct CMUnitTest from_outside[] = {STORE_TEST(each_column_is_covered)};
    static const struct CMUnitTest of_files[] = {STORE_TEST(no_flipped_byte_changes_one_unnoticed)};
    static const struct CMUnitTest of_shared[] = {STORE_TEST(the_root_is_set_once)};
    static const struct implementation memory = {"memory",    &memory_kind,        NULL,
                                                 make_memory, memory_store_forget, false};
    enum { COUNT = sizeof tests / sizeof tests[0] };
    return run_against_all(tests, COUNT) + run_against(&memory, tests, COUNT) +
           run_against_all(from_outside, 1) + run_against(&implementations[SQLITE], of_files, 1) +
           run_against(&implementations[POSTGRES], of_shared, 1);
}
