// Loading the golden messages of tests/golden.
#ifndef QUINIELA_TESTS_GOLDEN_H
#define QUINIELA_TESTS_GOLDEN_H

#include "wire/limits.h"

#include <stdint.h>
#include <stdio.h>

struct golden {
    uint8_t bytes[16 * 1024]; // a frame, and JSON_PADDING_BYTES after it
    size_t length;
};

// Reads the file NAME of tests/golden. Fails the test when it is not there.
static inline void golden_read(const char *name, struct golden *golden) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", GOLDEN_DIR, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    golden->length = fread(golden->bytes, 1, sizeof golden->bytes - JSON_PADDING_BYTES, file);
    fclose(file);
    assert_true(golden->length >= FRAME_HEADER_BYTES);
}

#endif
