// The system calls that the program still makes. Any other one can only come from foreign code and ends the
// process; with `forgiving` it only fails, because libraries may try unforeseen ones. Each group below says
// what it is for.
#include "confine/seccomp.h"

#include "confine/sanitized.h"

#include <errno.h>
#include <linux/sched.h>
#include <linux/sockios.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

#define CALL(name) SCMP_SYS(name)

// The store's files: SQLite's, and its lock. Landlock decides which files may be opened.
static const int for_files[] = {
    CALL(open),      CALL(openat),     CALL(close),    CALL(read),      CALL(readv),      CALL(pread64),
    CALL(write),     CALL(writev),     CALL(pwrite64), CALL(lseek),     CALL(fsync),      CALL(fdatasync),
    CALL(ftruncate), CALL(fallocate),  CALL(fcntl),    CALL(flock),     CALL(stat),       CALL(fstat),
    CALL(lstat),     CALL(statx),      CALL(access),   CALL(faccessat), CALL(faccessat2), CALL(newfstatat),
    CALL(readlink),  CALL(unlink),     CALL(unlinkat), CALL(rename),    CALL(renameat),   CALL(renameat2),
    CALL(linkat),    CALL(readlinkat), CALL(fchmod),   CALL(fchown),    CALL(getcwd),     CALL(getdents64),
    CALL(umask),     CALL(statfs),     CALL(fstatfs),  CALL(utimensat)};

// Accepted connections, on ports bound before. For sending see add_sending.
static const int for_connections[] = {CALL(listen),     CALL(accept4),     CALL(recvmsg),
                                      CALL(recvfrom),   CALL(shutdown),    CALL(getsockopt),
                                      CALL(setsockopt), CALL(getpeername), CALL(getsockname)};

// Waiting: the loops, the signals that end the program, and the store's watch.
static const int for_waiting[] = {
    CALL(epoll_create1), CALL(epoll_ctl), CALL(epoll_wait),   CALL(epoll_pwait),     CALL(epoll_pwait2),
    CALL(eventfd2),      CALL(pipe2),     CALL(poll),         CALL(ppoll),           CALL(select),
    CALL(pselect6),      CALL(signalfd4), CALL(nanosleep),    CALL(clock_nanosleep), CALL(restart_syscall),
    CALL(dup),           CALL(dup3),      CALL(rt_sigpending)};

// Threads and memory. New threads only: see clone below.
static const int for_threads_and_memory[] = {
    CALL(futex),       CALL(brk),          CALL(munmap),          CALL(mremap),
    CALL(madvise),     CALL(membarrier),   CALL(set_robust_list), CALL(get_robust_list),
    CALL(rseq),        CALL(sched_yield),  CALL(set_tid_address), CALL(sched_getaffinity),
    CALL(sigaltstack), CALL(rt_sigaction), CALL(rt_sigprocmask),  CALL(rt_sigreturn),
    CALL(gettid),      CALL(exit),         CALL(exit_group)};

// Calls that only report facts.
static const int for_facts[] = {CALL(clock_gettime), CALL(clock_getres), CALL(gettimeofday), CALL(time),
                                CALL(getrandom),     CALL(getpid),       CALL(getppid),      CALL(getuid),
                                CALL(geteuid),       CALL(getgid),       CALL(getegid),      CALL(uname),
                                CALL(sysinfo),       CALL(getrusage),    CALL(times)};

// For a database or the central: to look up its address and connect.
static const int to_connect[] = {CALL(connect), CALL(bind), CALL(socketpair)};

// Libraries try these when they look for a user's tickets, and can do without them.
static const int to_refuse_when_connecting[] = {CALL(keyctl), CALL(add_key), CALL(request_key)};

#if CONFINE_SANITIZED
// A sanitizer looks for leaks at the end, in a process that traces this one.
static const int for_sanitizers[] = {
    CALL(clone),           CALL(tkill),     CALL(waitid),         CALL(ptrace),
    CALL(wait4),           CALL(kill),      CALL(tgkill),         CALL(prctl),
    CALL(arch_prctl),      CALL(mmap),      CALL(mprotect),       CALL(mincore),
    CALL(personality),     CALL(prlimit64), CALL(pipe),           CALL(dup2),
    CALL(getrlimit),       CALL(setrlimit), CALL(sched_getparam), CALL(sched_getscheduler),
    CALL(process_vm_readv)};
