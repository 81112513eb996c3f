// What the fuzz targets have in common. Each file target_NAME.c has one function, which takes any bytes at
// all and aborts when a promise is broken; libFuzzer or AFL++ bring a main, and replay.c is one that reads
// files.
#ifndef QUINIELA_TESTS_FUZZ_H
#define QUINIELA_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Looks at the input. Returns 0. The name and the shape are libFuzzer's.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

// Says so, and aborts.
_Noreturn void does_not_hold(const char *what);

// Aborts, and so reports the input, when something that must hold does not.
static inline void must_hold(bool holds, const char *what) {
    if (!holds) {
        does_not_hold(what);
    }
}

// Takes the header off when the input is just one frame, as the golden messages are.
void skip_header(const uint8_t **bytes, size_t *length);

// Writes the bytes into a file in memory and returns its path, which is good until the next call.
const char *file_of(const uint8_t *bytes, size_t length);

#endif
