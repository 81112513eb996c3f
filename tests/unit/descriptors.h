// How many descriptors the program has open, to see that none is left behind.
#ifndef QUINIELA_TESTS_DESCRIPTORS_H
#define QUINIELA_TESTS_DESCRIPTORS_H

#include "cmocka_all.h"

#include <dirent.h>

// Those of the process, and a few more that are the same each time: only differences say something.
static inline int descriptors(void) {
    int count = 0;
    DIR *open_ones = opendir("/proc/self/fd");
    assert_non_null(open_ones);
    while (readdir(open_ones) != NULL) {
        count++;
    }
    closedir(open_ones);
    return count;
}

#endif
