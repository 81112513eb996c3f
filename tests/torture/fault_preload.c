// A library that is loaded before all others (LD_PRELOAD) and makes one kind of call fail: the N-th of the
// process, or every one from the N-th on. It affects the program and its libraries alike, in any build, and
// src/ knows nothing about it. QUINIELA_FAULT=KIND:N[+][:HOW], where HOW is the name of an error, "short" or
// "delay"; with an N of 0 it only counts. QUINIELA_FAULT_REPORT names the file to which it reports what
// happened.
//
// Only calls on sockets and ordinary files are touched: libuv ends the process by design when its own wake-up
// descriptors fail, and the kernel never lets them.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind {
    MALLOC,
    RECV,
    SEND,
    READ,
    WRITE,
    SYNC,
    TRUNCATE,
    OPEN,
    ACCEPT,
    SOCKET,
    MAP,
    THREAD,
    LOCK,
    HANDLE,
    KINDS
};

static const struct {
    const char *name;
    int error;
} kinds[KINDS] = {
    [MALLOC] = {"malloc", ENOMEM},
    [RECV] = {"recv", ECONNRESET},
    [SEND] = {"send", ECONNRESET},
    [READ] = {"read", EIO},
    [WRITE] = {"write", ENOSPC},
    [SYNC] = {"sync", EIO},
    [TRUNCATE] = {"truncate", ENOSPC},
    [OPEN] = {"open", EMFILE},
    [ACCEPT] = {"accept", EMFILE},
    [SOCKET] = {"socket", ENOBUFS},
    [MAP] = {"map", ENOMEM},
    [THREAD] = {"thread", EAGAIN},
    [LOCK] = {"lock", EIO},
    [HANDLE] = {"handle", EMFILE},
};

enum how { FAIL, SHORT, DELAY };

static struct {
    bool ready, for_ever;
    enum kind kind;
    long at; // the N of the N-th, 0 for none
    enum how how;
    int error;
    int report;
} fault = {.report = -1};

static atomic_long counts[KINDS];

enum { DELAY_MS = 20 };

