// What the stories of the audit log's file have in common: a folder, a log that is open, a clock that the
// story sets, what was logged, and files that are full.
#ifndef QUINIELA_TESTS_AUDIT_STORY_H
#define QUINIELA_TESTS_AUDIT_STORY_H

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

static inline void open_audit(void) {
    struct error error;
    if (!audit_open(path, NULL, NULL, &audit, &error)) {
        fail_msg("%s", error.text);
    }
}

static inline int open_descriptors(void) {
    int count = 0;
    for (int descriptor = 0; descriptor < 256; descriptor++) {
        count += fcntl(descriptor, F_GETFD) >= 0;
    }
    return count;
}

static int open_before, output, log_pipe;
static char log_text[64 * 1024];
static size_t log_length;

static inline int set_up(void **state) {
    (void)state;
    open_before = open_descriptors();
    strcpy(folder, "/tmp/quiniela-audit-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/audit.log", folder);
    snprintf(other, sizeof other, "%s/other", folder);
    int ends[2]; // what is logged goes through a pipe, as files may be full
    assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
    output = dup(STDOUT_FILENO);
    assert_int_equal(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
    close(ends[1]);
    log_pipe = ends[0];
    log_length = 0;
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
    fflush(stdout);
    assert_int_equal(dup2(output, STDOUT_FILENO), STDOUT_FILENO);
    close(output);
    close(log_pipe);
    assert_int_equal(open_descriptors(), open_before);
    unlink(path);
    remove(other);
    return rmdir(folder);
}

// How often that was logged.
static inline int logged(const char *what) {
    ssize_t length;
    int count = 0;
    fflush(stdout);
    while ((length = read(log_pipe, log_text + log_length, sizeof log_text - 1 - log_length)) > 0) {
        log_length += (size_t)length;
    }
    log_text[log_length] = '\0';
    for (const char *at = log_text; (at = strstr(at, what)) != NULL; at++) {
        count++;
    }
    return count;
}

static inline void write_one(const char *event) {
    audit_write(audit, event, NULL, 0);
}

static inline void write_limited(const struct audit_sort *sort, int count) {
    for (int i = 0; i < count; i++) {
        audit_write_limited(audit, sort, NULL, 0);
    }
}

// The events of a file, with what is said beside them: "written lost:2 suppressed:7/refused/late ".
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

// These files, one behind the other, are one chain.
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

// A record that cannot be written; then there is room again.
static inline void break_it(void) {
    limit_size(1);
    write_one("gone");
    limit_size(RLIM_INFINITY);
}

#define AUDIT_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
