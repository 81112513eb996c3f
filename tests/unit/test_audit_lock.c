// Who only looks at an audit log keeps no server from starting with it.
#include "audit_story.h"

#include <errno.h>
#include <sys/file.h>
#include <time.h>

// The linker puts these in the place of pread and nanosleep.
static int reads, reads_with_lock; // by who reads the log, and of these, while a server could not lock it
static int pauses, holder = -1;    // the descriptor of a lock that ends with the next pause

ssize_t __real_pread(int file, void *bytes, size_t length, off_t at);
ssize_t __wrap_pread(int file, void *bytes, size_t length, off_t at);
int __wrap_nanosleep(const struct timespec *duration, struct timespec *left);

static int lock(void) {
    int file = open(path, O_RDWR | O_CLOEXEC);
    assert_true(file >= 0);
    if (flock(file, LOCK_EX | LOCK_NB) == 0) {
        return file;
    }
    close(file);
    return -1;
}

ssize_t __wrap_pread(int file, void *bytes, size_t length, off_t at) {
    int reason = errno, server = lock();
    reads++;
    reads_with_lock += server < 0;
    if (server >= 0) {
        close(server);
    }
    errno = reason;
    return __real_pread(file, bytes, length, at);
}

int __wrap_nanosleep(const struct timespec *duration, struct timespec *left) {
    (void)duration, (void)left;
    pauses++;
    if (holder >= 0) {
        close(holder);
        holder = -1;
    }
    return 0;
}

static void nothing_is_locked_while_it_is_read(void **state) {
    (void)state;
    struct error error;
    write_one("written");
    audit_close(&audit);
    reads = reads_with_lock = 0;
    must(audit_check(path, false, &error), &error);
    assert_true(reads > 0);
    assert_int_equal(reads_with_lock, 0);
    open_audit();
    assert_false(audit_check(path, false, &error)); // it tells of a server all the same
    assert_non_null(strstr(error.text, "another server writes this file"));
    must(audit_check(path, true, &error), &error);
}

static void a_start_that_meets_a_look_tries_again(void **state) {
    (void)state;
    write_one("written");
    audit_close(&audit);
    holder = lock();
    assert_true(holder >= 0);
    pauses = 0;
    open_audit();
    assert_int_equal(pauses, 1);
    assert_chain(path, NULL, 1);
}

static void a_start_that_meets_a_server_ends(void **state) {
    (void)state;
    struct audit *second;
    struct error error;
    pauses = 0;
    assert_false(audit_open(path, NULL, NULL, &second, &error));
    assert_error(&error, ERROR_BAD_SETTING);
    assert_non_null(strstr(error.text, "another server writes this file"));
    assert_in_range(pauses, 1, 100);
}

// Others write records, and wait.
static void a_log_that_is_moved_waits_for_nobody(void **state) {
    (void)state;
    write_one("written");
    assert_int_equal(rename(path, other), 0);
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(file >= 0 && flock(file, LOCK_EX) == 0);
    pauses = 0;
    write_one("written");
    assert_int_equal(pauses, 0);
    assert_events(other, "written written ");
    close(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_locked_while_it_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_start_that_meets_a_look_tries_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_start_that_meets_a_server_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_log_that_is_moved_waits_for_nobody, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
