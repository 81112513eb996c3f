// A package, or a folder of proofs, stays once all of it is written, wherever files can be made.
#include "cmocka_all.h"
#include "temporary.h"

#include "prove/output_folder.h"

#include <errno.h>
#include <sys/stat.h>

enum { NOBODY = 65534 };

static char parent[TEMPORARY_BYTES], path[TEMPORARY_BYTES + 8];
static int
    folder_failure; // the errno that every sync of a folder ends with: the linker puts this in its place

int __real_fsync(int descriptor);
int __wrap_fsync(int descriptor);

int __wrap_fsync(int descriptor) {
    struct stat status;
    errno = fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode) ? folder_failure : 0;
    return errno == 0 ? __real_fsync(descriptor) : -1;
}

static int begin(void **state) {
    (void)state;
    folder_failure = 0;
    temporary_make(parent, "test_output_folder");
    snprintf(path, sizeof path, "%s/made", parent);
    return 0;
}

static int end(void **state) {
    (void)state;
    return chmod(parent, 0700) == 0 ? temporary_remove(parent) : -1;
}

static bool make(struct error *error) {
    struct output_folder folder;
    must(output_folder_open(path, &folder, error), error);
    must(output_folder_put(&folder, "one", "text\n", 5, error), error);
    return output_folder_finish(&folder, error);
}

static bool is_whole(void) {
    char name[sizeof path + 8];
    struct stat status;
    snprintf(name, sizeof name, "%s/one", path);
    return stat(name, &status) == 0 && status.st_size == 5;
}

// A place into which everybody may put something, and look at nothing. Root may always look.
static void it_stays_where_its_parent_cannot_be_read(void **state) {
    (void)state;
    struct error error;
    bool is_root = geteuid() == 0;
    assert_int_equal(chmod(parent, 0300), 0);
    if (is_root) {
        assert_int_equal(chown(parent, NOBODY, (gid_t)-1), 0);
        assert_int_equal(seteuid(NOBODY), 0);
    }
    bool made = make(&error);
    if (is_root) {
        assert_int_equal(seteuid(0), 0);
    }
    must(made, &error);
    assert_true(is_whole());
}

static void it_stays_where_no_folder_can_be_synced(void **state) {
    (void)state;
    struct error error;
    folder_failure = EINVAL;
    must(make(&error), &error);
    assert_true(is_whole());
}

static void nothing_stays_where_it_may_be_lost(void **state) {
    (void)state;
    struct error error;
    struct stat status;
    folder_failure = EIO;
    assert_false(make(&error));
    assert_error(&error, ERROR_SYSTEM);
    assert_int_equal(stat(path, &status), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_stays_where_its_parent_cannot_be_read, begin, end),
        cmocka_unit_test_setup_teardown(it_stays_where_no_folder_can_be_synced, begin, end),
        cmocka_unit_test_setup_teardown(nothing_stays_where_it_may_be_lost, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
