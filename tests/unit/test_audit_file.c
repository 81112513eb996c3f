// An audit log whose file is moved, changed or full goes on, at its time, and says what is missing.
#include "cmocka_all.h"

#include "audit/audit.h"
#include "base/clock.h"
#include "base/log.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECOND_MS = 1000 };

static char folder[64], path[128], other[128];
static struct audit *audit;

static uint64_t now_ms = 5 * SECOND_MS; // the linker puts this clock in the real one's place

uint64_t __wrap_clock_steady_ms(void);

uint64_t __wrap_clock_steady_ms(void) {
    return now_ms;
}

static void open_audit(void) {
    struct error error;
    if (!audit_open(path, NULL, NULL, &audit, &error)) {
        fail_msg("%s", error.text);
    }
}

static int open_descriptors(void) {
    int count = 0;
    for (int descriptor = 0; descriptor < 256; descriptor++) {
        count += fcntl(descriptor, F_GETFD) >= 0;
    }
    return count;
}

static int open_before;

static int set_up(void **state) {
    (void)state;
    open_before = open_descriptors();
    strcpy(folder, "/tmp/quiniela-audit-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/audit.log", folder);
    snprintf(other, sizeof other, "%s/other", folder);
    open_audit();
    return 0;
}

static void limit_size(rlim_t bytes) {
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static int tear_down(void **state) {
    (void)state;
    limit_size(RLIM_INFINITY);
    audit_close(&audit);
    assert_int_equal(open_descriptors(), open_before);
    unlink(path);
    remove(other);
    return rmdir(folder);
}

static void write_one(const char *event) {
    audit_write(audit, event, NULL, 0);
}

static void write_limited(const struct audit_sort *sort, int count) {
    for (int i = 0; i < count; i++) {
        audit_write_limited(audit, sort, NULL, 0);
    }
}

// The events of a file, with what is said beside them: "written lost:2 suppressed:7/refused/late ".
static void assert_events(const char *file, const char *expected) {
    char line[CHAIN_LINE_BYTES_MAX], text[1024] = "";
    FILE *stream = fopen(file, "r");
    assert_non_null(stream);
    while (fgets(line, sizeof line, stream) != NULL) {
        char event[64] = "", word[64];
        long long number;
        const char *at = strstr(line, "\"event\":");
        assert_non_null(at);
        sscanf(at, "\"event\":\"%63[^\"]", event);
        strcat(text, event);
        if ((at = strstr(line, "\"count\":")) != NULL && sscanf(at, "\"count\":%lld", &number) == 1) {
            sprintf(text + strlen(text), ":%lld", number);
        }
        if ((at = strstr(line, "\"of\":")) != NULL && sscanf(at, "\"of\":\"%63[^\"]", word) == 1) {
            sprintf(text + strlen(text), "/%s", word);
        }
        if ((at = strstr(line, "\"reason\":")) != NULL && sscanf(at, "\"reason\":\"%63[^\"]", word) == 1) {
            sprintf(text + strlen(text), "/%s", word);
        }
        strcat(text, " ");
    }
    fclose(stream);
    assert_string_equal(text, expected);
}

// These files, one behind the other, are one chain.
static void assert_chain(const char *first, const char *second, uint64_t records) {
    struct chain chain;
    struct error error;
    bool found = false;
    chain_begin(&chain);
    if (!audit_verify(first, NULL, &chain, &found, &error) ||
        (second != NULL && !audit_verify(second, NULL, &chain, &found, &error))) {
        fail_msg("%s", error.text);
    }
    assert_int_equal(chain.records, records);
    assert_false(found);
}

static const struct audit_sort late = {"refused", "late", NULL}, plain = {"seen", NULL, NULL};

static void the_next_one_tells_what_was_suppressed(void **state) {
    (void)state;
    now_ms = 5 * SECOND_MS;
    write_limited(&late, AUDIT_LIMIT + 7);
    write_limited(&plain, AUDIT_LIMIT + 1);
    now_ms += SECOND_MS;
    write_limited(&late, 1);
    audit_close(&audit);
    struct chain chain;
    struct error error;
    bool found = false;
    chain_begin(&chain);
    assert_true(audit_verify(path, NULL, &chain, &found, &error));
    assert_int_equal(chain.records, 2 * AUDIT_LIMIT + 3);
    FILE *stream = fopen(path, "r");
    char line[CHAIN_LINE_BYTES_MAX];
    int suppressed = 0;
    long long left_out = 0, number;
    while (fgets(line, sizeof line, stream) != NULL) {
        const char *at = strstr(line, "\"event\":\"suppressed\",\"count\":");
        if (at != NULL) {
            suppressed++;
            assert_int_equal(sscanf(at, "\"event\":\"suppressed\",\"count\":%lld", &number), 1);
            left_out += number;
            assert_int_equal(strstr(at, "\"of\":\"seen\"") != NULL, strstr(at, "\"reason\"") == NULL);
        }
    }
    fclose(stream);
    assert_int_equal(left_out, 8);
    assert_int_equal(suppressed, 2);
}

// Also when there is no next one.
static void a_tick_tells_what_was_suppressed(void **state) {
    (void)state;
    now_ms = 5 * SECOND_MS;
    audit_tick(audit); // this second has been told of
    write_limited(&late, AUDIT_LIMIT + 3);
    audit_tick(audit);
    assert_chain(path, NULL, AUDIT_LIMIT);
    now_ms += SECOND_MS;
    audit_tick(audit);
    assert_chain(path, NULL, AUDIT_LIMIT + 1);
    audit_tick(audit);
    assert_chain(path, NULL, AUDIT_LIMIT + 1);
}

static void the_end_tells_what_was_suppressed(void **state) {
    (void)state;
    audit_tick(audit);
    write_limited(&late, AUDIT_LIMIT + 3);
    audit_write_last(audit, "stopped");
    assert_chain(path, NULL, AUDIT_LIMIT + 2);
    write_limited(&late, 1);
    audit_close(&audit);
    assert_chain(path, NULL, AUDIT_LIMIT + 3);
}

static void break_it(void) {
    limit_size(1);
    write_one("gone");
    limit_size(RLIM_INFINITY);
}

// After a failure it tries again each second, and no sooner, and counts.
static void what_is_lost_is_counted(void **state) {
    (void)state;
    write_one("written");
    break_it();
    now_ms += SECOND_MS - 1;
    write_one("gone");
    assert_events(path, "written ");
    now_ms++;
    limit_size(1);
    write_one("gone"); // it fails once more, and tries again in a second
    limit_size(RLIM_INFINITY);
    now_ms += SECOND_MS - 1;
    write_one("gone");
    assert_events(path, "written ");
    now_ms++;
    write_one("written");
    assert_events(path, "written lost:4 written ");
    break_it();
    now_ms += SECOND_MS;
    audit_tick(audit); // a loss is told of also when nothing else happens
    assert_events(path, "written lost:4 written lost:1 ");
    audit_tick(audit);
    assert_chain(path, NULL, 4);
}

static void the_end_waits_for_no_second(void **state) {
    (void)state;
    write_one("written");
    break_it();
    audit_write_last(audit, "stopped");
    assert_events(path, "written lost:1 stopped ");
    break_it();
    audit_close(&audit);
    assert_events(path, "written lost:1 stopped lost:1 ");
}

// A part of a record, too.
static void the_end_comes_also_behind_a_part(void **state) {
    (void)state;
    struct stat status;
    write_one("written");
    assert_int_equal(stat(path, &status), 0);
    limit_size((rlim_t)status.st_size + 30);
    write_one("gone");
    limit_size(RLIM_INFINITY);
    audit_write_last(audit, "stopped");
    audit_close(&audit);
    assert_chain(path, NULL, 4); // with what was recovered, and what was lost
}

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
}

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
    assert_int_equal(unlink(path), 0);
    now_ms += SECOND_MS;
}

