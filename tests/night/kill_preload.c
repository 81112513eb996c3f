// A library that is loaded in front of all others (LD_PRELOAD) and kills the program (SIGKILL) before one of
// the calls by which it changes a file or talks to somebody. The file that QUINIELA_KILL names holds an
// int64_t, as the machine has it: which of the calls from now on, 1 for the next; 0 for none. It counts down
// to 0. It may be written at any moment. It is mapped at the start: nothing else is made, and the program's
// sandbox does not matter.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static _Atomic int64_t *left;

__attribute__((constructor)) static void start(void) {
    const char *name = getenv("QUINIELA_KILL");
    int file = name == NULL ? -1 : open(name, O_RDWR | O_CLOEXEC);
    void *mapped =
        file < 0 ? MAP_FAILED : mmap(NULL, sizeof *left, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED) {
        perror("QUINIELA_KILL");
        _exit(3);
    }
    close(file);
    left = mapped;
}

// Several threads may come at once, and the file may be written in between.
static void count(void) {
    int64_t before = left == NULL ? 0 : atomic_load(left);
    while (before > 0 && !atomic_compare_exchange_weak(left, &before, before - 1)) {
    }
    if (before == 1) {
        syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGKILL);
    }
}

// Counts a call, and finds the function that ours replaces.
#define NEXT(name)                                                                                           \
    static __typeof__(name) *next;                                                                           \
    if (next == NULL) {                                                                                      \
        *(void **)&next = dlsym(RTLD_NEXT, #name);                                                           \
    }                                                                                                        \
    count();

ssize_t write(int descriptor, const void *bytes, size_t length) {
    NEXT(write)
    return next(descriptor, bytes, length);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset) {
    NEXT(pwrite)
    return next(descriptor, bytes, length, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t offset) {
    NEXT(pwrite64)
    return next(descriptor, bytes, length, offset);
}

ssize_t writev(int descriptor, const struct iovec *pieces, int pieces_count) {
    NEXT(writev)
    return next(descriptor, pieces, pieces_count);
}

ssize_t send(int descriptor, const void *bytes, size_t length, int flags) {
    NEXT(send)
    return next(descriptor, bytes, length, flags);
}

ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags) {
    NEXT(sendmsg)
    return next(descriptor, message, flags);
}

ssize_t recv(int descriptor, void *bytes, size_t length, int flags) {
    NEXT(recv)
    return next(descriptor, bytes, length, flags);
}

int fsync(int descriptor) {
    NEXT(fsync)
    return next(descriptor);
}

int fdatasync(int descriptor) {
    NEXT(fdatasync)
    return next(descriptor);
}

int ftruncate(int descriptor, off_t length) {
    NEXT(ftruncate)
    return next(descriptor, length);
}

int ftruncate64(int descriptor, off64_t length) {
    NEXT(ftruncate64)
    return next(descriptor, length);
}

int unlink(const char *path) {
    NEXT(unlink)
    return next(path);
}

int unlinkat(int folder, const char *path, int flags) {
    NEXT(unlinkat)
    return next(folder, path, flags);
}

int rename(const char *old, const char *new) {
    NEXT(rename)
    return next(old, new);
}

int renameat2(int old_folder, const char *old, int new_folder, const char *new, unsigned flags) {
    NEXT(renameat2)
    return next(old_folder, old, new_folder, new, flags);
}

int mkdir(const char *path, mode_t mode) {
    NEXT(mkdir)
    return next(path, mode);
}
