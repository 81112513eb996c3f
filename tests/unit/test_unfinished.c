// A file that gets its name once it is whole replaces no other, on any file system.
#include "cmocka_all.h"
#include "temporary.h"

#include "store/unfinished.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static char folder[TEMPORARY_BYTES], path[2 * TEMPORARY_BYTES];

// The linker puts these in the place of renameat2 and linkat.
static int cannot_rename; // without replacing, with this errno
static int cannot_link;   // at all, with this errno
static bool is_quicker;   // somebody makes a file of that name just before
int __wrap_renameat2(int from, const char *old, int to, const char *name, unsigned flags);
int __wrap_linkat(int from, const char *old, int to, const char *name, int flags);
int __real_renameat2(int from, const char *old, int to, const char *name, unsigned flags);
int __real_linkat(int from, const char *old, int to, const char *name, int flags);

static void write_other(void) {
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    assert_int_equal(write(file, "other", 5), 5);
    assert_int_equal(close(file), 0);
}

int __wrap_renameat2(int from, const char *old, int to, const char *name, unsigned flags) {
    if (cannot_rename != 0) {
        errno = cannot_rename;
        return -1;
    }
    if (is_quicker) {
        write_other();
    }
    return __real_renameat2(from, old, to, name, flags);
}

int __wrap_linkat(int from, const char *old, int to, const char *name, int flags) {
    if (is_quicker) {
        write_other();
    }
    if (cannot_link != 0) {
        errno = cannot_link;
        return -1;
    }
    return __real_linkat(from, old, to, name, flags);
}

static int begin(void **state) {
    (void)state;
    cannot_rename = cannot_link = 0;
    is_quicker = false;
    temporary_make(folder, "test_unfinished");
    snprintf(path, sizeof path, "%s/backup.db", folder);
    return 0;
}

static int end(void **state) {
    (void)state;
    return temporary_remove(folder);
}

static bool make(struct error *error) {
    struct unfinished unfinished;
    bool done = unfinished_begin(&unfinished, path, error);
    assert_true(!done || write(unfinished.file, "whole", 5) == 5);
    done = done && unfinished_finish(&unfinished, error);
    unfinished_end(&unfinished);
    return done;
}

static void has(const char *text) {
    char found[8] = "";
    int file = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    assert_int_equal(read(file, found, sizeof found - 1), strlen(text));
    assert_int_equal(close(file), 0);
    assert_string_equal(found, text);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0); // nothing else is left there
    assert_int_equal(mkdir(folder, 0700), 0);
}

static const int failures[] = {0, EINVAL, ENOSYS, ENOTSUP};

static void it_gets_its_name(void **state) {
    (void)state;
    struct error error;
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        cannot_rename = failures[i];
        assert_true(make(&error));
        has("whole");
    }
}

static void it_replaces_nothing(void **state) {
    (void)state;
    struct error error;
    is_quicker = true;
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        cannot_rename = failures[i];
        assert_false(make(&error));
        assert_non_null(strstr(error.text, "is there already, and stays as it is"));
        has("other");
    }
}

// VirtualBox' shared folders, and some of FUSE.
static void it_needs_no_links(void **state) {
    (void)state;
    struct error error;
    static const int link_failures[] = {EPERM, EOPNOTSUPP, ENOSYS};
    cannot_rename = EINVAL;
    for (size_t i = 0; i < sizeof link_failures / sizeof *link_failures; i++) {
        cannot_link = link_failures[i];
        is_quicker = false;
        assert_true(make(&error));
        has("whole");
        is_quicker = true;
        assert_false(make(&error));
        assert_non_null(strstr(error.text, "is there already, and stays as it is"));
        has("other");
    }
}

static void another_failure_is_told(void **state) {
    (void)state;
    struct error error;
    cannot_rename = EACCES;
    assert_false(make(&error));
    assert_non_null(strstr(error.text, "cannot be named"));
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(mkdir(folder, 0700), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_gets_its_name, begin, end),
        cmocka_unit_test_setup_teardown(it_replaces_nothing, begin, end),
        cmocka_unit_test_setup_teardown(it_needs_no_links, begin, end),
        cmocka_unit_test_setup_teardown(another_failure_is_told, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
