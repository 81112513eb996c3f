// An output is whole or not there, whatever ends the program, and takes no place that it should not.
#include "command.h"

#include "cli/output_file.h"
#include "cli/output_target.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>

enum { BLOCK_BYTES = 64 * 1024, BLOCKS = 64 };

// The linker puts this in fsync's place. What stands under the name when its folder is synced is kept.
static int folders_synced, folder_failure;
static char named_at_sync[16];

int __real_fsync(int descriptor);
int __wrap_fsync(int descriptor);

int __wrap_fsync(int descriptor) {
    struct stat status;
    if (fstat(descriptor, &status) != 0 || !S_ISDIR(status.st_mode)) {
        return __real_fsync(descriptor);
    }
    int named = openat(descriptor, "bets.csv", O_RDONLY | O_CLOEXEC);
    ssize_t length = named < 0 ? 0 : read(named, named_at_sync, sizeof named_at_sync - 1);
    named_at_sync[length < 0 ? 0 : length] = '\0';
    close(named);
    folders_synced++;
    errno = folder_failure;
    return folder_failure == 0 ? __real_fsync(descriptor) : -1;
}

static struct output_file *open_output(const char *path) {
    struct output_file *file;
    struct error error;
    if (!output_file_open(path, &file, &error)) {
        fail_msg("%s", error.text);
    }
    return file;
}

static bool write_blocks(struct output_file *file, struct error *error) {
    static const char block[BLOCK_BYTES];
    for (int i = 0; i < BLOCKS; i++) {
        if (!output_file_write(file, block, sizeof block, error)) {
            return false;
        }
    }
    return true;
}

// In a process of its own, which is to end by the signal. Returns its status.
static int write_in_child(int number) {
    pid_t child = fork();
    if (child == 0) {
        struct error error;
        signal(number, SIG_DFL); // a shell that starts the tests in the background has it ignored
        struct output_file *file = open_output("out/bets.csv");
        raise(number); // while the file is half-written
        if (write_blocks(file, &error)) {
            (void)!output_file_finish(&file, &error);
        } else {
            output_file_drop(&file);
        }
        _exit(strstr(error.text, "a signal ended it") == NULL ? 3 : 4);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void a_signal_leaves_what_was_there(void **state) {
    (void)state;
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    assert_int_equal(mkdir("out", 0777), 0);
    write_text("out/bets.csv", "the last good one\n");
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        int status = write_in_child(signals[i]);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), signals[i]);
        assert_int_equal(count_files("out"), 1);
        assert_file("out/bets.csv", "the last good one\n");
    }
}

// As nohup(1) starts a program.
static void a_signal_that_is_ignored_ends_nothing(void **state) {
    (void)state;
    struct error error;
    signal(SIGHUP, SIG_IGN);
    struct output_file *file = open_output("bets.csv");
    raise(SIGHUP);
    assert_true(write_blocks(file, &error) && output_file_finish(&file, &error));
    signal(SIGHUP, SIG_DFL);
    struct stat status;
    assert_int_equal(stat("bets.csv", &status), 0);
    assert_int_equal(status.st_size, BLOCKS * BLOCK_BYTES);
}

static void signals_come_again_afterwards(void **state) {
    (void)state;
    sigset_t before, after;
    struct error error;
    pthread_sigmask(SIG_BLOCK, NULL, &before);
    struct output_file *file = open_output("one");
    assert_true(output_file_finish(&file, &error));
    file = open_output("two");
    output_file_drop(&file);
    assert_false(output_file_open("no/folder", &file, &error));
    pthread_sigmask(SIG_BLOCK, NULL, &after);
    for (int number = 1; number < SIGRTMAX; number++) {
        assert_int_equal(sigismember(&before, number), sigismember(&after, number));
    }
    assert_int_equal(count_files("."), 1);
}

// A file for others stays one, and is no more open than it was.
static void a_new_file_is_no_more_open_than_the_old_one(void **state) {
    (void)state;
    static const struct {
        mode_t before, after;
    } modes[] = {{0600, 0600}, {0666, 0644}, {0640, 0640}, {0400, 0600}};
    struct error error;
    mode_t mask = umask(022);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        struct stat status;
        write_text("file", "old\n");
        assert_int_equal(chmod("file", modes[i].before), 0);
        struct output_file *file = open_output("file");
        assert_true(output_file_finish(&file, &error));
        assert_int_equal(stat("file", &status), 0);
        assert_int_equal(status.st_mode & 0777, modes[i].after);
    }
    umask(mask);
}

static void a_link_to_nothing_yet_is_followed(void **state) {
    (void)state;
    struct error error;
    assert_int_equal(mkdir("out", 0777), 0);
    assert_int_equal(symlink("out/bets.csv", "link"), 0);
    struct output_file *file = open_output("link");
    assert_true(output_file_write(file, "new\n", 4, &error) && output_file_finish(&file, &error));
    assert_file("out/bets.csv", "new\n");
}

static void refused(const char *path, const char *says) {
    struct output_file *file;
    struct error error;
    assert_false(output_file_open(path, &file, &error));
    assert_null(file);
    assert_non_null(strstr(error.text, path));
    assert_non_null(strstr(error.text, says));
}

