// A signal that ends the program is put off, read or taken at once, as it was asked for.
#include "cmocka_all.h"

#include "base/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const int ending[] = {SIGTERM, SIGINT, SIGHUP};

enum { ENDING = sizeof ending / sizeof *ending, SURVIVED = 77 };

static struct error error;
static int *reached; // what the other process got to

// How a process of its own ends that does this: its status, or minus the signal that ended it.
static int how_it_ends(void (*what)(int number), int number) {
    *reached = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        for (int i = 0; i < ENDING; i++) {
            signal(ending[i], SIG_DFL);
        }
        what(number);
        _exit(SURVIVED);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static bool is_blocked(int number) {
    sigset_t blocked;
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    return sigismember(&blocked, number) == 1;
}

// At once ---------------------------------------------------------------------------------------------------

static void end_at_once(int number) {
    signals_end_at_once();
    raise(number);
}

static void before_anything_is_begun_they_end_it_well(void **state) {
    (void)state;
    assert_int_equal(how_it_ends(end_at_once, SIGTERM), 0);
    assert_int_equal(how_it_ends(end_at_once, SIGINT), 0);
    assert_int_equal(how_it_ends(end_at_once, SIGHUP), -SIGHUP);
}

// Held ------------------------------------------------------------------------------------------------------

static void hold(int number) {
    signals_end_at_once();
    signals_hold();
    if (signals_wait_to_end()) {
        _exit(1);
    }
    raise(number);
    if (!signals_wait_to_end()) {
        _exit(2);
    }
    int descriptor = signals_open(&error);
    if (descriptor < 0 || fcntl(descriptor, F_GETFD) != FD_CLOEXEC ||
        signals_take(descriptor, NULL) != number || signals_take(descriptor, NULL) != 0 || errno != EAGAIN ||
        signals_wait_to_end()) {
        _exit(3);
    }
}

static void hold_and_let_go(int number) {
    signals_end_at_once();
    signals_hold();
    raise(number);
    *reached = number;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void what_is_held_is_read(void **state) {
    (void)state;
    assert_int_equal(how_it_ends(hold, SIGTERM), SURVIVED);
    assert_int_equal(how_it_ends(hold, SIGINT), SURVIVED);
    assert_int_equal(how_it_ends(hold, SIGHUP), -SIGHUP); // unless that is held, too
    assert_int_equal(how_it_ends(hold_and_let_go, SIGTERM), -SIGTERM);
    assert_int_equal(*reached, SIGTERM);
    assert_int_equal(how_it_ends(hold_and_let_go, SIGINT), -SIGINT);
    assert_int_equal(*reached, SIGINT);
}

// As the kernel sends it, when a terminal is gone.
static void raise_as_kernel(int number) {
    siginfo_t info = {.si_signo = number, .si_code = SI_KERNEL};
    if (syscall(SYS_rt_sigqueueinfo, getpid(), number, &info) != 0) {
        _exit(9);
    }
}

static void hold_reload(int number) {
    bool is_reload = false;
    signals_hold_reload();
    raise(number);
    int descriptor = signals_open(&error);
    if (signals_wait_to_end() || descriptor < 0 || signals_take(descriptor, &is_reload) != number ||
        !is_reload) {
        _exit(1);
    }
}

static void hold_all(int number) {
    bool is_reload = true;
    signals_hold();
    signals_hold_reload();
    raise_as_kernel(number);
    int descriptor = signals_open(&error);
    if (descriptor < 0 || signals_take(descriptor, &is_reload) != number || is_reload) {
        _exit(1);
    }
}

static void ignore_and_hold(int number) {
    signal(number, SIG_IGN);
    signals_hold_reload();
    raise(number);
    raise_as_kernel(number);
    int descriptor = signals_open(&error);
    if (descriptor < 0 || signals_take(descriptor, NULL) != 0) {
        _exit(1);
    }
}

static void a_reload_is_no_end(void **state) {
    (void)state;
    assert_int_equal(how_it_ends(hold_reload, SIGHUP), SURVIVED);
    assert_int_equal(how_it_ends(hold_reload, SIGTERM), -SIGTERM);
    assert_int_equal(how_it_ends(hold_reload, SIGINT), -SIGINT);
}

static void a_terminal_that_is_gone_ends_it(void **state) {
    (void)state;
    for (int i = 0; i < ENDING; i++) {
        assert_int_equal(how_it_ends(hold_all, ending[i]), SURVIVED);
    }
}

static void a_reload_that_is_ignored_stays_ignored(void **state) {
    (void)state;
    assert_int_equal(how_it_ends(ignore_and_hold, SIGHUP), SURVIVED);
}

static void no_descriptor_is_an_error(void **state) {
    (void)state;
    int lowest = open("/", O_PATH | O_CLOEXEC), taken[1024], count = 0;
    while (count < 1024 && (taken[count] = dup(lowest)) >= 0) {
        count++;
    }
    int descriptor = signals_open(&error), all_taken = count < 1024;
    for (int i = 0; i < count; i++) {
        close(taken[i]);
    }
    close(lowest);
    if (all_taken) {
        assert_int_equal(descriptor, -1);
        assert_error(&error, ERROR_SYSTEM);
        assert_memory_equal(error.text, "cannot watch for signals: ", 26);
    } else {
        close(descriptor);
    }
}

// Put off ---------------------------------------------------------------------------------------------------

static void put_off(int number) {
    struct signals_put_off off;
    memset(&off, 0xff, sizeof off);
    signals_put_off(&off);
    if (signals_have_come(&off)) {
        _exit(1);
    }
    raise(number);
    if (!signals_have_come(&off)) {
        _exit(2);
    }
    *reached = number;
    signals_let_come(&off);
}

static void what_is_put_off_comes_in_the_end(void **state) {
    (void)state;
    for (int i = 0; i < ENDING; i++) {
        assert_int_equal(how_it_ends(put_off, ending[i]), -ending[i]);
        assert_int_equal(*reached, ending[i]); // and it had been put off until then
    }
}

static void put_off_what_is_ignored(int number) {
    struct signals_put_off off;
    signal(number, SIG_IGN);
    signals_put_off(&off);
    raise(number);
    if (is_blocked(number) || signals_have_come(&off)) {
        _exit(1);
    }
    signals_let_come(&off);
    for (int i = 0; i < ENDING; i++) {
        if (is_blocked(ending[i])) {
            _exit(2);
        }
    }
}

static void what_is_ignored_stays_ignored(void **state) {
    (void)state;
    for (int i = 0; i < ENDING; i++) {
        assert_int_equal(how_it_ends(put_off_what_is_ignored, ending[i]), SURVIVED);
    }
}

// Somebody else holds it, and waits for it.
static void put_off_what_is_held(int number) {
    struct signals_put_off off;
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, number);
    sigprocmask(SIG_BLOCK, &held, NULL);
    signals_put_off(&off);
    raise(number);
    if (signals_have_come(&off)) {
        _exit(1);
    }
    signals_let_come(&off);
    if (!is_blocked(number)) {
        _exit(2);
    }
}

static void what_is_held_already_stays_held(void **state) {
    (void)state;
    for (int i = 0; i < ENDING; i++) {
        assert_int_equal(how_it_ends(put_off_what_is_held, ending[i]), SURVIVED);
    }
}

static void each_has_its_name(void **state) {
    (void)state;
    assert_string_equal(signals_name(SIGTERM), "SIGTERM");
    assert_string_equal(signals_name(SIGINT), "SIGINT");
    assert_string_equal(signals_name(SIGHUP), "SIGHUP");
}

static int share(void **state) {
    (void)state;
    reached = mmap(NULL, sizeof *reached, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return reached == MAP_FAILED;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_anything_is_begun_they_end_it_well),
        cmocka_unit_test(what_is_held_is_read),
        cmocka_unit_test(a_reload_is_no_end),
        cmocka_unit_test(a_terminal_that_is_gone_ends_it),
        cmocka_unit_test(a_reload_that_is_ignored_stays_ignored),
        cmocka_unit_test(no_descriptor_is_an_error),
        cmocka_unit_test(what_is_put_off_comes_in_the_end),
        cmocka_unit_test(what_is_ignored_stays_ignored),
        cmocka_unit_test(what_is_held_already_stays_held),
        cmocka_unit_test(each_has_its_name),
    };
    return cmocka_run_group_tests(tests, share, NULL);
}
