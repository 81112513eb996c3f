// A vector of a verifiable draw (tests/golden/draw/vectors.json): what it gives, and whether what was found
// is what it says.
#ifndef QUINIELA_TESTS_UNIT_SEAL_VECTORS_H
#define QUINIELA_TESTS_UNIT_SEAL_VECTORS_H

#include "cmocka_all.h"

#include "seal/encoding.h"
#include "vectors.h"

static struct vectors vectors;

static int begin(void **state) {
    (void)state;
    vectors_begin(&vectors, "draw/vectors.json");
    return 0;
}

static int end(void **state) {
    (void)state;
    vectors_end(&vectors);
    return 0;
}

static struct slice given(const char *path) {
    const char *text = vector_text(&vectors, path);
    assert_non_null(text);
    return slice_of(text);
}

static int64_t given_number(const char *path) {
    return vector_number(&vectors, path, -1);
}

static void given_bytes(const char *path, void *bytes, size_t length) {
    assert_true(hex_decode_exactly(given(path), bytes, length));
}

static struct hash given_hash(const char *path) {
    struct hash hash;
    given_bytes(path, hash.bytes, HASH_BYTES);
    return hash;
}

static void same_bytes(const char *path, const void *bytes, size_t length) {
    char text[256];
    assert_true(2 * length < sizeof text);
    hex_encode(bytes, length, text);
    vector_same_text(&vectors, path, text, vector_text(&vectors, path));
}

static void same_slice(const char *path, struct slice slice) {
    char *text = strndup(slice.text, slice.length);
    vector_same_text(&vectors, path, text, vector_text(&vectors, path));
    free(text);
}

static void same_number(const char *path, uint64_t number) {
    vector_same_number(&vectors, path, (int64_t)number, given_number(path));
}

// Whether it was to be taken, and was.
static bool taken(bool is_taken, const struct error *error) {
    bool refused = vector_is_refused(&vectors);
    if (is_taken == refused) {
        fail_msg("%s: was %s", vectors.about, is_taken ? "taken" : error->text);
    }
    return is_taken;
}

#endif
