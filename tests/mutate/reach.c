// Linked into programs that are built with -fsanitize-coverage=trace-pc: notes which of their blocks have
// run, in a file $MUTATE_REACH/PROGRAM that is mapped before anything else happens. So it needs no system
// call later, whatever the program has given up by then, and what a killed process has done is in it, too.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void __sanitizer_cov_trace_pc(void);

#ifdef REACH_NOTHING // for modules, which are not looked at

__attribute__((visibility("hidden"))) void __sanitizer_cov_trace_pc(void) {
}

#else

extern const char __executable_start[], etext[]; // the linker's

static unsigned char *seen; // a byte for each byte of the program's code

__attribute__((constructor(101))) static void reach_start(void) {
    const char *folder = getenv("MUTATE_REACH");
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (folder == NULL || length <= 0) {
        return;
    }
    program[length] = '\0';
    char path[2 * sizeof program];
    snprintf(path, sizeof path, "%s%s", folder, strrchr(program, '/'));
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file == -1) {
        return;
    }
    fchmod(file, 0666); // others than who was first may run it
    size_t size = (size_t)(etext - __executable_start);
    if (ftruncate(file, (off_t)size) == 0) {
        void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        seen = memory == MAP_FAILED ? NULL : memory;
    }
    close(file);
}

void __sanitizer_cov_trace_pc(void) {
    if (seen != NULL) {
        seen[(const char *)__builtin_return_address(0) - __executable_start] = 1;
    }
}

#endif
