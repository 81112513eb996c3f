// What a draw's folder is said to keep is on the disk, whoever wrote it, and whatever failed.
#include "cmocka_all.h"
#include "temporary.h"

#include "notary/folder_draft.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static struct folder folder;
static char path[TEMPORARY_BYTES];

// The linker puts these in the place of fsync, renameat2 and linkat.
static int file_failure, folder_failure; // the errno that such a sync ends with, of a file or of a folder
static int folder_failures;              // so many syncs of a folder fail, and then none
static int files_synced, folders_synced;
static const char *quicker; // what another server has written under the name meanwhile
static int cannot_rename; // without replacing, with this errno: NFS, an older kernel, and what else has none
static int link_failure;  // that every link ends with: VirtualBox' shared folders, some of FUSE

int __real_fsync(int descriptor);
int __wrap_fsync(int descriptor);
int __real_renameat2(int from, const char *old, int to, const char *name, unsigned flags);
int __wrap_renameat2(int from, const char *old, int to, const char *name, unsigned flags);

int __real_linkat(int from, const char *old, int to, const char *name, int flags);
int __wrap_linkat(int from, const char *old, int to, const char *name, int flags);

int __wrap_fsync(int descriptor) {
    struct stat status;
    bool is_folder = fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode);
    *(is_folder ? &folders_synced : &files_synced) += 1;
    errno = !is_folder ? file_failure : folder_failures-- > 0 ? folder_failure : 0;
    return errno == 0 ? __real_fsync(descriptor) : -1;
}

