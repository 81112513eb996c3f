// How many descriptors the program has open, to see that none is left behind.
#ifndef QUINIELA_TESTS_DESCRIPTORS_H
#define QUINIELA_TESTS_DESCRIPTORS_H

#include "cmocka_all.h"

#include <dirent.h>

// Those of the process, and a few more that are the same each time: only differences say something.
static int descriptors(void) {
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count;
}

#endif
