// A large file of a draw's folder gets its name once it is whole, and never takes another's place.
#include "cmocka_all.h"
#include "temporary.h"

#include "notary/folder_draft.h"

#include <dirent.h>
#include <sys/stat.h>

struct story {
    char path[TEMPORARY_BYTES];
    struct folder folder;
    struct folder_draft draft;
};

static int begin(void **state) {
    struct story *story = calloc(1, sizeof *story);
    struct error error;
    assert_non_null(story);
    temporary_make(story->path, "test_folder_draft");
    must(folder_make(story->path, "1", &error), &error);
    must(folder_open(story->path, "1", &story->folder, &error), &error);
    *state = story;
    return 0;
}

static int end(void **state) {
    struct story *story = *state;
    folder_close(&story->folder);
    int status = temporary_remove(story->path);
    free(story);
    return status;
}

static bool kept(struct story *story, const char *text, struct error *error) {
    must(folder_draft_begin(&story->folder, "list", &story->draft, error), error);
    assert_true(fputs(text, story->draft.file) >= 0);
    bool done = folder_draft_keep(&story->folder, "list", &story->draft, error);
    assert_null(story->draft.file);
    return done;
}

// The folder has the file, with this text, and nothing else.
static void assert_alone(struct story *story, const char *text) {
    struct error error;
    char read[100] = "";
    FILE *file;
    size_t count = 0;
    must(folder_open_file(&story->folder, "list", &file, &error), &error);
    assert_int_equal(file == NULL, text == NULL);
    if (file != NULL) {
        assert_true(fread(read, 1, sizeof read - 1, file) > 0);
        assert_string_equal(read, text);
        assert_int_equal(fclose(file), 0);
    }
    DIR *folder = opendir(story->folder.path);
    assert_non_null(folder);
    while (readdir(folder) != NULL) {
        count++;
    }
    assert_int_equal(closedir(folder), 0);
    assert_int_equal(count, text == NULL ? 2 : 3); // with "." and ".."
}

static void a_file_is_kept_once(void **state) {
    struct story *story = *state;
    struct error error;
    must(kept(story, "one", &error), &error);
    assert_alone(story, "one");
    must(kept(story, "one", &error), &error);
    static const char *const others[] = {"two", "one more", "on"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_false(kept(story, others[i], &error));
        assert_error(&error, ERROR_KEPT_OTHER);
        assert_alone(story, "one");
    }
}

static void one_that_is_dropped_leaves_nothing(void **state) {
    struct story *story = *state;
    struct error error;
    must(folder_draft_begin(&story->folder, "list", &story->draft, &error), &error);
    assert_true(fputs("half", story->draft.file) >= 0);
    folder_draft_drop(&story->folder, &story->draft);
    folder_draft_drop(&story->folder, &story->draft);
    assert_alone(story, NULL);
}

// A server that was killed leaves its file, and the next one removes it; one that is still being written
// stays.
static void what_was_left_is_removed(void **state) {
    struct story *story = *state;
    struct folder_draft other;
    struct error error;
    char path[sizeof story->folder.path + 16];
    snprintf(path, sizeof path, "%s/.list.1", story->folder.path);
    FILE *left = fopen(path, "w");
    assert_non_null(left);
    assert_int_equal(fclose(left), 0);
    must(folder_draft_begin(&story->folder, "list", &story->draft, &error), &error);
    assert_int_equal(access(path, F_OK), -1);
    must(folder_draft_begin(&story->folder, "list", &other, &error), &error);
    folder_draft_drop(&story->folder, &other);
    assert_true(fputs("one", story->draft.file) >= 0);
    must(folder_draft_keep(&story->folder, "list", &story->draft, &error), &error);
    assert_alone(story, "one");
}

static void a_small_file_removes_what_was_left_too(void **state) {
    struct story *story = *state;
    struct folder_draft other;
    struct error error;
    char path[sizeof story->folder.path + 16];
    snprintf(path, sizeof path, "%s/.list.1", story->folder.path);
    FILE *left = fopen(path, "w");
    assert_non_null(left);
    assert_int_equal(fclose(left), 0);
    must(folder_draft_begin(&story->folder, "list", &other, &error), &error);
    must(folder_keep(&story->folder, "list", slice_of("one"), &error), &error);
    assert_int_equal(access(path, F_OK), -1);
    assert_true(fputs("one", other.file) >= 0);
    must(folder_draft_keep(&story->folder, "list", &other, &error), &error);
    assert_alone(story, "one");
}

static void what_is_no_file_is_refused(void **state) {
    struct story *story = *state;
    struct error error;
    FILE *file;
    char path[sizeof story->folder.path + 8];
    snprintf(path, sizeof path, "%s/list", story->folder.path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_false(folder_open_file(&story->folder, "list", &file, &error));
    assert_error(&error, ERROR_BAD_SETTING);
    assert_false(kept(story, "one", &error));
    assert_int_equal(remove(path), 0);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_false(folder_open_file(&story->folder, "list", &file, &error));
    assert_error(&error, ERROR_SYSTEM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_kept_once, begin, end),
        cmocka_unit_test_setup_teardown(one_that_is_dropped_leaves_nothing, begin, end),
        cmocka_unit_test_setup_teardown(what_was_left_is_removed, begin, end),
        cmocka_unit_test_setup_teardown(a_small_file_removes_what_was_left_too, begin, end),
        cmocka_unit_test_setup_teardown(what_is_no_file_is_refused, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
