// An audit log whose file is moved, changed or replaced continues, or says why it cannot.
#include "audit_story.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

static void a_file_that_is_moved_is_gone_on_with(void **state) {
    (void)state;
    write_one("written");
    assert_int_equal(rename(path, other), 0);
    write_one("behind");
    assert_events(other, "written ");
    assert_events(path, "continued/moved behind ");
    assert_chain(other, path, 3);
    assert_int_equal(unlink(path), 0);
    write_one("behind");
    assert_events(path, "continued/deleted behind ");
    assert_int_equal(truncate(path, 0), 0);
    write_one("behind");
    assert_events(path, "continued/emptied behind ");
    assert_int_equal(logged("ERROR"), 0);
    assert_int_equal(logged("reason: moved | message: continues in a new file, from record 2"), 1);
    assert_int_equal(logged("from record 4"), 1);
    audit_sync(audit);
    audit_close(&audit);
    open_audit();
    write_one("again");
    assert_events(path, "continued/emptied behind again ");
}

static void copy(const char *from, const char *to) {
    char bytes[4096];
    FILE *in = fopen(from, "r"), *out = fopen(to, "w");
    assert_true(in != NULL && out != NULL);
    size_t length = fread(bytes, 1, sizeof bytes, in);
    assert_int_equal(fwrite(bytes, 1, length, out), length);
    fclose(in);
    fclose(out);
}

// As an editor leaves one.
static void a_copy_in_its_place_is_gone_on_with(void **state) {
    (void)state;
    write_one("written");
    copy(path, other);
    assert_int_equal(rename(other, path), 0);
    write_one("behind");
    write_one("behind");
    assert_events(path, "written behind behind ");
    assert_chain(path, NULL, 3);
    assert_int_equal(logged("ERROR"), 0);
}

// Two records are lost, and the third is written.
static void write_until_there_is_room(void) {
    write_one("gone");
    now_ms += SECOND_MS;
    write_one("gone"); // it fails once more
    limit_size(RLIM_INFINITY);
    now_ms += SECOND_MS;
    write_one("behind");
}

// The new one takes its place only once its first record is written; until then it is tried again.
static void a_full_disk_as_it_is_moved(void **state) {
    (void)state;
    write_one("written");
    write_one("written");
    assert_int_equal(rename(path, other), 0);
    limit_size(30); // a part of the first record has room
    struct stat status;
    struct error error;
    assert_false(audit_reopen(audit, &error));
    assert_error(&error, ERROR_SYSTEM);
    assert_int_equal(stat(path, &status), 0);
    if (status.st_size != 0) {
        fail_msg("expected an empty file, which can be tried again, came one of %jd bytes",
                 (intmax_t)status.st_size);
    }
    write_until_there_is_room();
    assert_events(path, "continued/moved lost:2 behind ");
    assert_chain(other, path, 5);
    assert_int_equal(descriptors(), open_before + 3); // the log's, and those of the output
}

static void a_full_disk_as_it_is_emptied(void **state) {
    (void)state;
    write_one("written");
    copy(path, other);
    assert_int_equal(truncate(path, 0), 0);
    limit_size(30);
    write_until_there_is_room();
    assert_events(path, "continued/emptied lost:2 behind ");
    assert_chain(other, path, 4);
}

static void one_that_is_emptied_while_the_disk_is_full(void **state) {
    (void)state;
    write_one("written");
    copy(path, other);
    limit_size(1);
    write_one("gone");
    assert_int_equal(truncate(path, 0), 0);
    limit_size(RLIM_INFINITY);
    now_ms += SECOND_MS;
    write_one("behind");
    assert_events(path, "continued/emptied lost:1 behind ");
    assert_chain(other, path, 4);
}

static int refused; // so far

static void refused_in_its_place(const char *bytes) {
    FILE *file = fopen(other, "w");
    assert_non_null(file);
    assert_int_equal(fputs(bytes, file) >= 0, 1);
    fclose(file);
    assert_int_equal(rename(other, path), 0);
    write_one("gone");
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, strlen(bytes));
    assert_int_equal(logged("ERROR"), ++refused);
    now_ms += SECOND_MS;
    write_one("gone");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, strlen(bytes));
    assert_int_equal(unlink(path), 0);
    now_ms += SECOND_MS;
    write_one("behind"); // it goes on in a new one
    assert_events(path, "continued/deleted lost:2 behind ");
}

