// A folder for the files of a test.
#ifndef QUINIELA_TESTS_TEMPORARY_H
#define QUINIELA_TESTS_TEMPORARY_H

#include "cmocka_all.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TEMPORARY_BYTES = 64 };

// Makes a folder that nobody else has, and writes its path: "/tmp/" and a name that begins with this one.
static inline void temporary_make(char folder[TEMPORARY_BYTES], const char *name) {
    assert_true(snprintf(folder, TEMPORARY_BYTES, "/tmp/%s.XXXXXX", name) < TEMPORARY_BYTES);
    assert_non_null(mkdtemp(folder));
}

static inline int temporary_remove_one(const char *path, const struct stat *status, int kind,
                                       struct FTW *place) {
    (void)status, (void)kind, (void)place;
    return remove(path);
}

// Removes the folder, with all that is in it. Returns 0, as a teardown does, unless something cannot be
// removed.
static inline int temporary_remove(const char *folder) {
    return nftw(folder, temporary_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
