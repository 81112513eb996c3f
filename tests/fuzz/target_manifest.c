// Any manifest that is read is, written again, the same bytes.
#include "fuzz.h"

#include "claims/manifest.h"
#include "seal/encoding.h"
#include "seal/errors.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void write_again(const struct manifest *manifest, FILE *file) {
    fprintf(file, "quiniela package v1\n%.*s\n", (int)manifest->origin.length, manifest->origin.text);
    for (size_t i = 0; i < manifest->count; i++) {
        char hash[HEX_TEXT_BYTES(HASH_BYTES)];
        hex_encode(manifest->files[i].hash.bytes, HASH_BYTES, hash);
        fprintf(file, "%" PRIu64 " %s %s\n", manifest->files[i].size, hash, manifest->files[i].name);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static struct manifest manifest;
    struct error error;
    char *text = NULL;
    size_t again;
    if (!manifest_parse((struct slice){(const char *)bytes, length}, &manifest, &error)) {
        must_hold(error.code == ERROR_BAD_FORM && error.text[0] != '\0', "a refusal has its reason");
        return 0;
    }
    FILE *file = open_memstream(&text, &again);
    must_hold(file != NULL, "memory");
    write_again(&manifest, file);
    fclose(file);
    must_hold(again == length && memcmp(text, bytes, length) == 0, "it has one text");
    free(text);
    return 0;
}
