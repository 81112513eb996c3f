// Audit records that could not be written are counted, and their number is recorded later.
#include "audit_story.h"

static const struct audit_sort late = {"refused", "late", NULL}, plain = {"seen", NULL, NULL};

static void the_next_one_tells_what_was_suppressed(void **state) {
    (void)state;
    now_ms = 5 * SECOND_MS;
    write_limited(&late, AUDIT_LIMIT + 7);
    write_limited(&plain, AUDIT_LIMIT + 1);
    now_ms += SECOND_MS;
    write_limited(&late, 1);
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
    assert_int_equal(logged("ERROR"), 1); // the first one that was lost
    assert_int_equal(logged("lost: 4"), 1);
    break_it();
    assert_int_equal(logged("ERROR"), 2);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        AUDIT_TEST(the_next_one_tells_what_was_suppressed),
        AUDIT_TEST(a_tick_tells_what_was_suppressed),
        AUDIT_TEST(the_end_tells_what_was_suppressed),
        AUDIT_TEST(what_is_lost_is_counted),
        AUDIT_TEST(the_end_waits_for_no_second),
        AUDIT_TEST(the_end_comes_also_behind_a_part),
    };
    log_set_level(LOG_LEVEL_WARNING);
    signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