#endif
#ifdef CONFINE_BUILD_FOLDER
static const int for_coverage[] = {CALL(mkdir), CALL(mkdirat)};
#endif

#if CONFINE_SANITIZED // the search for leaks at the end makes other calls, and would hang
#define OTHER_CALLS SCMP_ACT_LOG
#define OTHER_CALLS_FORGIVEN SCMP_ACT_LOG
#else
#define OTHER_CALLS SCMP_ACT_KILL_PROCESS
#define OTHER_CALLS_FORGIVEN SCMP_ACT_ERRNO(EPERM)
#endif

#define COUNT(calls) (sizeof(calls) / sizeof *(calls))

static int add_group(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t count) {
    int failure = 0;
    for (size_t i = 0; i < count && failure == 0; i++) {
        failure = seccomp_rule_add(filter, action, calls[i], 0);
    }
    return failure;
}

static int allow_if(scmp_filter_ctx filter, int call, struct scmp_arg_cmp condition) {
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &condition);
}

// New threads, never a new process. clone3 has its flags in memory, where a filter cannot see them. So the C
// library is told that clone3 does not exist, and falls back to clone.
static int add_threads(scmp_filter_ctx filter) {
    int failure = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), CALL(clone3), 0);
    return failure != 0
               ? failure
               : allow_if(filter, CALL(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
}

static int allow_unix(scmp_filter_ctx filter, uint32_t action, int type) {
    enum { TYPE_BITS = 0xf }; // the others are SOCK_CLOEXEC and SOCK_NONBLOCK
    return seccomp_rule_add(filter, action, CALL(socket), 2, SCMP_A0(SCMP_CMP_EQ, AF_UNIX),
                            SCMP_A1(SCMP_CMP_MASKED_EQ, TYPE_BITS, (uint64_t)type));
}

// Unix datagrams go to the service manager. Libraries that connect may try them for logging; they can do
// without.
static int add_sockets(scmp_filter_ctx filter, const struct confine_options *options) {
    static const int families[] = {AF_INET, AF_INET6, AF_NETLINK};
    int failure = options->notifies   ? allow_unix(filter, SCMP_ACT_ALLOW, SOCK_DGRAM)
                  : options->connects ? allow_unix(filter, SCMP_ACT_ERRNO(EACCES), SOCK_DGRAM)
                                      : 0;
    if (failure == 0 && options->connects) {
        failure = allow_unix(filter, SCMP_ACT_ALLOW, SOCK_STREAM);
    }
    for (size_t i = 0; i < COUNT(families) && failure == 0 && options->connects; i++) {
        failure = allow_if(filter, CALL(socket), SCMP_A0(SCMP_CMP_EQ, (uint64_t)families[i]));
    }
    return failure;
}

// A send with MSG_FASTOPEN connects, even on a listening socket, and bypasses every rule about connecting.
// Only processes that connect may give an address to send to. sendmsg may give one too, for the service
// manager's socket.
static int add_sending(scmp_filter_ctx filter, const struct confine_options *options) {
    struct scmp_arg_cmp sendto_flags = SCMP_A3(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, 0);
    int failure = options->connects ? allow_if(filter, CALL(sendto), sendto_flags)
                                    : seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(sendto), 2, sendto_flags,
                                                       SCMP_A4(SCMP_CMP_EQ, 0));
    failure = failure != 0 ? failure
                           : allow_if(filter, CALL(sendmsg), SCMP_A2(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, 0));
    return failure != 0 || !options->connects
               ? failure
               : allow_if(filter, CALL(sendmmsg), SCMP_A3(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, 0));
}

#if !CONFINE_SANITIZED
// No executable pages. Libraries that connect may try to load a module: they get an error, and go on without
// it.
static int add_memory(scmp_filter_ctx filter, bool connects) {
    static const int calls[] = {CALL(mmap), CALL(mprotect)};
    int failure = 0;
    for (size_t i = 0; i < COUNT(calls) && failure == 0; i++) {
        failure = allow_if(filter, calls[i], SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
        if (failure == 0 && connects) {
            failure = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), calls[i], 1,
                                       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
        }
    }
    return failure;
}

