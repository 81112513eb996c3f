// A confined process is denied what it gave up, by Landlock and by the filter separately.
// A child process is confined and tries something; how it ends tells whether that is forbidden, and by which
// of the two. Landlock answers with an error, the filter with SIGSYS. Each is tried alone, so that neither
// can hide the other's gaps.
#include "confine_story.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

// What is tried ------------------------------------------------------------------------------------------

static int read_theirs(void) {
    return open_in(theirs, "file", O_RDONLY);
}

static int list_theirs(void) {
    return open_in(theirs, ".", O_RDONLY | O_DIRECTORY);
}

static int read_certificate(void) {
    return open_in(certificates, "file", O_RDONLY);
}

static int write_certificate(void) {
    return open_in(certificates, "file", O_WRONLY);
}

static int truncate_certificate(void) {
    char path[192];
    snprintf(path, sizeof path, "%s/file", certificates);
    return truncate(path, 0);
}

static int make_certificate(void) {
    return open_in(certificates, "new", O_WRONLY | O_CREAT);
}

static int remove_certificate(void) {
    char path[192];
    snprintf(path, sizeof path, "%s/file", certificates);
    return unlink(path);
}

static int leave_by_a_link(void) { // a link that stands in our folder and leads to theirs
    return open_in(ours, "link", O_RDONLY);
}

static int make_folder_of_ours(void) {
    char path[192];
    snprintf(path, sizeof path, "%s/new", ours);
    return mkdir(path, 0700);
}

static int use_ours(void) {
    char from[192], to[192];
    snprintf(from, sizeof from, "%s/new", ours);
    snprintf(to, sizeof to, "%s/renamed", ours);
    return open_in(ours, "file", O_RDWR | O_TRUNC) != 0 || open_in(ours, "new", O_RDWR | O_CREAT) != 0 ||
                   rename(from, to) != 0 || unlink(to) != 0 || open_in(ours, ".", O_RDONLY | O_DIRECTORY) != 0
               ? -1
               : 0;
}

static int run_a_program(void) {
    char *const arguments[] = {"/bin/true", NULL};
    return execv(arguments[0], arguments);
}

static int with_address(int (*use)(int, const struct sockaddr *, socklen_t)) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return descriptor < 0 ? -1 : use(descriptor, (struct sockaddr *)&address, sizeof address);
}

static int bind_tcp(void) {
    return with_address(bind);
}

static int connect_tcp(void) { // port 0: refused, when it is not forbidden
    return with_address(connect);
}

static struct sockaddr_un abstract;
static socklen_t abstract_length;

static int connect_abstract(void) {
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return connect(descriptor, (struct sockaddr *)&abstract, abstract_length);
}

static int signal_parent(void) {
    return kill(getppid(), 0);
}

static int fork_a_process(void) {
    pid_t child = fork();
    if (child == 0) {
        _exit(0);
    }
    return child < 0 ? -1 : 0;
}

static int clone_without_a_thread(void) {
    return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) < 0 ? -1 : 0;
}

static int clone3_anything(void) {
    char nothing[64] = {0};
    return (int)syscall(SYS_clone3, nothing, sizeof nothing);
}

