// What the stories of the audit log's file have in common: a folder, a log that is open, a clock that the
// story sets, what was logged, and files that are full.
#ifndef QUINIELA_TESTS_AUDIT_STORY_H
#define QUINIELA_TESTS_AUDIT_STORY_H

#include "descriptors.h"
#include "logged.h"

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

static inline void open_audit(void) {
    struct error error;
    if (!audit_open(path, NULL, NULL, &audit, &error)) {
        fail_msg("%s", error.text);
    }
}

static int open_before;

static inline int set_up(void **state) {
    (void)state;
    open_before = descriptors();
    strcpy(folder, "/tmp/quiniela-audit-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/audit.log", folder);
    snprintf(other, sizeof other, "%s/other", folder);
    begin_logging();
    open_audit();
    return 0;
}

static inline void limit_size(rlim_t bytes) {
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static inline int tear_down(void **state) {
    (void)state;
    limit_size(RLIM_INFINITY);
    audit_close(&audit);
    end_logging();
    assert_int_equal(descriptors(), open_before);
    unlink(path);
    remove(other);
    return rmdir(folder);
}

static inline void write_one(const char *event) {
    audit_write(audit, event, NULL, 0);
}

static inline void write_limited(const struct audit_sort *sort, int count) {
    for (int i = 0; i < count; i++) {
        audit_write_limited(audit, sort, NULL, 0);
    }
}

// Checks the events of a file, with their counts and reasons: "written lost:2 suppressed:7/refused/late ".
static inline void assert_events(const char *file, const char *expected) {
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

// Checks that these files, one after the other, are one chain.
static inline void assert_chain(const char *first, const char *second, uint64_t records) {
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

// Makes a record fail to be written. Afterwards there is room again.
static inline void break_it(void) {
    limit_size(1);
    write_one("gone");
    limit_size(RLIM_INFINITY);
}

#define AUDIT_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