static void report(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void report(const char *format, ...) {
    char line[512];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(line, sizeof line, format, values);
    va_end(values);
    if (fault.report >= 0 && length > 0) {
        (void)!syscall(SYS_write, fault.report, line, (size_t)length);
    }
}

// Which library the call came from: libuv ends the process when some of its own allocations fail.
static const char *caller_name(void *caller) {
    Dl_info info;
    return dladdr(caller, &info) != 0 && info.dli_fname != NULL ? info.dli_fname : "?";
}

// A sanitizer makes libc report each new thread to it, and ends the process when libc finds no memory for
// that.
void __asan_init(void) __attribute__((weak));
void __tsan_init(void) __attribute__((weak));

static bool is_sanitizers(enum kind kind, void *caller) {
    return kind == MALLOC && (__asan_init != NULL || __tsan_init != NULL) &&
           strstr(caller_name(caller), "/libc.so") != NULL;
}

// Counts a call. Returns whether a fault is due for it.
static bool due(enum kind kind, void *caller) {
    if (!fault.ready || is_sanitizers(kind, caller)) {
        return false;
    }
    long number = atomic_fetch_add(&counts[kind], 1) + 1;
    if (fault.at == 0 || kind != fault.kind || number < fault.at || (number > fault.at && !fault.for_ever)) {
        return false;
    }
    int before = errno;
    if (number == fault.at) {
        report("fired %s:%ld in %s\n", kinds[kind].name, number, caller_name(caller));
    } else if (kind == MALLOC && strstr(caller_name(caller), "libuv") != NULL) {
        report("again in %s\n", caller_name(caller));
    }
    errno = before;
    if (fault.how == DELAY) {
        poll(NULL, 0, number == fault.at ? DELAY_MS : 1);
        return false;
    }
    return true;
}

// Whether the call must fail now; sets errno.
static bool fails(enum kind kind, void *caller) {
    if (!due(kind, caller) || fault.how == SHORT) {
        return false;
    }
    errno = fault.error;
    return true;
}

// The kind of a call on a descriptor: KINDS when the call is left alone.
static enum kind kind_of(int descriptor, enum kind on_socket, enum kind on_file) {
    struct stat status;
    int before = errno;
    long failed = syscall(SYS_newfstatat, descriptor, "", &status, 0x1000 /* AT_EMPTY_PATH */);
    errno = before;
    if (failed != 0 || !fault.ready) {
        return KINDS;
    }
    return S_ISSOCK(status.st_mode) ? on_socket : S_ISREG(status.st_mode) ? on_file : KINDS;
}

// Whether a transfer must fail; *length becomes 1 when the transfer must be short.
static bool transfer_fails(enum kind kind, size_t *length, void *caller) {
    if (kind == KINDS || !due(kind, caller)) {
        return false;
    }
    if (fault.how == SHORT) {
        *length = *length > 1 ? 1 : *length;
        return false;
    }
    errno = fault.error;
    return true;
}

static int error_named(const char *name) {
    static const struct {
        const char *name;
        int error;
    } errors[] = {{"ENOSPC", ENOSPC},
                  {"EIO", EIO},
                  {"ENOMEM", ENOMEM},
                  {"EMFILE", EMFILE},
                  {"ENOBUFS", ENOBUFS},
                  {"EAGAIN", EAGAIN},
                  {"ECONNRESET", ECONNRESET},
                  {"EINTR", EINTR},
                  {"ENFILE", ENFILE},
                  {"EACCES", EACCES},
                  {"ECONNABORTED", ECONNABORTED}};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        if (strcmp(name, errors[i].name) == 0) {
            return errors[i].error;
        }
    }
    fprintf(stderr, "QUINIELA_FAULT: no error %s\n", name);
    _exit(99);
}

static void parse(const char *text) {
    char name[32] = "", how[32] = "";
    int taken = 0;
    if (sscanf(text, "%31[a-z]:%ld%n", name, &fault.at, &taken) != 2) {
        fprintf(stderr, "QUINIELA_FAULT: cannot be understood: %s\n", text);
        _exit(99);
    }
    fault.for_ever = text[taken] == '+';
    taken += fault.for_ever;
    while (fault.kind < KINDS && strcmp(kinds[fault.kind].name, name) != 0) {
        fault.kind++;
    }
    if (fault.kind == KINDS) {
        fprintf(stderr, "QUINIELA_FAULT: no kind %s\n", name);
        _exit(99);
    }
    fault.error = kinds[fault.kind].error;
    if (sscanf(text + taken, ":%31s", how) == 1) {
        fault.how = strcmp(how, "short") == 0 ? SHORT : strcmp(how, "delay") == 0 ? DELAY : FAIL;
        fault.error = fault.how == FAIL ? error_named(how) : 0;
    }
}

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("QUINIELA_FAULT"), *path = getenv("QUINIELA_FAULT_REPORT");
    if (text == NULL) {
        return;
    }
    parse(text);
    if (path != NULL) {
        fault.report =
            (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    }
    fault.ready = true;
}

__attribute__((destructor)) static void finish(void) {
    for (int kind = 0; fault.ready && kind < KINDS; kind++) {
        report("count %s %ld\n", kinds[kind].name, atomic_load(&counts[kind]));
    }
}

// The calls -----------------------------------------------------------------------------------------------

#define CALLER __builtin_return_address(0)

