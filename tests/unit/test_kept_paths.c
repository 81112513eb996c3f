// A file that may be renewed keeps its folder, the one it leads to, and those beside a link on its way.
#include "settings_story.h"

#include "cli/kept_paths.h"

#include <limits.h>
#include <sys/stat.h>

static struct kept_paths paths;

static void make_file(const char *path) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
}

static int set_up_files(void **state) {
    int failed = set_up(state);
    memset(&paths, 0, sizeof paths);
    assert_int_equal(mkdir("keys", 0700), 0);
    assert_int_equal(mkdir("keys/day-1", 0700), 0);
    assert_int_equal(mkdir("other", 0700), 0);
    assert_int_equal(symlink("day-1", "keys/today"), 0);
    assert_int_equal(symlink("../other/real.crt", "keys/linked.crt"), 0);
    assert_int_equal(symlink("/tmp", "far"), 0);
    make_file("keys/server.crt");
    make_file("keys/day-1/server.crt");
    make_file("other/real.crt");
    return failed;
}

static int tear_down_files(void **state) {
    kept_paths_free(&paths);
    static const char *const made[] = {"keys/today",      "keys/linked.crt",       "far",
                                       "keys/server.crt", "keys/day-1/server.crt", "other/real.crt"};
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        unlink(made[i]);
    }
    assert_int_equal(rmdir("keys/day-1") | rmdir("keys") | rmdir("other"), 0);
    return tear_down(state);
}

// One of the two files is not set.
static void renew(const char *file) {
    const char *const files[] = {NULL, file};
    kept_paths_add_renewed(&paths, files, 2);
    assert_false(paths.failed);
    assert_int_equal(paths.writable_count, 0);
}

// Compares what may be read with these, each below the working directory when it begins with a slash.
static void expect_readable(const struct story *story, const char *const *wanted, size_t count) {
    if (paths.readable_count != count) {
        fail_msg("expected %zu paths, there are %zu, the first is %s", count, paths.readable_count,
                 paths.readable[0]);
    }
    for (size_t i = 0; i < count; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s%s", wanted[i][0] == '/' ? story->folder : "", wanted[i]);
        assert_string_equal(paths.readable[i], path);
    }
}

static void a_file_and_its_folder(void **state) {
    struct story *story = *state;
    static const char *const wanted[] = {"keys", "/keys/server.crt", "/keys"};
    renew("keys/server.crt");
    expect_readable(story, wanted, 3);
}

static void what_a_link_leads_to(void **state) {
    struct story *story = *state;
    static const char *const wanted[] = {"keys", "/other/real.crt", "/other"};
    renew("keys/linked.crt");
    expect_readable(story, wanted, 3);
}

static void the_folders_beside_a_linked_one(void **state) {
    struct story *story = *state;
    static const char *const wanted[] = {"/keys", "keys/today", "/keys/day-1/server.crt", "/keys/day-1"};
    renew("keys/today/server.crt");
    expect_readable(story, wanted, 4);
}

static void the_root_is_not_kept_for_a_link(void **state) {
    struct story *story = *state;
    char file[192], way[96];
    const char *const wanted[] = {way, "/keys/server.crt", "/keys"};
    snprintf(way, sizeof way, "far/%s/keys", strrchr(story->folder, '/') + 1);
    snprintf(file, sizeof file, "%s/server.crt", way);
    renew(file);
    expect_readable(story, wanted, 3);
}

static void a_file_that_is_not_there_yet(void **state) {
    struct story *story = *state;
    static const char *const wanted[] = {"keys"};
    renew("keys/new.crt");
    expect_readable(story, wanted, 1);
}

static void what_is_written_is_written_where_the_name_leads(void **state) {
    struct story *story = *state;
    char path[PATH_MAX];
    kept_paths_add_written(&paths, "keys/today/new.db");
    snprintf(path, sizeof path, "%s/keys/day-1", story->folder);
    assert_int_equal(paths.writable_count, 1);
    assert_int_equal(paths.readable_count, 0);
    assert_string_equal(paths.writable[0], path);
    kept_paths_add_written(&paths, "nowhere/new.db"); // opening it will say it
    assert_int_equal(paths.writable_count, 1);
    assert_false(paths.failed);
}

static void more_than_there_is_room_for(void **state) {
    (void)state;
    for (int i = 0; i < KEPT_PATHS_MAX; i++) {
        kept_paths_add(&paths, "a", i % 2 == 0);
        kept_paths_add(&paths, "a", i % 2 == 1);
    }
    assert_false(paths.failed);
    assert_int_equal(paths.writable_count, KEPT_PATHS_MAX);
    assert_int_equal(paths.readable_count, KEPT_PATHS_MAX);
    kept_paths_add(&paths, "b", true);
    assert_true(paths.failed);
    assert_int_equal(paths.writable_count, KEPT_PATHS_MAX);
}

#define FILES_STORY(name) cmocka_unit_test_setup_teardown(name, set_up_files, tear_down_files)

int main(void) {
    const struct CMUnitTest tests[] = {
        FILES_STORY(a_file_and_its_folder),
        FILES_STORY(what_a_link_leads_to),
        FILES_STORY(the_folders_beside_a_linked_one),
        FILES_STORY(the_root_is_not_kept_for_a_link),
        FILES_STORY(a_file_that_is_not_there_yet),
        FILES_STORY(what_is_written_is_written_where_the_name_leads),
        FILES_STORY(more_than_there_is_room_for),
    };
    return cmocka_run_group_tests_name("kept_paths", tests, NULL, NULL);
}
