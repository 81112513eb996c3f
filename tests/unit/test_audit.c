// The audit log works with many threads, on a full disk, and with any text.
// It reaches where the end-to-end tests cannot.
#include "cmocka_all.h"

#include "audit/audit.h"
#include "base/log.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/quiniela-audit-XXXXXX", path[64];

static int make_folder(void **state) {
    (void)state;
    log_set_level(LOG_LEVEL_CRITICAL);
    signal(SIGXFSZ, SIG_IGN);
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/audit.log", folder);
    return 0;
}

static int remove_file(void **state) {
    (void)state;
    unlink(path);
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    return rmdir(folder);
}

static struct audit *open_audit(void) {
    struct audit *audit;
    struct error error;
    if (!audit_open(path, NULL, NULL, &audit, &error)) {
        fail_msg("%s", error.text);
    }
    return audit;
}

static struct chain verify(void) {
    struct chain chain;
    struct error error;
    bool found = false;
    chain_begin(&chain);
    if (!audit_verify(path, NULL, &chain, &found, &error)) {
        fail_msg("%s", error.text);
    }
    return chain;
}

enum { THREADS = 4, EACH = 500 };

static void *write_many(void *context) {
    for (int i = 0; i < EACH; i++) {
        struct audit_field field = {.name = "i", .number = i};
        audit_write(context, "written", &field, 1);
    }
    return NULL;
}

static void threads_do_not_mix(void **state) {
    (void)state;
    struct audit *audit = open_audit();
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, audit), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    audit_close(&audit);
    assert_int_equal(verify().records, THREADS * EACH);
}

static void any_text_is_written_as_json(void **state) {
    (void)state;
    struct audit *audit = open_audit();
    struct audit_field field = {.name = "text", .text = "a\"b\\c\nd\x01\xff é"};
    audit_write(audit, "written", &field, 1);
    audit_close(&audit);
    assert_int_equal(verify().records, 1);
    char line[512] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    fclose(file);
    assert_non_null(strstr(line, ",\"text\":\"a\\\"b\\\\c\\u000ad\\u0001? é\",\"previous\":\""));
}

static void a_record_that_is_too_long_is_lost_and_told_of(void **state) {
    (void)state;
    struct audit *audit = open_audit();
    char text[CHAIN_LINE_BYTES_MAX];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct audit_field field = {.name = "text", .text = text};
    audit_write(audit, "long", &field, 1);
    audit_write(audit, "written", NULL, 0);
    audit_close(&audit);
    assert_int_equal(verify().records, 2); // the next one is not lost with it
    char line[512] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    fclose(file);
    assert_non_null(strstr(line, "\"event\":\"lost\",\"count\":1,"));
}

static void limit_size(rlim_t bytes) {
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

// Wherever in a line the disk is full: as soon as there is room, the chain goes on over what was written of
// it.
static void a_full_disk_breaks_no_chain(void **state) {
    (void)state;
    for (rlim_t room = 0; room < 120; room += 7) {
        struct audit *audit = open_audit();
        struct stat status;
        audit_write(audit, "written", NULL, 0);
        assert_int_equal(stat(path, &status), 0);
        limit_size((rlim_t)status.st_size + room);
        audit_write(audit, "lost", NULL, 0);
        audit_write(audit, "lost", NULL, 0);
        limit_size(RLIM_INFINITY);
        audit_close(&audit); // which closes the line, and tells of what was lost
        audit = open_audit();
        audit_write(audit, "written", NULL, 0);
        audit_close(&audit);
        struct chain chain = verify();
        assert_int_equal(chain.torn, room > 0);
        assert_int_equal(chain.records, room > 0 ? 4 : 3); // with those that tell of it
        unlink(path);
    }
}

// Nor where the disk is full again, and once more, at any byte of the record that tells of it.
static void a_disk_that_stays_full_breaks_no_chain(void **state) {
    (void)state;
    for (rlim_t room = 0; room < 200; room++) {
        struct audit *audit = open_audit();
        struct stat status;
        struct error error;
        audit_write(audit, "written", NULL, 0);
        assert_int_equal(stat(path, &status), 0);
        limit_size((rlim_t)status.st_size + 30);
        audit_write(audit, "lost", NULL, 0);
        audit_close(&audit);
        for (rlim_t time = 1; time <= 2; time++) {
            limit_size((rlim_t)status.st_size + 30 +
                       time * (1 + room)); // a newline, and so much of the record
            if (audit_open(path, NULL, NULL, &audit, &error)) {
                audit_close(&audit);
            }
        }
        limit_size(RLIM_INFINITY);
        audit = open_audit();
        audit_write(audit, "written", NULL, 0);
        audit_close(&audit);
        assert_true(verify().torn > 0);
        unlink(path);
    }
}

static void a_lost_record_is_told_of(void **state) {
    (void)state;
    struct audit *audit = open_audit();
    audit_write(audit, "written", NULL, 0);
    limit_size(1);
    audit_write(audit, "lost", NULL, 0);
    limit_size(RLIM_INFINITY);
    struct chain chain = verify();
    while (chain.records == 1) { // it tries again once a second
        audit_write(audit, "written", NULL, 0);
        chain = verify();
    }
    audit_close(&audit);
    char bytes[2048] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(bytes, 1, sizeof bytes - 1, file) > 0);
    fclose(file);
    static const char expected[] = "\"event\":\"lost\",\"count\":";
    const char *lost = strstr(bytes, expected);
    assert_non_null(lost);
    assert_true(strtol(lost + sizeof expected - 1, NULL, 10) >= 1);
}

// Also when it is the only one.
static void one_lost_record_is_told_of(void **state) {
    (void)state;
    struct audit *audit = open_audit();
    audit_write(audit, "written", NULL, 0);
    limit_size(1);
    audit_write(audit, "lost", NULL, 0);
    limit_size(RLIM_INFINITY);
    audit_close(&audit);
    assert_int_equal(verify().records, 2);
    char bytes[2048] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(bytes, 1, sizeof bytes - 1, file) > 0);
    fclose(file);
    assert_non_null(strstr(bytes, "\"event\":\"lost\",\"count\":1,"));
}

static void nobody_else_may_have_it(void **state) {
    (void)state;
    struct audit *audit = open_audit(), *other;
    struct error error;
    assert_false(audit_open(path, NULL, NULL, &other, &error));
    assert_error(&error, ERROR_BAD_SETTING);
    assert_null(other);
    audit_close(&audit);
    audit = open_audit();
    audit_close(&audit);
}

static void nothing_is_a_place_to_write_to(void **state) {
    (void)state;
    struct audit *none = NULL;
    audit_write(none, "written", NULL, 0);
    audit_write_limited(none, &(struct audit_sort){"written", NULL, NULL}, NULL, 0);
    audit_tick(none);
    audit_write_last(none, "stopped");
    audit_sync(none);
    audit_close(&none);
    assert_null(none);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(threads_do_not_mix, remove_file),
        cmocka_unit_test_teardown(any_text_is_written_as_json, remove_file),
        cmocka_unit_test_teardown(a_record_that_is_too_long_is_lost_and_told_of, remove_file),
        cmocka_unit_test_teardown(a_full_disk_breaks_no_chain, remove_file),
        cmocka_unit_test_teardown(a_disk_that_stays_full_breaks_no_chain, remove_file),
        cmocka_unit_test_teardown(a_lost_record_is_told_of, remove_file),
        cmocka_unit_test_teardown(one_lost_record_is_told_of, remove_file),
        cmocka_unit_test_teardown(nobody_else_may_have_it, remove_file),
        cmocka_unit_test(nothing_is_a_place_to_write_to),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