static int trace(void) {
    return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static int open_packets(void) {
    return socket(AF_PACKET, SOCK_RAW, 0);
}

static int open_internet(void) {
    return socket(AF_INET, SOCK_STREAM, 0);
}

static int open_netlink(void) {
    return socket(AF_NETLINK, SOCK_RAW, 0);
}

static int mount_something(void) {
    return mount("none", "/", NULL, MS_REMOUNT, NULL);
}

static int open_by_handle(void) {
    return (int)syscall(SYS_open_by_handle_at, -1, NULL, 0);
}

static int use_bpf(void) {
    return (int)syscall(SYS_bpf, BPF_MAP_CREATE, NULL, 0);
}

static int use_keys(void) {
    return (int)syscall(SYS_keyctl, 0, 0, 0, 0, 0);
}

static int use_io_uring(void) {
    return (int)syscall(SYS_io_uring_setup, 1, NULL);
}

static int become_somebody(void) {
    return setuid(0);
}

static int kill_somebody(void) {
    return kill(getppid(), 0);
}

static int change_root(void) {
    return chroot("/");
}

static int leave_namespaces(void) {
    return unshare(0);
}

static int allow_tracing_again(void) {
    return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static int type_into_terminal(void) {
    return ioctl(0, 0x5412 /* TIOCSTI */, "x");
}

static void *nothing(void *argument) {
    return argument;
}

static int start_a_thread(void) {
    pthread_t thread;
    errno = pthread_create(&thread, NULL, nothing, NULL);
    return errno != 0 || pthread_join(thread, NULL) != 0 ? -1 : 0;
}

static int is_reduced(void) {
    struct rlimit cores;
    return getrlimit(RLIMIT_CORE, &cores) == 0 && cores.rlim_max == 0 && prctl(PR_GET_DUMPABLE) == 0 ? 0 : -1;
}

static int abort_ourselves(void) {
    signal(SIGABRT, SIG_DFL);
    abort();
}

// Tests ---------------------------------------------------------------------------------------------------

static void landlock_keeps_our_files_only(void **state) {
    (void)state;
    char link[192], target[192];
    snprintf(link, sizeof link, "%s/link", ours);
    snprintf(target, sizeof target, "%s/file", theirs);
    assert_int_equal(symlink(target, link), 0);
    assert_int_equal(with_seccomp(read_theirs), 0); // it is Landlock that forbids it below
    assert_int_equal(with_landlock(read_theirs), EACCES);
    assert_int_equal(with_landlock(list_theirs), EACCES);
    assert_int_equal(with_landlock(leave_by_a_link), EACCES);
    assert_int_equal(with_landlock(use_ours), 0);
    assert_int_equal(with_landlock(make_folder_of_ours), EACCES);
}

static void landlock_lets_certificates_be_read_only(void **state) {
    (void)state;
    assert_int_equal(with_landlock(read_certificate), 0);
    assert_int_equal(with_landlock(write_certificate), EACCES);
    assert_int_equal(with_landlock(truncate_certificate), EACCES);
    assert_int_equal(with_landlock(make_certificate), EACCES);
    assert_int_equal(with_landlock(remove_certificate), EACCES);
}

static void landlock_forbids_programs(void **state) {
    (void)state;
    assert_int_equal(with_landlock(run_a_program), EACCES);
}

static void landlock_forbids_ports_and_connections(void **state) {
    (void)state;
    assert_int_equal(with_landlock(bind_tcp), EACCES);
    assert_int_equal(with_landlock(connect_tcp), EACCES);
    struct confine_options to_connect = options(true, false);
    to_connect.connects = true;
    assert_int_equal(outcome(&to_connect, bind_tcp), EACCES);
    assert_int_equal(outcome(&to_connect, connect_tcp), ECONNREFUSED);
}

static void landlock_keeps_to_ourselves(void **state) {
    (void)state;
    abstract.sun_family = AF_UNIX;
    abstract_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
                                  (size_t)snprintf(abstract.sun_path + 1, sizeof abstract.sun_path - 1,
                                                   "quiniela-confine-%d", getpid()));
    int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listening, (struct sockaddr *)&abstract, abstract_length), 0);
    assert_int_equal(listen(listening, 5), 0);
    assert_int_equal(with_landlock(connect_abstract), EPERM);
    struct confine_options reaching = options(true, false);
    reaching.abstract_sockets = true;
    assert_int_equal(outcome(&reaching, connect_abstract), 0);
    assert_int_equal(with_landlock(signal_parent), EPERM);
    close(listening);
}

static void the_filter_ends_who_makes_another_call(void **state) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip(); // there the filter only logs: see confine/seccomp.c
#endif
    (void)state;
    enum { ENDED = BY_SIGNAL + SIGSYS };
    assert_int_equal(with_seccomp(run_a_program), ENDED);
    assert_int_equal(with_seccomp(open_packets), ENDED);
    assert_int_equal(with_seccomp(open_internet), ENDED);
    assert_int_equal(with_seccomp(open_netlink), ENDED);
    assert_int_equal(with_seccomp(mount_something), ENDED);
    assert_int_equal(with_seccomp(open_by_handle), ENDED);
    assert_int_equal(with_seccomp(use_bpf), ENDED);
    assert_int_equal(with_seccomp(use_keys), ENDED);
    assert_int_equal(with_seccomp(use_io_uring), ENDED);
    assert_int_equal(with_seccomp(become_somebody), ENDED);
    assert_int_equal(with_seccomp(change_root), ENDED);
    assert_int_equal(with_seccomp(leave_namespaces), ENDED);
    if (!SANITIZED) {
        assert_int_equal(with_seccomp(fork_a_process), ENDED);
        assert_int_equal(with_seccomp(clone_without_a_thread), ENDED);
        assert_int_equal(with_seccomp(trace), ENDED);
        assert_int_equal(with_seccomp(kill_somebody), ENDED);
        assert_int_equal(with_seccomp(run_data), ENDED);
        assert_int_equal(with_seccomp(make_data_runnable), ENDED);
        assert_int_equal(with_seccomp(allow_tracing_again), ENDED);
        assert_int_equal(with_seccomp(type_into_terminal), ENDED);
    }
}

static void the_filter_lets_the_server_work(void **state) {
    (void)state;
    assert_int_equal(with_seccomp(use_ours), 0);
    assert_int_equal(with_seccomp(start_a_thread), 0);
    assert_int_equal(with_seccomp(clone3_anything), ENOSYS);
    assert_int_equal(with_seccomp(abort_ourselves), BY_SIGNAL + SIGABRT);
}

