#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void does_not_hold(const char *what) {
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

void skip_header(const uint8_t **bytes, size_t *length) {
    const uint8_t *b = *bytes;
    if (*length >= 4 && ((size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3]) == *length - 4) {
        *bytes += 4;
        *length -= 4;
    }
}

const char *file_of(const uint8_t *bytes, size_t length) {
    static int descriptor = -1;
    static char path[64];
    if (descriptor < 0) {
        descriptor = memfd_create("input", MFD_CLOEXEC);
        snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    }
    must_hold(ftruncate(descriptor, 0) == 0 && pwrite(descriptor, bytes, length, 0) == (ssize_t)length,
              "the input can be written");
    return path;
}
