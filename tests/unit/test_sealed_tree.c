// The seal is computed from what the store holds, and an agency with other bets is named.
#include "filed.h"
#include "sealed_store.h"

#include "bet/errors.h"
#include "ledger/seal_lists.h"
#include "ledger/sealed_tree.h"
#include "ledger/sealing_task.h"
#include "seal/errors.h"

#include <semaphore.h>
#include <sqlite3.h>

struct story {
    char folder[TEMPORARY_BYTES], path[TEMPORARY_BYTES + 16];
    struct sealed *sealed;
    struct sealed_terms terms;
    FILE *list;
    sem_t woken;
    int opened; // the store, by a task
};

static int begin(void **state) {
    struct story *story = calloc(1, sizeof *story);
    assert_non_null(story);
    temporary_make(story->folder, "test_sealed_tree");
    snprintf(story->path, sizeof story->path, "%s/store.db", story->folder);
    no_inbox();
    small_store_make(story->path);
    usual_inbox();
    story->sealed = seal_small();
    story->terms = (struct sealed_terms){
        .origin = SMALL_ORIGIN, .rules = story->sealed->rules->hash, .agencies = SMALL_AGENCIES};
    memcpy(story->terms.secret, story->sealed->secret, SECRET_BYTES);
    story->list = tmpfile();
    assert_non_null(story->list);
    assert_int_equal(sem_init(&story->woken, 0, 0), 0);
    *state = story;
    return 0;
}

static int end(void **state) {
    struct story *story = *state;
    int status = temporary_remove(story->folder);
    (void)fclose(story->list);
    seal_end(story->sealed);
    sem_destroy(&story->woken);
    free(story);
    return status;
}

// Changes the store from outside, as whoever administers it can.
static void change(const struct story *story, const char *statement) {
    sqlite3 *database;
    char *fault = NULL;
    assert_int_equal(sqlite3_open(story->path, &database), SQLITE_OK);
    if (sqlite3_exec(database, statement, NULL, NULL, &fault) != SQLITE_OK) {
        fail_msg("%s: %s", statement, fault);
    }
    assert_true(sqlite3_changes(database) > 0);
    sqlite3_close(database);
}

static bool computed(const struct story *story, FILE *list, struct checkpoint *seal, struct error *error) {
    struct store *store;
    must(store_open(story->path, SMALL_DRAW, STORE_READ, &store, error), error);
    static atomic_bool never;
    struct sealed_terms terms = story->terms;
    terms.stop = terms.stop == NULL ? &never : terms.stop;
    bool done = sealed_tree_compute(store, &terms, list, seal, error);
    store_close(&store);
    return done;
}

static void assert_is_small(const struct story *story, const struct checkpoint *seal) {
    assert_int_equal(seal->size, SMALL_AGENCIES + 1);
    assert_memory_equal(seal->root.bytes, story->sealed->seal.root.bytes, HASH_BYTES);
}

static void the_specification_s_draw_has_its_seal(void **state) {
    struct story *story = *state;
    struct checkpoint seal;
    struct error error;
    char text[2000];
    must(computed(story, story->list, &seal, &error), &error);
    assert_is_small(story, &seal);
    rewind(story->list);
    size_t length = fread(text, 1, sizeof text - 1, story->list);
    text[length] = '\0';
    assert_non_null(strstr(text, "\"root\":\"AJ4ecKAKW/OwfG03nwYIrXCyVWtaMQgQZBI+MSEA6FI=\",\n"));
    assert_non_null(strstr(text, "{\"agencies\":[2,2],\"state\":\"cut\"},\n"));
    assert_non_null(strstr(text, "{\"agency\":5,\"state\":\"finished\",\"count\":2,"));
}

// A bet's text was changed, and not the digest that stands beside it.
static void a_chunk_that_was_changed_is_named(void **state) {
    struct story *story = *state;
    struct checkpoint seal;
    struct error error;
    change(story, "UPDATE chunks SET rows = replace(rows, 'x,y,2', 'x,z,2') WHERE agency = 5");
    assert_false(computed(story, story->list, &seal, &error));
    assert_error(&error, ERROR_BETS_CHANGED);
    assert_non_null(strstr(error.text, "agency 5"));
}

// Whoever changes the digest, too, is not noticed by the store; but the seal is another one, and the lists
// say where.
static void a_chunk_with_another_digest_gives_another_seal(void **state) {
    struct story *story = *state;
    struct checkpoint seal;
    struct error error;
    uint8_t digest[CHUNK_DIGEST_BYTES], numbers[] = {0x0f, 0x27, 0x0f, 0x27}; // 9999
    char hex[2 * CHUNK_DIGEST_BYTES + 1], statement[256], text[SEAL_LISTS_TEXT_BYTES];
    static const char rows[] = "x,z,2,2000-01-01,9999\nx,z,2,2000-01-01,9999\n";
    FILE *list = tmpfile();
    must(computed(story, list, &seal, &error), &error);
    assert_true(chunk_digest(numbers, 2, rows, strlen(rows), digest));
    hex_encode(digest, sizeof digest, hex);
    snprintf(statement, sizeof statement,
             "UPDATE chunks SET rows = replace(rows, 'x,y,2', 'x,z,2'), digest = x'%s' WHERE agency = 5",
             hex);
    change(story, statement);
    must(computed(story, story->list, &seal, &error), &error);
    assert_memory_not_equal(seal.root.bytes, story->sealed->seal.root.bytes, HASH_BYTES);
    seal_lists_compare(list, story->list, text);
    assert_string_equal(text,
                        "agency 5 was sealed with 2 bets, finished, and now has 2, finished, but others");
    (void)fclose(list);
}