// Nothing is written into it, and what is lost so is told of.
static void another_file_in_its_place_is_left_alone(void **state) {
    (void)state;
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

static void what_somebody_adds_stays_and_is_found(void **state) {
    (void)state;
    write_one("written");
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    assert_true(fputs("x\n", file) >= 0);
    fclose(file);
    write_one("behind");
    write_one("behind");
    struct chain chain;
    struct error error;
    bool found = false;
    chain_begin(&chain);
    assert_false(audit_verify(path, NULL, &chain, &found, &error));
    assert_int_equal(error.code, ERROR_BAD_MESSAGE);
    assert_non_null(strstr(error.text, "line 2: "));
}

static void assert_refused(const char *why) {
    struct audit *none = audit;
    struct error error;
    assert_false(audit_open(other, NULL, NULL, &none, &error));
    assert_int_equal(error.code, ERROR_BAD_SETTING);
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
    assert_refused("is no file");
    assert_int_equal(unlink(other), 0);
    assert_int_equal(mkdir(other, 0700), 0);
    struct audit *none;
    struct error error;
    assert_false(audit_open(other, NULL, NULL, &none, &error));
    assert_int_equal(error.code, ERROR_SYSTEM);
    assert_non_null(strstr(error.text, other));
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

#define FILE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        FILE_TEST(the_next_one_tells_what_was_suppressed),
        FILE_TEST(a_tick_tells_what_was_suppressed),
        FILE_TEST(the_end_tells_what_was_suppressed),
        FILE_TEST(what_is_lost_is_counted),
        FILE_TEST(the_end_waits_for_no_second),
        FILE_TEST(the_end_comes_also_behind_a_part),
        FILE_TEST(a_file_that_is_moved_is_gone_on_with),
        FILE_TEST(a_copy_in_its_place_is_gone_on_with),
        FILE_TEST(another_file_in_its_place_is_left_alone),
        FILE_TEST(what_somebody_adds_stays_and_is_found),
        FILE_TEST(what_is_no_file_of_one_name_is_refused),
        FILE_TEST(it_is_for_nobody_else),
        FILE_TEST(what_is_there_is_shown),
    };
    log_set_level(LOG_LEVEL_CRITICAL);
    signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
