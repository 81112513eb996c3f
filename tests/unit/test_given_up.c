// What an agency cannot open or start leaks no memory and no descriptor.
// LeakSanitizer looks for memory at the end of the program.
#include "cmocka_all.h"
#include "descriptors.h"

#define ALLOCATIONS_OF_CXX
#include "allocations.h"

#include "agency/comparison.h"
#include "agency/dialogue.h"
#include "agency/reader.h"
#include "bet/errors.h"
#include "link/link.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ALLOCATIONS_MAX = 100 };

// The C library's own strdup allocates unnoticed.
char *__wrap_strdup(const char *text);

char *__wrap_strdup(const char *text) {
    char *copy = __wrap_malloc(strlen(text) + 1);
    return copy == NULL ? NULL : strcpy(copy, text);
}

static char path[] = "/tmp/test_given_up.XXXXXX";

static void assert_no_more_than(int before) {
    int now = descriptors();
    if (now != before) {
        fail_msg("%d descriptors were left open", now - before);
    }
}

// Tries it with the first allocation failing, then the second, and so on, until all succeed.
static void fail_each_allocation(bool (*try_it)(struct error *error), const struct error_code *code) {
    int before = descriptors();
    for (int failing = 1; failing < ALLOCATIONS_MAX; failing++) {
        struct error error;
        error_clear(&error);
        allocations = (struct allocations){true, failing};
        bool done = try_it(&error);
        bool has_failed = allocations.until_failure == 0;
        allocations.counted = false;
        assert_int_equal(done, !has_failed);
        assert_no_more_than(before);
        if (done) {
            assert_true(failing > 1);
            return;
        }
        if (error.code != code) {
            fail_msg("when allocation %d failed: %s, and not %s", failing, error_name(error.code),
                     error_name(code));
        }
    }
    fail_msg("it makes more than %d allocations", ALLOCATIONS_MAX);
}

static bool open_reader(struct error *error) {
    struct reader *reader;
    bool is_open = reader_open(path, &reader, error);
    if (is_open) {
        reader_close(&reader);
    }
    assert_null(reader);
    return is_open;
}

static void a_reader_without_memory(void **state) {
    (void)state;
    fail_each_allocation(open_reader, ERROR_NO_MEMORY);
}

static void a_reader_of_what_is_not_a_file(void **state) {
    (void)state;
    static const char *const wrong[] = {"/tmp", "/tmp/there/is/none", "/tmp/none.csv", ""};
    int before = descriptors();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct reader *reader;
        struct error error;
        assert_false(reader_open(wrong[i], &reader, &error));
        assert_null(reader);
        assert_no_more_than(before);
    }
}

static void a_reader_that_stops_at_a_bad_line(void **state) {
    (void)state;
    int before = descriptors();
    struct reader *reader;
    struct error error;
    struct chunk *chunk = chunk_new(10, 1000);
    bool at_end;
    assert_true(chunk != NULL && reader_open(path, &reader, &error));
    assert_false(reader_fill(reader, chunk, 10, 10000, &at_end, &error));
    assert_error(&error, ERROR_BAD_BET);
    assert_false(reader_seek(reader, 5, &error));
    reader_close(&reader);
    chunk_free(chunk);
    assert_no_more_than(before);
}

static bool begin_comparison(struct error *error) {
    struct comparison *comparison = comparison_new(NULL);
    bool made = comparison != NULL || error_set(error, ERROR_NO_MEMORY, "none");
    comparison_free(comparison);
    return made;
}

static void a_comparison_without_memory(void **state) {
    (void)state;
    fail_each_allocation(begin_comparison, ERROR_NO_MEMORY);
}

static bool begin_dialogue(struct error *error) {
    static const struct dialogue_actions none;
    struct dialogue_options options = {.agency = 1, .bets.count = 1, .chunk_size = 10, .window = 1};
    struct dialogue *dialogue;
    if (!reader_open(path, &options.reader, error)) {
        return false;
    }
    bool made = dialogue_new(&options, &none, NULL, &dialogue, error);
    if (made) {
        dialogue_free(&dialogue);
    }
    assert_null(dialogue);
    reader_close(&options.reader);
    return made;
}

static void a_dialogue_without_memory(void **state) {
    (void)state;
    fail_each_allocation(begin_dialogue, ERROR_NO_MEMORY);
}

static bool open_link(struct error *error) {
    static const struct link_events none;
    struct address address = {.host = "127.0.0.1", .port = "1"};
    uv_loop_t loop;
    allocations.counted = false;
    int threads_before = threads();
    assert_int_equal(uv_loop_init(&loop), 0);
    allocations.counted = true;
    struct link *link = link_open(&loop, &address, NULL, &none, NULL);
    allocations.counted = false;
    bool is_open = link != NULL || error_set(error, ERROR_NO_MEMORY, "none");
    if (is_open) {
        link_close(&link);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    wait_for_threads(threads_before); // the name's look-up has descriptors of its own
    return is_open;
}

static void *stay(void *context) {
    for (;;) {
        pause();
    }
    return context;
}

static void a_link_without_memory(void **state) {
    (void)state;
    pthread_t thread; // with the first one ThreadSanitizer starts one of its own, before any is counted
    assert_int_equal(pthread_create(&thread, NULL, stay, NULL), 0);
    assert_int_equal(pthread_detach(thread), 0);
    struct error error;
    (void)open_link(&error); // libuv keeps two descriptors from its first loop on
    fail_each_allocation(open_link, ERROR_NO_MEMORY);
}

int main(void) {
    static const char text[] = "Ana,Paz,1,1999-03-17,7574\nAna,Paz,2,1999-13-17,7574\n";
    int descriptor = mkstemp(path);
    if (descriptor < 0 || write(descriptor, text, strlen(text)) != (ssize_t)strlen(text)) {
        return 1;
    }
    close(descriptor);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reader_without_memory),           cmocka_unit_test(a_reader_of_what_is_not_a_file),
        cmocka_unit_test(a_reader_that_stops_at_a_bad_line), cmocka_unit_test(a_comparison_without_memory),
        cmocka_unit_test(a_dialogue_without_memory),         cmocka_unit_test(a_link_without_memory),
    };
    int failed = cmocka_run_group_tests_name("given_up", tests, NULL, NULL);
    return unlink(path) != 0 || failed != 0;
}