static void a_chunk_that_is_gone_is_named(void **state) {
    struct story *story = *state;
    struct checkpoint seal;
    struct error error;
    change(story, "DELETE FROM chunks WHERE agency = 4");
    assert_false(computed(story, story->list, &seal, &error));
    assert_error(&error, ERROR_BETS_CHANGED);
    assert_string_equal(error.text, "agency 4: 0 bets are stored, and its row says 1");
}

static void it_stops_when_it_is_asked_to(void **state) {
    struct story *story = *state;
    struct checkpoint seal;
    struct error error;
    atomic_bool stop = true;
    story->terms.stop = &stop;
    assert_false(computed(story, story->list, &seal, &error));
    assert_error(&error, ERROR_SEAL_STOPPED);
}

// Lists -----------------------------------------------------------------------------------------------------

static FILE *list_of(const char *entries) {
    FILE *file = tmpfile();
    assert_non_null(file);
    fprintf(file, "{\"format\":\"quiniela seal v1\",\n\"entries\":[\n%s\n],\n\"voided\":[\n]}\n", entries);
    return file;
}

static void assert_differ(const char *kept, const char *made, const char *expected) {
    char text[SEAL_LISTS_TEXT_BYTES];
    FILE *one = list_of(kept), *other = list_of(made);
    seal_lists_compare(one, other, text);
    assert_string_equal(text, expected);
    (void)fclose(one);
    (void)fclose(other);
}

#define FIRST "{\"agency\":1,\"state\":\"finished\",\"count\":3,\"root\":\"aaaa\"}"

static void the_first_agency_that_differs_is_found(void **state) {
    (void)state;
    assert_differ(FIRST, FIRST, "");
    assert_differ(FIRST ",\n{\"agencies\":[2,9],\"state\":\"cut\"}",
                  FIRST ",\n{\"agencies\":[2,5],\"state\":\"cut\"},\n{\"agencies\":[6,9],\"state\":\"cut\"}",
                  "");
    assert_differ(FIRST, "{\"agency\":1,\"state\":\"finished\",\"count\":3,\"root\":\"aaab\"}",
                  "agency 1 was sealed with 3 bets, finished, and now has 3, finished, but others");
    assert_differ(FIRST ",\n{\"agencies\":[2,9],\"state\":\"cut\"}",
                  FIRST ",\n{\"agencies\":[2,5],\"state\":\"cut\"},\n"
                        "{\"agency\":6,\"state\":\"cut\",\"count\":1,\"root\":\"bbbb\"},\n"
                        "{\"agencies\":[7,9],\"state\":\"cut\"}",
                  "agency 6 was sealed with 0 bets, cut, and now has 1, cut");
    assert_differ(FIRST, "{\"agency\":1,\"state\":\"cut\",\"count\":3,\"root\":\"aaaa\"}",
                  "agency 1 was sealed with 3 bets, finished, and now has 3, cut");
}

// Tasks -----------------------------------------------------------------------------------------------------

static bool open_reader(void *context, const char *draw, struct store **store, struct error *error) {
    struct story *story = context;
    assert_string_equal(draw, SMALL_DRAW);
    story->opened++;
    return store_open(story->path, draw, STORE_READ, store, error);
}

static void wake(void *context) {
    sem_post(context);
}

static struct sealing_task *started(struct story *story) {
    struct error error;
    struct sealing_task_options options = {.terms = story->terms,
                                           .list = story->list,
                                           .open_reader = open_reader,
                                           .context = story,
                                           .draw = SMALL_DRAW,
                                           .wake = wake,
                                           .wake_context = &story->woken};
    struct sealing_task *task = sealing_task_start(&options, &error);
    assert_non_null(task);
    return task;
}

static void a_task_wakes_when_it_is_done(void **state) {
    struct story *story = *state;
    struct checkpoint seal;
    struct error error;
    struct sealing_task *task = started(story);
    assert_int_equal(sem_wait(&story->woken), 0);
    assert_true(sealing_task_is_done(task));
    must(sealing_task_end(&task, &seal, &error), &error);
    assert_null(task);
    assert_int_equal(story->opened, 1);
    assert_is_small(story, &seal);
}

static void a_task_s_failure_is_its_answer(void **state) {
    struct story *story = *state;
    struct checkpoint seal;
    struct error error;
    assert_int_equal(remove(story->path), 0);
    struct sealing_task *task = started(story);
    assert_false(sealing_task_end(&task, &seal, &error));
    assert_error(&error, ERROR_STORE_FAILED);
}

static void a_task_can_be_stopped(void **state) {
    struct story *story = *state;
    struct checkpoint seal;
    struct error error;
    struct sealing_task *task = started(story);
    sealing_task_stop(task);
    if (!sealing_task_end(&task, &seal, &error)) { // it may have been quicker
        assert_error(&error, ERROR_SEAL_STOPPED);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_specification_s_draw_has_its_seal, begin, end),
        cmocka_unit_test_setup_teardown(a_chunk_with_another_digest_gives_another_seal, begin, end),
        cmocka_unit_test_setup_teardown(a_chunk_that_is_gone_is_named, begin, end),
        cmocka_unit_test_setup_teardown(a_chunk_that_was_changed_is_named, begin, end),
        cmocka_unit_test_setup_teardown(it_stops_when_it_is_asked_to, begin, end),
        cmocka_unit_test(the_first_agency_that_differs_is_found),
        cmocka_unit_test_setup_teardown(a_task_wakes_when_it_is_done, begin, end),
        cmocka_unit_test_setup_teardown(a_task_s_failure_is_its_answer, begin, end),
        cmocka_unit_test_setup_teardown(a_task_can_be_stopped, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