// Nothing is written into it, and what is lost so is told of.
static void another_file_in_its_place_is_left_alone(void **state) {
    (void)state;
    refused = 0;
    write_one("written");
    copy(path, other); // one that is another's
    char line[CHAIN_LINE_BYTES_MAX] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(fgets(line, sizeof line, file));
    fclose(file);
    write_one("written"); // so that the copy of the first line ends before
    refused_in_its_place(line);
    refused_in_its_place("something else\n");
    line[strlen(line) - 1] = '\0';
    refused_in_its_place(line); // without its end
}

static void it_stays_in_use(const char *what) {
    write_one("written");
    write_one("written");
    now_ms += SECOND_MS;
    struct error error;
    if (audit_reopen(audit, &error)) {
        fail_msg("expected to be told that %s is in its place, came success", what);
    }
    assert_non_null(strstr(error.text, path));
    write_one("written");
    assert_int_equal(logged("ERROR"), 0);
    if (logged("the file that was open stays in use") != 1) {
        fail_msg("expected one warning that the file stays in use, with %s in its place, came %d", what,
                 logged("the file that was open stays in use"));
    }
}

// Every record is somewhere: in the file that was moved, until the name is free again.
static void one_that_was_moved_stays_in_use(void **state) {
    (void)state;
    write_one("written");
    assert_int_equal(rename(path, other), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    it_stays_in_use("a folder");
    assert_int_equal(rmdir(path), 0);
    write_one("written"); // it is not a second yet
    now_ms += SECOND_MS;
    write_one("behind");
    assert_events(other, "written written written written written ");
    assert_events(path, "continued/moved behind ");
    assert_chain(other, path, 7);
}

static void one_that_was_moved_gets_its_name_back(void **state) {
    (void)state;
    write_one("written");
    assert_int_equal(rename(path, other), 0);
    assert_int_equal(symlink("nowhere", path), 0);
    it_stays_in_use("a link");
    assert_int_equal(rename(other, path), 0);
    write_one("behind");
    assert_events(path, "written written written written behind ");
    assert_chain(path, NULL, 5);
}

static void what_somebody_adds_stays_and_is_found(void **state) {
    (void)state;
    write_one("written");
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    assert_true(fputs("x\n", file) >= 0);
    fclose(file);
    write_one("behind");
    write_one("behind");
    assert_int_equal(logged("error: somebody else has changed it: it has "), 1); // once
    assert_int_equal(logged("ERROR"), 1);
    struct chain chain;
    struct error error;
    bool found = false;
    chain_begin(&chain);
    assert_false(audit_verify(path, NULL, &chain, &found, &error));
    assert_error(&error, ERROR_BROKEN_CHAIN);
    assert_non_null(strstr(error.text, "line 2: "));
}

static void assert_refused(const char *why) {
    struct audit *none = audit;
    struct error error;
    assert_false(audit_open(other, NULL, NULL, &none, &error));
    assert_error(&error, ERROR_BAD_SETTING);
    assert_null(none);
    if (strstr(error.text, why) == NULL) {
        fail_msg("expected \"%s\" in \"%s\"", why, error.text);
    }
}

static void what_is_no_file_of_one_name_is_refused(void **state) {
    (void)state;
    audit_close(&audit);
    assert_int_equal(link(path, other), 0);
    assert_refused("has 2 names (hard links)");
    assert_int_equal(unlink(other), 0);
    assert_int_equal(mkfifo(other, 0600), 0);
    assert_refused("is not a regular file");
    assert_int_equal(unlink(other), 0);
    assert_int_equal(mkdir(other, 0700), 0);
    struct audit *none;
    struct error error;
    assert_false(audit_open(other, NULL, NULL, &none, &error));
    assert_error(&error, ERROR_SYSTEM);
    assert_non_null(strstr(error.text, other));
    assert_non_null(strstr(error.text, strerror(EISDIR)));
    assert_int_equal(rmdir(other), 0);
    assert_int_equal(symlink("audit.log", other), 0); // this one is followed
    char name[128];
    strcpy(name, path);
    strcpy(path, other);
    open_audit();
    strcpy(path, name);
    write_one("written");
    assert_chain(path, NULL, 1);
}

static void it_is_for_nobody_else(void **state) {
    (void)state;
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void count(void *context, const char *line, size_t length) {
    assert_int_equal(line[length - 1], '}');
    ++*(int *)context;
    errno = ENOENT; // what is done with a record may leave one; the file can be read all the same
}

// Each record that is there is shown once, also one that lacks its newline.
static void what_is_there_is_shown(void **state) {
    (void)state;
    struct stat status;
    struct error error;
    int records = 0;
    write_one("written");
    write_one("written");
    audit_close(&audit);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(truncate(path, status.st_size - 1), 0);
    assert_true(audit_open(path, count, &records, &audit, &error));
    assert_int_equal(records, 2);
    write_one("behind");
    assert_events(path, "written written behind ");
    audit_close(&audit);
    assert_int_equal(truncate(path, status.st_size - 1 + 20), 0); // into the third
    assert_true(audit_open(path, count, &records, &audit, &error));
    assert_int_equal(records, 4);
    assert_chain(path, NULL, 3);
}

static void overwrite(long at, const char *bytes) {
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    assert_true(fputs(bytes, file) >= 0);
    fclose(file);
}

// Somebody changes it while it cannot be written: it is left as it is until it is right again.
static void one_that_was_changed_is_not_gone_on_with(void **state) {
    (void)state;
    write_one("written");
    write_one("written");
    break_it();
    overwrite(0, "[");
    now_ms += SECOND_MS;
    write_one("gone");
    now_ms += SECOND_MS - 1;
    overwrite(0, "{");
    write_one("gone"); // it is not a second yet
    assert_events(path, "written written ");
    now_ms++;
    write_one("written");
    assert_events(path, "written written lost:3 written ");
    assert_chain(path, NULL, 4);
}

static void assert_not_gone_on_with(const char *bytes, const char *why) {
    FILE *file = fopen(path, "w");
    struct audit *none;
    struct error error;
    assert_non_null(file);
    assert_true(fputs(bytes, file) >= 0);
    fclose(file);
    if (audit_open(path, NULL, NULL, &none, &error)) {
        fail_msg("expected \"%s\" to be refused", bytes);
    }
    assert_error(&error, ERROR_BAD_SETTING);
    if (strstr(error.text, why) == NULL || strstr(error.text, path) == NULL) {
        fail_msg("expected \"%s\" in \"%s\"", why, error.text);
    }
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, strlen(bytes)); // nothing is written into it
}

static void one_that_is_broken_is_refused(void **state) {
    (void)state;
    audit_close(&audit);
    assert_not_gone_on_with("\n", "line 1: is empty");
    assert_not_gone_on_with("x\ny\n", "line 1: is not record 1");
    assert_not_gone_on_with("x\ny", "line 1: is not record 1"); // also without its end
    assert_int_equal(unlink(path), 0);
}

// A part of one byte, too.
static void a_part_is_closed_and_told_of(void **state) {
    (void)state;
    write_one("written");
    audit_close(&audit);
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    assert_int_equal(fputc('{', file), '{');
    fclose(file);
    open_audit();
    audit_close(&audit);
    assert_chain(path, NULL, 2);
}

// Whoever writes does not wait for the disk, and may go on in another file meanwhile, and in a third one.
static void (*while_syncing)(void);

int __wrap_fdatasync(int file);

int __wrap_fdatasync(int file) {
    if (while_syncing != NULL) {
        while_syncing();
    }
    return fcntl(file, F_GETFD) < 0 ? -1 : 0; // it is open still
}

static void go_on_twice(void) {
    while_syncing = NULL;
    for (int time = 0; time < 2; time++) {
        assert_int_equal(unlink(path), 0);
        write_one("behind");
    }
}

static void files_that_go_while_they_are_synced(void **state) {
    (void)state;
    write_one("written");
    while_syncing = go_on_twice;
    audit_sync(audit);
    assert_null(while_syncing);
    assert_events(path, "continued/deleted behind ");
    assert_int_equal(logged("ERROR"), 0);
    assert_int_equal(descriptors(), open_before + 3); // the log's, and those of the output
    assert_int_equal(unlink(path), 0);
    write_one("behind"); // nobody syncs it now
    assert_int_equal(descriptors(), open_before + 3);
}

// Another thread that syncs at the same time ----------------------------------------------------------------

static atomic_int other_thread; // its number; 0: it has not begun
static atomic_bool other_ended;

static void *sync_too(void *context) {
    (void)context;
    atomic_store(&other_thread, gettid());
    audit_sync(audit);
    atomic_store(&other_ended, true);
    return NULL;
}

static bool other_waits(void) {
    char name[64], state = '?';
    snprintf(name, sizeof name, "/proc/self/task/%d/stat", atomic_load(&other_thread));
    FILE *file = fopen(name, "r");
    if (file != NULL) {
        (void)!fscanf(file, "%*d (%*[^)]) %c", &state);
        fclose(file);
    }
    return atomic_load(&other_thread) != 0 && state == 'S';
}

static pthread_t syncer;

// The other one has ended, or waits for its turn, before the file is replaced.
static void go_on_beside_another(void) {
    while_syncing = NULL;
    assert_int_equal(pthread_create(&syncer, NULL, sync_too, NULL), 0);
    while (!atomic_load(&other_ended) && !other_waits()) {
        sched_yield();
    }
    assert_int_equal(unlink(path), 0);
    write_one("behind");
}

static void two_threads_may_sync(void **state) {
    (void)state;
    write_one("written");
    atomic_store(&other_thread, 0);
    atomic_store(&other_ended, false);
    while_syncing = go_on_beside_another;
    audit_sync(audit);
    assert_int_equal(pthread_join(syncer, NULL), 0);
    if (logged("ERROR") != 0) {
        fail_msg("expected the file to stay open until both had synced it, but it was closed before");
    }
    assert_int_equal(descriptors(), open_before + 3); // the log's, and those of the output
}

// Where the input is closed, a file that is opened takes its number.
static void one_with_the_inputs_number_is_closed_too(void **state) {
    (void)state;
    audit_close(&audit);
    int input = dup(STDIN_FILENO);
    close(STDIN_FILENO);
    open_audit();
    bool was_open = fcntl(STDIN_FILENO, F_GETFD) >= 0;
    audit_close(&audit);
    bool is_open = fcntl(STDIN_FILENO, F_GETFD) >= 0;
    if (input >= 0) {
        assert_int_equal(dup2(input, STDIN_FILENO), STDIN_FILENO);
        close(input);
    }
    assert_true(was_open);
    assert_false(is_open);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        AUDIT_TEST(a_file_that_is_moved_is_gone_on_with),
        AUDIT_TEST(a_copy_in_its_place_is_gone_on_with),
        AUDIT_TEST(a_full_disk_as_it_is_moved),
        AUDIT_TEST(a_full_disk_as_it_is_emptied),
        AUDIT_TEST(one_that_is_emptied_while_the_disk_is_full),
        AUDIT_TEST(another_file_in_its_place_is_left_alone),
        AUDIT_TEST(one_that_was_moved_stays_in_use),
        AUDIT_TEST(one_that_was_moved_gets_its_name_back),
        AUDIT_TEST(what_somebody_adds_stays_and_is_found),
        AUDIT_TEST(what_is_no_file_of_one_name_is_refused),
        AUDIT_TEST(one_that_was_changed_is_not_gone_on_with),
        AUDIT_TEST(one_that_is_broken_is_refused),
        AUDIT_TEST(a_part_is_closed_and_told_of),
        AUDIT_TEST(files_that_go_while_they_are_synced),
        AUDIT_TEST(two_threads_may_sync),
        AUDIT_TEST(one_with_the_inputs_number_is_closed_too),
        AUDIT_TEST(it_is_for_nobody_else),
        AUDIT_TEST(what_is_there_is_shown),
    };
    log_set_level(LOG_LEVEL_WARNING);
    signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
