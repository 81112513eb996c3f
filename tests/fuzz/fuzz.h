// What the fuzz targets have in common. Each file target_NAME.c has one function, which takes any bytes at
// all and aborts when a promise is broken. libFuzzer or AFL++ bring a main; replay.c has one that reads
// files.
#ifndef QUINIELA_TESTS_FUZZ_H
#define QUINIELA_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Tries the input. Returns 0. libFuzzer demands this name and these parameters.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

// Prints `what`, and aborts.
_Noreturn void does_not_hold(const char *what);

// Aborts, and so reports the input, when something that must hold does not.
static inline void must_hold(bool holds, const char *what) {
    if (!holds) {
        does_not_hold(what);
    }
}

// Skips the header if the input is exactly one frame, as the golden messages are.
void skip_header(const uint8_t **bytes, size_t *length);

// Writes the bytes into a file in memory and returns its path, which is valid until the next call.
const char *file_of(const uint8_t *bytes, size_t length);

#endif
