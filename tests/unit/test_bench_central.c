// A bench's central is started with the right settings, and the bench says how it ended.
// A shell script plays the central.
#include "cmocka_all.h"
#include "temporary.h"

#include "bench/central.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LISTENS "echo 'action: listen | result: success | port: 1234 | consult_port: 5678'\n"
#define WAITS "while :; do sleep 0.02; done\n"

static char folder[TEMPORARY_BYTES], program[96], kept[8192];
static struct central central;
static struct error error;
static bool may_fork;

pid_t __real_fork(void);
pid_t __wrap_fork(void);

pid_t __wrap_fork(void) {
    if (!may_fork) {
        errno = EAGAIN;
        return -1;
    }
    return __real_fork();
}

static int set_up(void **state) {
    (void)state;
    may_fork = true;
    temporary_make(folder, "test_bench_central");
    snprintf(program, sizeof program, "%s/program", folder);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    return temporary_remove(folder);
}

static bool start(const char *script, const char *certificates) {
    FILE *file = fopen(program, "w");
    assert_non_null(file);
    fprintf(file, "#!/bin/sh\n%s", script);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(program, 0700), 0);
    struct central_options options = {.parent_directory = folder,
                                      .program = program,
                                      .log_level = "INFO",
                                      .loops = "3",
                                      .certificates = certificates,
                                      .agencies = 5};
    return central_start(&options, &central, &error);
}

static void read_log(void) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/server.log", central.directory);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    kept[fread(kept, 1, sizeof kept - 1, file)] = '\0';
    fclose(file);
}

static void it_is_given_its_settings(void **state) {
    (void)state;
    char expected[8192], certificates[PATH_MAX - sizeof "/server.crt" + 1];
    memset(certificates, 'x', sizeof certificates - 1); // as long as a path may be
    certificates[0] = '/';
    certificates[sizeof certificates - 1] = '\0';
    assert_true(start("trap 'exit 0' TERM\necho \"$@\"\necho \"$STORE\"\necho \"$TLS_CERT\"\n" LISTENS WAITS,
                      certificates));
    assert_int_equal(central.port, 1234);
    assert_int_equal(central.consult_port, 5678);
    assert_true(central.pid > 0);
    read_log();
    snprintf(expected, sizeof expected,
             "server --server-ip 127.0.0.1 --server-port 0 --consult-server-port 0 --server-listen-backlog "
             "4096 --winning-number 7574 --draw bench --agencies 5 --logging-level INFO --loops 3\n"
             "%s/quiniela.db\n%s/server.crt\n",
             central.directory, certificates);
    if (strncmp(kept, expected, strlen(expected)) != 0) {
        fail_msg("expected \"%s\", it was told \"%s\"", expected, kept);
    }
    assert_true(central_stop(&central, false, &error));
    assert_int_equal(central.pid, 0);
    assert_null(central.directory);
}

static void one_that_fails_is_reported(void **state) {
    (void)state;
    assert_true(start("trap 'exit 3' TERM\n" LISTENS WAITS, NULL));
    assert_false(central_stop(&central, false, &error));
    assert_string_equal(error.text, "the central did not end cleanly (status 3)");
    assert_true(start(LISTENS WAITS, NULL));
    assert_false(central_stop(&central, false, &error));
    assert_string_equal(error.text, "the central did not end cleanly (signal 15)");
}

static void one_that_does_not_start_is_reported(void **state) {
    (void)state;
    assert_false(start("exit 0\n", NULL));
    assert_error(&error, ERROR_SYSTEM);
    assert_non_null(strstr(error.text, "the central did not start; see /tmp/test_bench_central."));
    assert_int_equal(central.pid, 0);
    assert_null(central.directory);
}

static void a_process_that_cannot_be_made_is_reported(void **state) {
    (void)state;
    may_fork = false;
    assert_false(start(LISTENS WAITS, NULL));
    assert_non_null(strstr(error.text, "cannot start a central"));
    assert_int_equal(central.pid, 0);
    assert_null(central.directory);
}

static void assert_spent(struct central_time before, struct central_time after,
                         struct central_time expected) {
    struct central_time spent = central_time_between(before, after);
    assert_int_equal(spent.user_ns, expected.user_ns);
    assert_int_equal(spent.system_ns, expected.system_ns);
}

static void a_division_of_time_that_goes_back_stays_within_the_sum(void **state) {
    (void)state;
    struct central_time before = {.user_ns = 40, .system_ns = 60};
    assert_spent(before, (struct central_time){.user_ns = 90, .system_ns = 80},
                 (struct central_time){.user_ns = 50, .system_ns = 20});
    assert_spent(before, (struct central_time){.user_ns = 30, .system_ns = 110},
                 (struct central_time){.user_ns = 0, .system_ns = 40});
    assert_spent(before, (struct central_time){.user_ns = 90, .system_ns = 50},
                 (struct central_time){.user_ns = 40, .system_ns = 0});
    assert_spent(before, (struct central_time){0}, (struct central_time){0});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_given_its_settings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_fails_is_reported, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_does_not_start_is_reported, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_process_that_cannot_be_made_is_reported, set_up, tear_down),
        cmocka_unit_test(a_division_of_time_that_goes_back_stays_within_the_sum),
    };
    return cmocka_run_group_tests_name("bench_central", tests, NULL, NULL);
}