// Calls that could do much more, limited to these uses.
static int add_uses(scmp_filter_ctx filter) {
    static const unsigned controls[] = {FIONBIO, FIOCLEX, FIONREAD, SIOCOUTQ, TCGETS, TIOCGWINSZ};
    static const unsigned processes[] = {PR_SET_NAME, PR_GET_NAME, PR_SET_VMA, PR_GET_DUMPABLE};
    int failure = 0;
    for (size_t i = 0; i < COUNT(controls) && failure == 0; i++) {
        failure = allow_if(filter, CALL(ioctl), SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, controls[i]));
    }
    for (size_t i = 0; i < COUNT(processes) && failure == 0; i++) {
        failure = allow_if(filter, CALL(prctl), SCMP_A0(SCMP_CMP_EQ, processes[i]));
    }
    if (failure == 0) { // limits may be read
        failure = allow_if(filter, CALL(prlimit64), SCMP_A2(SCMP_CMP_EQ, 0));
    }
    if (failure == 0) { // for abort(): to this process only
        failure = allow_if(filter, CALL(tgkill), SCMP_A0(SCMP_CMP_EQ, (uint64_t)getpid()));
    }
    return failure;
}
#endif

static int add_rules(scmp_filter_ctx filter, const struct confine_options *options) {
    const struct {
        const int *calls;
        size_t count;
    } groups[] = {
        {for_files, COUNT(for_files)},
        {for_connections, COUNT(for_connections)},
        {for_waiting, COUNT(for_waiting)},
        {for_threads_and_memory, COUNT(for_threads_and_memory)},
        {for_facts, COUNT(for_facts)},
#if CONFINE_SANITIZED
        {for_sanitizers, COUNT(for_sanitizers)},
#endif
#ifdef CONFINE_BUILD_FOLDER
        {for_coverage, COUNT(for_coverage)},
#endif
        {to_connect, options->connects ? COUNT(to_connect) : 0}
    };
    int failure = 0;
    for (size_t i = 0; i < COUNT(groups) && failure == 0; i++) {
        failure = add_group(filter, SCMP_ACT_ALLOW, groups[i].calls, groups[i].count);
    }
    if (failure == 0 && options->connects) {
        failure = add_group(filter, SCMP_ACT_ERRNO(ENOSYS), to_refuse_when_connecting,
                            COUNT(to_refuse_when_connecting));
    }
#if !CONFINE_SANITIZED
    failure = failure != 0 ? failure : add_memory(filter, options->connects);
    failure = failure != 0 ? failure : add_uses(filter);
#else
    failure = failure != 0 ? failure : seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(ioctl), 0);
#endif
    failure = failure != 0 ? failure : add_threads(filter);
    failure = failure != 0 ? failure : add_sending(filter, options);
    return failure != 0 ? failure : add_sockets(filter, options);
}

// Whether the kernel has no filters, or the environment does not allow them.
static bool is_lacking(int failure) {
    return failure == -ENOSYS || failure == -EINVAL || failure == -EOPNOTSUPP || failure == -EPERM ||
           failure == -ECANCELED; // as libseccomp reports it
}

bool seccomp_confine(const struct confine_options *options, bool *filtered, struct error *error) {
    *filtered = false;
    scmp_filter_ctx filter = seccomp_init(options->forgiving ? OTHER_CALLS_FORGIVEN : OTHER_CALLS);
    if (filter == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a filter of system calls");
    }
    int failure = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    failure = failure != 0 ? failure : add_rules(filter, options);
    if (failure != 0) {
        seccomp_release(filter);
        return error_set_system(error, -failure, "the filter of system calls cannot be created");
    }
    (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); // a binary tree: fewer steps a call
    failure = seccomp_load(filter);
    seccomp_release(filter);
    *filtered = failure == 0;
    return failure == 0 || is_lacking(failure) ||
           error_set_system(error, -failure, "the filter of system calls cannot be loaded");
}