static void what_others_work_with_is_not_written_over(void **state) {
    (void)state;
    close_store(open_store("1"));
    refused("store.db", "is a database");
    assert_int_equal(symlink("store.db", "link"), 0);
    refused("link", "is a database");
    write_text("wal", "\x37\x7f\x06\x82 and more");
    refused("wal", "is a database's log");
    write_text("audit", "{\"n\":1,\"at\":\"2026-01-01T00:00:00Z\",");
    refused("audit", "is an audit log");
    write_text("locked", "");
    int locked = open("locked", O_RDONLY | O_CLOEXEC);
    assert_int_equal(flock(locked, LOCK_EX), 0);
    refused("locked", "another program has it locked");
    close(locked);
    struct output_file *file = open_output("locked");
    output_file_drop(&file);
}

// Where the input is closed, a file that is opened takes its number.
static void what_is_not_written_over_is_known_without_an_input(void **state) {
    (void)state;
    struct error error;
    write_text("audit.log", "{\"n\":1}\n");
    int input = dup(STDIN_FILENO);
    close(STDIN_FILENO);
    bool taken = output_target_check("audit.log", "audit.log", &error);
    if (input >= 0) {
        assert_int_equal(dup2(input, STDIN_FILENO), STDIN_FILENO);
        close(input);
    }
    assert_false(taken);
    assert_string_equal(error.text, "audit.log: is an audit log; it is not overwritten");
}

// After a power cut the name leads to the new contents only if the folder was synced after the rename.
static void the_name_is_synced_after_the_contents(void **state) {
    (void)state;
    struct error error;
    write_text("bets.csv", "old\n");
    struct output_file *file = open_output("bets.csv");
    assert_true(output_file_write(file, "new\n", 4, &error));
    folders_synced = 0;
    assert_true(output_file_finish(&file, &error));
    assert_int_equal(folders_synced, 1);
    assert_string_equal(named_at_sync, "new\n");
}

static bool finish_where_folders_fail(int reason, struct error *error) {
    struct output_file *file = open_output("bets.csv");
    assert_true(output_file_write(file, "new\n", 4, error));
    folder_failure = reason;
    bool done = output_file_finish(&file, error);
    folder_failure = 0;
    assert_file("bets.csv", "new\n");
    assert_int_equal(count_files("."), 1);
    return done;
}

static void a_folder_that_cannot_be_synced_is_told_of(void **state) {
    (void)state;
    struct error error;
    assert_false(finish_where_folders_fail(EIO, &error));
    assert_non_null(
        strstr(error.text, "bets.csv: written, but its directory cannot be synced: Input/output"));
    assert_true(finish_where_folders_fail(EINVAL, &error)); // a file system that syncs no folder
}

// A file of so many bytes, of which no more can be read.
static ssize_t read_some(void *context, char *bytes, size_t length) {
    size_t *left = context;
    if (*left == 0) {
        errno = EIO;
        return -1;
    }
    length = length < *left ? length : *left;
    memset(bytes, 'x', length);
    *left -= length;
    return (ssize_t)length;
}

static void what_cannot_be_read_back_is_not_written_short(void **state) {
    (void)state;
    struct error error;
    struct hash hash;
    size_t left = 3 * BLOCK_BYTES;
    write_text("bets.csv", "old\n");
    FILE *made = fopencookie(&left, "r", (cookie_io_functions_t){.read = read_some});
    assert_non_null(made);
    struct output_file *file = open_output("bets.csv");
    assert_false(output_file_copy(file, made, &hash, &error));
    assert_non_null(strstr(error.text, "bets.csv cannot be read back: Input/output error"));
    output_file_drop(&file);
    assert_int_equal(fclose(made), 0);
    assert_file("bets.csv", "old\n");
}

static void a_copy_is_whole(void **state) {
    (void)state;
    struct error error;
    struct hash hash, expected;
    FILE *made = tmpfile();
    assert_non_null(made);
    assert_true(fputs("new\n", made) >= 0);
    struct output_file *file = open_output("bets.csv");
    must(output_file_copy(file, made, &hash, &error), &error);
    must(output_file_finish(&file, &error), &error);
    assert_int_equal(fclose(made), 0);
    assert_file("bets.csv", "new\n");
    hash_of("new\n", 4, &expected);
    assert_true(hash_equal(&hash, &expected));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        STORY(what_is_not_written_over_is_known_without_an_input),
        STORY(a_signal_leaves_what_was_there),
        STORY(a_signal_that_is_ignored_ends_nothing),
        STORY(signals_come_again_afterwards),
        STORY(a_new_file_is_no_more_open_than_the_old_one),
        STORY(a_link_to_nothing_yet_is_followed),
        STORY(the_name_is_synced_after_the_contents),
        STORY(a_folder_that_cannot_be_synced_is_told_of),
        STORY(what_cannot_be_read_back_is_not_written_short),
        STORY(a_copy_is_whole),
        STORY(what_others_work_with_is_not_written_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
