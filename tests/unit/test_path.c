// Names that lead to the same file are known for that, and where they lead.
#include "cmocka_all.h"
#include "temporary.h"

#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[PATH_MAX];

static int begin(void **state) {
    (void)state;
    char made[TEMPORARY_BYTES];
    temporary_make(made, "test_path");
    assert_non_null(realpath(made, folder));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(mkdir("data", 0700), 0);
    assert_int_equal(mkdir("links", 0700), 0);
    close(open("data/there", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    return 0;
}

static int end(void **state) {
    (void)state;
    assert_int_equal(chdir("/"), 0);
    return temporary_remove(folder);
}

static void leads_to(const char *path, const char *wanted) {
    char resolved[PATH_MAX], absolute[2 * PATH_MAX];
    struct error error;
    snprintf(absolute, sizeof absolute, "%s/%s", folder, wanted);
    if (!path_resolve(path, resolved, &error)) {
        fail_msg("%s", error.text);
    }
    assert_string_equal(resolved, absolute);
}

static void leads_nowhere(const char *path, const char *says) {
    char resolved[PATH_MAX];
    struct error error;
    assert_false(path_resolve(path, resolved, &error));
    assert_error(&error, ERROR_SYSTEM);
    assert_non_null(strstr(error.text, path));
    assert_non_null(strstr(error.text, says));
}

static void names_are_followed(void **state) {
    (void)state;
    char absolute[2 * PATH_MAX];
    assert_int_equal(symlink("../data/there", "links/one"), 0);
    assert_int_equal(symlink("links/one", "two"), 0);
    assert_int_equal(symlink("data", "folder"), 0);
    leads_to("data/there", "data/there");
    leads_to("./data/../links//one", "data/there");
    leads_to("two", "data/there");
    leads_to("folder/there", "data/there");
    snprintf(absolute, sizeof absolute, "%s/two", folder);
    leads_to(absolute, "data/there");
    leads_to("data", "data"); // a folder, too: what it is good for is the caller's to say
}

static void what_is_not_there_has_a_name(void **state) {
    (void)state;
    char absolute[2 * PATH_MAX];
    snprintf(absolute, sizeof absolute, "%s/data/new", folder);
    assert_int_equal(symlink("../data/new", "links/relative"), 0);
    assert_int_equal(symlink("links/relative", "twice"), 0);
    assert_int_equal(symlink(absolute, "links/absolute"), 0);
    assert_int_equal(symlink("data", "folder"), 0);
    leads_to("new", "new");
    leads_to("data/new", "data/new");
    leads_to("folder/new", "data/new");
    leads_to("links/relative", "data/new");
    leads_to("twice", "data/new");
    leads_to("links/absolute", "data/new");
    char longest[PATH_MAX + 1] = ""; // with its NUL as long as any may be
    memset(longest, '/', PATH_MAX - 1);
    memcpy(longest, "data", 4);
    memcpy(longest + PATH_MAX - 4, "new", 3);
    leads_to(longest, "data/new");
    memcpy(longest + PATH_MAX - 4, "/new", 4);
    struct error error;
    char resolved[PATH_MAX];
    assert_false(path_resolve(longest, resolved, &error));
}

static void what_leads_nowhere_is_said(void **state) {
    (void)state;
    static char too_long[PATH_MAX + 100];
    struct error error;
    char resolved[PATH_MAX];
    memset(too_long, 'x', sizeof too_long - 1);
    assert_int_equal(symlink("circle", "circle"), 0);
    assert_int_equal(symlink("no/such/folder/x", "broken"), 0);
    leads_nowhere("circle", "Too many levels");
    leads_nowhere("broken", "No such file");
    leads_nowhere("no/such/folder/x", "No such file");
    leads_nowhere("new/", "it or its folder cannot be reached: No such file");
    leads_nowhere("data/there/x", "Not a directory");
    leads_nowhere("", "No such file");
    assert_false(path_resolve(too_long, resolved, &error));
}

// The link of a descriptor leads to the file itself; its text is only what the file was once called.
static void a_deleted_file_has_no_name(void **state) {
    (void)state;
    char path[64], pipe_path[64];
    int file = open("data/there", O_RDONLY | O_CLOEXEC), ends[2];
    assert_int_equal(pipe(ends), 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    snprintf(pipe_path, sizeof pipe_path, "/proc/self/fd/%d", ends[0]);
    leads_to(path, "data/there");
    leads_nowhere(pipe_path, "no name");
    unlink("data/there");
    leads_nowhere(path, "no name");
    close(open("data/there (deleted)", O_CREAT | O_WRONLY | O_CLOEXEC, 0600)); // another file
    leads_nowhere(path, "no name");
    close(file);
    close(ends[0]);
    close(ends[1]);
}

static void folders_of_names(void **state) {
    (void)state;
    char text[PATH_MAX];
    path_folder("/a/b", text);
    assert_string_equal(text, "/a");
    path_folder("/a", text);
    assert_string_equal(text, "/");
    path_folder("a", text);
    assert_string_equal(text, ".");
}

static void files_are_told_from_names(void **state) {
    (void)state;
    struct stat one, other;
    assert_int_equal(link("data/there", "again"), 0);
    assert_int_equal(stat("data/there", &one), 0);
    assert_int_equal(stat("again", &other), 0);
    assert_true(path_is_same(&one, &other));
    assert_int_equal(stat("data", &other), 0);
    assert_false(path_is_same(&one, &other));
}

#define PATH_TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        PATH_TEST(names_are_followed),         PATH_TEST(what_is_not_there_has_a_name),
        PATH_TEST(what_leads_nowhere_is_said), PATH_TEST(a_deleted_file_has_no_name),
        PATH_TEST(folders_of_names),           PATH_TEST(files_are_told_from_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
