// Runs a fuzz target over files: what once broke it, and what it begins with. For every compiler and
// sanitizer.
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

static void replay(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        exit(1);
    }
    long size = ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(size > 0 ? (size_t)size : 1); // exactly as long, so that reading on is seen
    must_hold(bytes != NULL && fread(bytes, 1, (size_t)size, file) == (size_t)size, "the file can be read");
    fclose(file);
    (void)LLVMFuzzerTestOneInput(bytes, (size_t)size);
    free(bytes);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        replay(argv[i]);
    }
    printf("%d inputs\n", argc - 1);
    return argc > 1 ? 0 : 1;
}