// Without a sync: whoever writes it has not come to that.
static void write_file(const char *text) {
    int file = openat(folder.descriptor, "list", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    assert_int_equal(close(file), 0);
}

int __wrap_renameat2(int from, const char *old, int to, const char *name, unsigned flags) {
    if (quicker != NULL) {
        write_file(quicker);
        quicker = NULL;
        files_synced = folders_synced = 0;
    }
    if (cannot_rename != 0 && flags != 0) {
        errno = cannot_rename;
        return -1;
    }
    return __real_renameat2(from, old, to, name, flags);
}

int __wrap_linkat(int from, const char *old, int to, const char *name, int flags) {
    errno = link_failure;
    return link_failure == 0 ? __real_linkat(from, old, to, name, flags) : -1;
}

static int begin(void **state) {
    struct error error;
    (void)state;
    file_failure = folder_failure = folder_failures = 0;
    quicker = NULL;
    cannot_rename = 0;
    link_failure = 0;
    temporary_make(path, "test_folder_sync");
    must(folder_make(path, "1", &error), &error);
    must(folder_open(path, "1", &folder, &error), &error);
    files_synced = folders_synced = 0;
    return 0;
}

static int end(void **state) {
    (void)state;
    folder_close(&folder);
    return temporary_remove(path);
}

// Both ways to keep a file.
static bool keep_small(struct error *error) {
    return folder_keep(&folder, "list", slice_of("one"), error);
}

static bool keep_large(struct error *error) {
    struct folder_draft draft;
    must(folder_draft_begin(&folder, "list", &draft, error), error);
    assert_true(fputs("one", draft.file) >= 0);
    return folder_draft_keep(&folder, "list", &draft, error);
}

static bool (*const ways[])(struct error *error) = {keep_small, keep_large};
enum { WAYS = sizeof ways / sizeof *ways };

static void remove_file(void) {
    assert_int_equal(unlinkat(folder.descriptor, "list", 0), 0);
}

static void a_folder_that_cannot_be_synced_keeps_nothing(void **state) {
    (void)state;
    struct error error;
    folder_failure = EIO;
    for (int i = 0; i < WAYS; i++) {
        folder_failures = 1;
        assert_false(ways[i](&error)); // it has its name, perhaps only until the next crash
        assert_error(&error, ERROR_SYSTEM);
        folder_failures = 1;
        assert_false(ways[i](&error)); // and so it is there
        assert_error(&error, ERROR_SYSTEM);
        folder_failures = 0;
        must(ways[i](&error), &error);
        remove_file();
    }
}

static void a_file_that_is_there_is_synced_before_it_is_kept(void **state) {
    (void)state;
    struct error error;
    for (int i = 0; i < WAYS; i++) {
        write_file("one");
        file_failure = EIO;
        assert_false(ways[i](&error));
        assert_error(&error, ERROR_SYSTEM);
        file_failure = files_synced = folders_synced = 0;
        must(ways[i](&error), &error);
        assert_true(files_synced > 0);
        assert_true(folders_synced > 0);
        remove_file();
    }
}

static void another_servers_file_is_synced_too(void **state) {
    (void)state;
    struct error error;
    for (int i = 0; i < WAYS; i++) {
        quicker = "one";
        must(ways[i](&error), &error);
        assert_int_equal(files_synced, 1);
        assert_int_equal(folders_synced, 1);
        remove_file();
    }
}

static void another_servers_other_file_is_another(void **state) {
    (void)state;
    struct error error;
    for (int i = 0; i < WAYS; i++) {
        quicker = "two";
        assert_false(ways[i](&error));
        assert_error(&error, ERROR_KEPT_OTHER);
        remove_file();
    }
}

static size_t count_entries(void) {
    DIR *entries = opendir(folder.path);
    size_t count = 0;
    assert_non_null(entries);
    while (readdir(entries) != NULL) {
        count++;
    }
    assert_int_equal(closedir(entries), 0);
    return count - 2; // "." and ".."
}

static void nothing_is_replaced_where_no_rename_can_tell(void **state) {
    (void)state;
    struct error error;
    for (int i = 0; i < 3 * WAYS; i++) {
        cannot_rename = (const int[]){EINVAL, ENOSYS, ENOTSUP}[i / WAYS];
        must(ways[i % WAYS](&error), &error);
        assert_int_equal(count_entries(), 1);
        remove_file();
        quicker = "two";
        assert_false(ways[i % WAYS](&error));
        assert_error(&error, ERROR_KEPT_OTHER);
        assert_int_equal(count_entries(), 1);
        remove_file();
    }
}

static const int link_failures[] = {EPERM, EOPNOTSUPP, ENOSYS};
enum { LINK_FAILURES = sizeof link_failures / sizeof *link_failures };

// Another server may write there, so nothing is risked.
static void without_links_a_shared_folder_keeps_nothing(void **state) {
    (void)state;
    struct error error;
    cannot_rename = EINVAL;
    for (int i = 0; i < WAYS * LINK_FAILURES; i++) {
        link_failure = link_failures[i / WAYS];
        assert_false(ways[i % WAYS](&error));
        assert_error(&error, ERROR_SYSTEM);
        assert_non_null(strstr(error.text, "list: cannot be kept there, as this file system has no links"));
        assert_non_null(strstr(error.text, "SEAL_DIR"));
        assert_int_equal(count_entries(), 0);
    }
    link_failure = EIO; // any other failure has its own words
    assert_false(keep_small(&error));
    assert_null(strstr(error.text, "has no links"));
}

// An agency's, whose receipts' file is locked.
static void without_links_a_folder_of_ones_own_keeps_all(void **state) {
    (void)state;
    struct error error;
    cannot_rename = EINVAL;
    folder.is_ours_alone = true;
    for (int i = 0; i < WAYS * LINK_FAILURES; i++) {
        link_failure = link_failures[i / WAYS];
        must(ways[i % WAYS](&error), &error);
        assert_int_equal(count_entries(), 1);
        remove_file();
    }
    link_failure = EIO;
    assert_false(keep_small(&error));
    quicker = "two"; // nobody should; it is not replaced all the same
    link_failure = EPERM;
    assert_false(keep_small(&error));
    assert_error(&error, ERROR_KEPT_OTHER);
}

static void a_draws_folder_that_is_there_is_synced(void **state) {
    (void)state;
    struct error error;
    must(folder_make(path, "1", &error), &error);
    assert_int_equal(folders_synced, 2);
    folder_failure = EIO;
    folder_failures = 1;
    assert_false(folder_make(path, "1", &error));
    assert_error(&error, ERROR_SYSTEM);
}

// fsync(2): EINVAL.
static void a_file_system_that_syncs_no_folder_keeps_all(void **state) {
    (void)state;
    struct error error;
    folder_failure = EINVAL;
    folder_failures = 100;
    must(folder_make(path, "2", &error), &error);
    for (int i = 0; i < WAYS; i++) {
        must(ways[i](&error), &error);
        must(ways[i](&error), &error); // and is there
        remove_file();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_synced_keeps_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_file_that_is_there_is_synced_before_it_is_kept, begin, end),
        cmocka_unit_test_setup_teardown(another_servers_file_is_synced_too, begin, end),
        cmocka_unit_test_setup_teardown(another_servers_other_file_is_another, begin, end),
        cmocka_unit_test_setup_teardown(nothing_is_replaced_where_no_rename_can_tell, begin, end),
        cmocka_unit_test_setup_teardown(without_links_a_shared_folder_keeps_nothing, begin, end),
        cmocka_unit_test_setup_teardown(without_links_a_folder_of_ones_own_keeps_all, begin, end),
        cmocka_unit_test_setup_teardown(a_draws_folder_that_is_there_is_synced, begin, end),
        cmocka_unit_test_setup_teardown(a_file_system_that_syncs_no_folder_keeps_all, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