// The function that ours replaces.
#define NEXT(name)                                                                                           \
    static __typeof__(name) *next;                                                                           \
    if (next == NULL) {                                                                                      \
        *(void **)&next = dlsym(RTLD_NEXT, #name);                                                           \
    }

void *malloc(size_t size) {
    NEXT(malloc)
    return fails(MALLOC, CALLER) ? NULL : next(size);
}

void *calloc(size_t count, size_t size) {
    NEXT(calloc)
    return fails(MALLOC, CALLER) ? NULL : next(count, size);
}

void *realloc(void *old, size_t size) {
    NEXT(realloc)
    return fails(MALLOC, CALLER) ? NULL : next(old, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    NEXT(posix_memalign)
    return fails(MALLOC, CALLER) ? ENOMEM : next(result, alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    NEXT(aligned_alloc)
    return fails(MALLOC, CALLER) ? NULL : next(alignment, size);
}

ssize_t read(int descriptor, void *bytes, size_t length) {
    NEXT(read)
    return transfer_fails(kind_of(descriptor, RECV, READ), &length, CALLER) ? -1
                                                                            : next(descriptor, bytes, length);
}

ssize_t pread(int descriptor, void *bytes, size_t length, off_t offset) {
    NEXT(pread)
    return transfer_fails(kind_of(descriptor, RECV, READ), &length, CALLER)
               ? -1
               : next(descriptor, bytes, length, offset);
}

ssize_t pread64(int descriptor, void *bytes, size_t length, off64_t offset) {
    NEXT(pread64)
    return transfer_fails(kind_of(descriptor, RECV, READ), &length, CALLER)
               ? -1
               : next(descriptor, bytes, length, offset);
}

ssize_t recv(int descriptor, void *bytes, size_t length, int flags) {
    NEXT(recv)
    return transfer_fails(RECV, &length, CALLER) ? -1 : next(descriptor, bytes, length, flags);
}

ssize_t recvmsg(int descriptor, struct msghdr *message, int flags) {
    NEXT(recvmsg)
    size_t length = 0;
    return transfer_fails(RECV, &length, CALLER) ? -1 : next(descriptor, message, flags);
}

ssize_t write(int descriptor, const void *bytes, size_t length) {
    NEXT(write)
    return transfer_fails(kind_of(descriptor, SEND, WRITE), &length, CALLER)
               ? -1
               : next(descriptor, bytes, length);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset) {
    NEXT(pwrite)
    return transfer_fails(kind_of(descriptor, SEND, WRITE), &length, CALLER)
               ? -1
               : next(descriptor, bytes, length, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t offset) {
    NEXT(pwrite64)
    return transfer_fails(kind_of(descriptor, SEND, WRITE), &length, CALLER)
               ? -1
               : next(descriptor, bytes, length, offset);
}

ssize_t writev(int descriptor, const struct iovec *pieces, int count) {
    NEXT(writev)
    size_t length = count > 0 ? pieces[0].iov_len : 0, whole = length;
    if (transfer_fails(kind_of(descriptor, SEND, WRITE), &length, CALLER)) {
        return -1;
    }
    return length < whole ? write(descriptor, pieces[0].iov_base, length) : next(descriptor, pieces, count);
}

ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags) {
    NEXT(sendmsg)
    size_t length = 0;
    return transfer_fails(SEND, &length, CALLER) ? -1 : next(descriptor, message, flags);
}

int fsync(int descriptor) {
    NEXT(fsync)
    return fails(SYNC, CALLER) ? -1 : next(descriptor);
}

int fdatasync(int descriptor) {
    NEXT(fdatasync)
    return fails(SYNC, CALLER) ? -1 : next(descriptor);
}

int ftruncate(int descriptor, off_t length) {
    NEXT(ftruncate)
    return fails(TRUNCATE, CALLER) ? -1 : next(descriptor, length);
}

int ftruncate64(int descriptor, off64_t length) {
    NEXT(ftruncate64)
    return fails(TRUNCATE, CALLER) ? -1 : next(descriptor, length);
}

#define OPENING_MODE                                                                                         \
    mode_t mode = 0;                                                                                         \
    if ((flags & O_CREAT) != 0) {                                                                            \
        va_list rest;                                                                                        \
        va_start(rest, flags);                                                                               \
        mode = va_arg(rest, mode_t);                                                                         \
        va_end(rest);                                                                                        \
    }

int open(const char *path, int flags, ...) {
    NEXT(open)
    OPENING_MODE
    return fails(OPEN, CALLER) ? -1 : next(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    NEXT(open64)
    OPENING_MODE
    return fails(OPEN, CALLER) ? -1 : next(path, flags, mode);
}

int openat(int directory, const char *path, int flags, ...) {
    NEXT(openat)
    OPENING_MODE
    return fails(OPEN, CALLER) ? -1 : next(directory, path, flags, mode);
}

FILE *fopen(const char *path, const char *mode) {
    NEXT(fopen)
    return fails(OPEN, CALLER) ? NULL : next(path, mode);
}

int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags) {
    NEXT(accept4)
    return fails(ACCEPT, CALLER) ? -1 : next(descriptor, address, length, flags);
}

int accept(int descriptor, struct sockaddr *address, socklen_t *length) {
    NEXT(accept)
    return fails(ACCEPT, CALLER) ? -1 : next(descriptor, address, length);
}

int socket(int domain, int type, int protocol) {
    NEXT(socket)
    return fails(SOCKET, CALLER) ? -1 : next(domain, type, protocol);
}

int bind(int descriptor, const struct sockaddr *address, socklen_t length) {
    NEXT(bind)
    return fails(SOCKET, CALLER) ? -1 : next(descriptor, address, length);
}

int listen(int descriptor, int backlog) {
    NEXT(listen)
    return fails(SOCKET, CALLER) ? -1 : next(descriptor, backlog);
}

int connect(int descriptor, const struct sockaddr *address, socklen_t length) {
    NEXT(connect)
    return fails(SOCKET, CALLER) ? -1 : next(descriptor, address, length);
}

int setsockopt(int descriptor, int level, int name, const void *value, socklen_t length) {
    NEXT(setsockopt)
    return fails(SOCKET, CALLER) ? -1 : next(descriptor, level, name, value, length);
}

int getsockname(int descriptor, struct sockaddr *address, socklen_t *length) {
    NEXT(getsockname)
    return fails(SOCKET, CALLER) ? -1 : next(descriptor, address, length);
}

void *mmap(void *at, size_t length, int protection, int flags, int descriptor, off_t offset) {
    NEXT(mmap)
    return fails(MAP, CALLER) ? MAP_FAILED : next(at, length, protection, flags, descriptor, offset);
}

void *mmap64(void *at, size_t length, int protection, int flags, int descriptor, off64_t offset) {
    NEXT(mmap64)
    return fails(MAP, CALLER) ? MAP_FAILED : next(at, length, protection, flags, descriptor, offset);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *argument) {
    NEXT(pthread_create)
    int failure = fails(THREAD, CALLER) ? fault.error : next(thread, attributes, run, argument);
    if (failure != 0) { // perhaps for lack of memory
        report("no thread in %s\n", caller_name(CALLER));
    }
    return failure;
}

static bool is_lock(int command) {
    return command == F_SETLK || command == F_SETLKW || command == F_GETLK;
}

int fcntl(int descriptor, int command, ...) {
    NEXT(fcntl)
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    return is_lock(command) && fails(LOCK, CALLER) ? -1 : next(descriptor, command, argument);
}

int fcntl64(int descriptor, int command, ...) {
    NEXT(fcntl64)
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    return is_lock(command) && fails(LOCK, CALLER) ? -1 : next(descriptor, command, argument);
}

int flock(int descriptor, int operation) {
    NEXT(flock)
    return fails(LOCK, CALLER) ? -1 : next(descriptor, operation);
}

int eventfd(unsigned value, int flags) {
    NEXT(eventfd)
    return fails(HANDLE, CALLER) ? -1 : next(value, flags);
}

int epoll_create1(int flags) {
    NEXT(epoll_create1)
    return fails(HANDLE, CALLER) ? -1 : next(flags);
}
