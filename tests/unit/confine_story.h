// What the tests of confine/ share: a folder with three more in it, and a child that is confined and tries
// something. The way it ends tells whether that is forbidden, and by which of the two.
#ifndef QUINIELA_TESTS_CONFINE_STORY_H
#define QUINIELA_TESTS_CONFINE_STORY_H

#include "cmocka_all.h"
#include "temporary.h"

#include "confine/confine.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// With a sanitizer more is allowed, because it makes those calls itself.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

// How a child ended: with an errno (0: it could), or by a signal.
enum { BY_SIGNAL = 1000, NOT_CONFINED = 255, NO_ERRNO = 254, NOBODY = 65534 };

static char folder[TEMPORARY_BYTES]; // open to everybody, with three more in it
static char ours[128], theirs[128], certificates[128];

static void write_file(const char *path) {
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    assert_true(file >= 0);
    assert_int_equal(write(file, "text", 4), 4);
    close(file);
}

static void make_folder(char path[128], const char *name) {
    char file[160];
    snprintf(path, 128, "%s/%s", folder, name);
    assert_int_equal(mkdir(path, 0755), 0);
    snprintf(file, sizeof file, "%s/file", path);
    write_file(file);
}

static int set_up(void **state) {
    (void)state;
    temporary_make(folder, "test_confine");
    assert_int_equal(chmod(folder, 0755), 0);
    make_folder(ours, "ours");
    make_folder(theirs, "theirs");
    make_folder(certificates, "certificates");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    return temporary_remove(folder);
}

static struct confine_options options(bool landlock, bool seccomp) {
    static const char *writable[] = {ours}, *readable[] = {certificates};
    return (struct confine_options){.writable = writable,
                                    .writable_count = 1,
                                    .readable = readable,
                                    .readable_count = 1,
                                    .landlock = landlock,
                                    .seccomp = seccomp};
}

// Confines a child, makes it try, and returns how it ended. `attempt` returns 0, or -1 with errno set (or
// not).
static int outcome(const struct confine_options *confined, int (*attempt)(void)) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct confine_report report;
        struct error error;
        if (!confine(confined, &report, &error) || (confined->landlock && report.landlock_abi == 0) ||
            (confined->seccomp && !report.seccomp)) {
            _exit(NOT_CONFINED);
        }
        errno = 0;
        _exit(attempt() >= 0 ? 0 : errno != 0 ? errno : NO_ERRNO);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) {
        return BY_SIGNAL + WTERMSIG(status);
    }
    assert_int_not_equal(WEXITSTATUS(status), NOT_CONFINED);
    return WEXITSTATUS(status);
}

static int with_landlock(int (*attempt)(void)) {
    struct confine_options confined = options(true, false);
    return outcome(&confined, attempt);
}

static int with_seccomp(int (*attempt)(void)) {
    struct confine_options confined = options(false, true);
    return outcome(&confined, attempt);
}

static int open_in(const char *where, const char *name, int flags) {
    char path[192];
    snprintf(path, sizeof path, "%s/%s", where, name);
    int file = open(path, flags | O_CLOEXEC, 0600);
    return file < 0 ? -1 : close(file);
}

static int run_data(void) {
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                   MAP_FAILED
               ? -1
               : 0;
}

static int make_data_runnable(void) {
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(memory, 4096, PROT_READ | PROT_EXEC);
}

// Whether the kernel has everything. If not, the test is skipped.
static bool kernel_has_all(void) {
    pid_t child = fork();
    if (child == 0) {
        struct confine_options confined = {.landlock = true, .seccomp = true};
        struct confine_report report;
        struct error error;
        _exit(confine(&confined, &report, &error) && report.seccomp && report.landlock_abi >= 6 ? 0 : 1);
    }
    int status;
    return waitpid(child, &status, 0) == child && status == 0;
}

#endif
