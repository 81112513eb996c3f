// How many descriptors and threads the program has, to check that none is leaked.
#ifndef QUINIELA_TESTS_DESCRIPTORS_H
#define QUINIELA_TESTS_DESCRIPTORS_H

#include "cmocka_all.h"

#include <dirent.h>
#include <unistd.h>

// The entries of a folder of /proc, and a few more that are always the same: only differences matter.
static inline int entries_of(const char *path) {
    int count = 0;
    DIR *folder = opendir(path);
    assert_non_null(folder);
    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count;
}

static inline int descriptors(void) {
    return entries_of("/proc/self/fd");
}

static inline int threads(void) {
    return entries_of("/proc/self/task");
}

// Waits until there are no more threads than `before`: those that end by themselves have ended.
static inline void wait_for_threads(int before) {
    while (threads() > before) { // ctest ends this, if nothing else does
        usleep(1000);
    }
}

#endif