static void a_database_may_be_connected_to(void **state) {
    (void)state;
    struct confine_options to_connect = options(false, true);
    to_connect.connects = true;
    assert_int_equal(outcome(&to_connect, connect_tcp), ECONNREFUSED);
    assert_int_equal(outcome(&to_connect, open_netlink), 0);
    assert_int_equal(outcome(&to_connect, use_keys), ENOSYS);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    assert_int_equal(outcome(&to_connect, open_packets), BY_SIGNAL + SIGSYS);
    assert_int_equal(outcome(&to_connect, run_a_program), BY_SIGNAL + SIGSYS);
#endif
}

static void no_memory_reaches_a_core_file(void **state) {
    (void)state;
    assert_int_equal(with_landlock(is_reduced), 0);
    assert_int_equal(with_seccomp(is_reduced), 0);
}

// The user ------------------------------------------------------------------------------------------------

static int is_nobody(void) {
    uid_t real, effective, saved;
    if (getresuid(&real, &effective, &saved) != 0 || real != NOBODY || effective != NOBODY ||
        saved != NOBODY || getgroups(0, NULL) > 1) {
        return -1;
    }
    return setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0 ? -1 : 0;
}

static void only_root_can_become_somebody(void) {
    if (geteuid() != 0) {
        skip();
    }
}

static void root_becomes_the_user_for_good(void **state) {
    (void)state;
    only_root_can_become_somebody();
    struct confine_options confined = {.user = "nobody"};
    pid_t child = fork();
    if (child == 0) {
        gid_t of_roots[] = {0, 4321};
        if (setgroups(2, of_roots) != 0) {
            _exit(2);
        }
        struct confine_report report;
        struct error error;
        bool done = confine(&confined, &report, &error);
        _exit(done && is_nobody() == 0 && !report.no_new_privileges ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void check_refused(const struct confine_options *confined, const struct error_code *code,
                          const char *words) {
    pid_t child = fork();
    if (child == 0) {
        struct confine_report report;
        struct error error;
        bool refused = !confine(confined, &report, &error) && error.code == code;
        _exit(refused && strstr(error.text, words) != NULL ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void a_user_who_cannot_be_is_refused(void **state) {
    (void)state;
    struct confine_options confined = {.user = "nobody-of-that-name"};
    check_refused(&confined, ERROR_BAD_SETTING, "nobody-of-that-name");
}

static void a_store_of_roots_is_refused(void **state) {
    (void)state;
    only_root_can_become_somebody();
    struct confine_options confined = options(true, true);
    confined.user = "nobody";
    check_refused(&confined, ERROR_SYSTEM, ours);
    char file[192];
    snprintf(file, sizeof file, "%s/file", ours);
    const char *writable[] = {ours, file};
    confined.writable = writable;
    confined.writable_count = 2;
    assert_int_equal(chown(ours, NOBODY, NOBODY), 0);
    check_refused(&confined, ERROR_SYSTEM, file);
    assert_int_equal(chown(file, NOBODY, NOBODY), 0);
    assert_int_equal(outcome(&confined, use_ours), 0);
    assert_int_equal(chown(ours, 0, 0), 0);
    assert_int_equal(chown(file, 0, 0), 0);
}

static void somebody_else_cannot_become_the_user(void **state) {
    (void)state;
    only_root_can_become_somebody();
    pid_t child = fork();
    if (child == 0) {
        struct confine_options confined = {.user = "root"};
        struct confine_report report;
        struct error error;
        bool refused = setuid(NOBODY) == 0 && !confine(&confined, &report, &error);
        _exit(refused && error.code == ERROR_BAD_SETTING ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(landlock_keeps_our_files_only),
        cmocka_unit_test(landlock_lets_certificates_be_read_only),
        cmocka_unit_test(landlock_forbids_programs),
        cmocka_unit_test(landlock_forbids_ports_and_connections),
        cmocka_unit_test(landlock_keeps_to_ourselves),
        cmocka_unit_test(the_filter_ends_who_makes_another_call),
        cmocka_unit_test(the_filter_lets_the_server_work),
        cmocka_unit_test(a_database_may_be_connected_to),
        cmocka_unit_test(no_memory_reaches_a_core_file),
        cmocka_unit_test(root_becomes_the_user_for_good),
        cmocka_unit_test(a_user_who_cannot_be_is_refused),
        cmocka_unit_test(a_store_of_roots_is_refused),
        cmocka_unit_test(somebody_else_cannot_become_the_user),
    };
    if (!kernel_has_all()) {
        puts("this kernel has not all of Landlock and seccomp filters");
        return 77;
    }
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
