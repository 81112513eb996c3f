// Every text that differs in one bit from one that holds.
#ifndef QUINIELA_TESTS_SEAL_FLIPS_H
#define QUINIELA_TESTS_SEAL_FLIPS_H

#include "cmocka_all.h"

#include "seal/errors.h"
#include "seal/slice.h"

#include <stdlib.h>

// Whether the text holds; if not, `error` says why.
typedef bool flips_check(void *context, struct slice text, struct error *error);

// Whether an error says that somebody is wrong, and why. Not for want of memory, and not without words.
static inline void assert_refused(const struct error *error) {
    assert_true(error->code == ERROR_BAD_FORM || error->code == ERROR_FALSE_CLAIM);
    assert_true(error->text[0] != '\0');
}

// Asserts that the text holds, and that none of those that differ from it in one bit of the bytes from
// `first` on, before `end`, does. Returns how many were refused.
static inline size_t assert_flips_refused_between(struct slice text, size_t first, size_t end,
                                                  flips_check *check, void *context) {
    struct error error;
    char *copy = malloc(text.length); // exactly as long, so that reading on is seen
    assert_non_null(copy);
    memcpy(copy, text.text, text.length);
    struct slice flipped = {copy, text.length};
    if (!check(context, flipped, &error)) {
        fail_msg("it does not hold: %s", error.text);
    }
    for (size_t bit = 8 * first; bit < 8 * end; bit++) {
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        if (check(context, flipped, &error)) {
            fail_msg("bit %zu of byte %zu was changed, and it holds:\n%.*s", bit % 8, bit / 8,
                     (int)text.length, copy);
        }
        assert_refused(&error);
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
    }
    free(copy);
    return 8 * (end - first);
}

static inline size_t assert_flips_refused(struct slice text, flips_check *check, void *context) {
    return assert_flips_refused_between(text, 0, text.length, check, context);
}

// How far apart the bits are that a story changes whose checks are slow: every ninth, and so each byte has
// its turn; every one when QUINIELA_FLIPS is "all".
static inline size_t flips_step(void) {
    const char *wanted = getenv("QUINIELA_FLIPS");
    return wanted != NULL && strcmp(wanted, "all") == 0 ? 1 : 9;
}

// Asserts that no beginning of the text holds, nor the text with a byte more.
static inline void assert_lengths_refused(struct slice text, flips_check *check, void *context) {
    struct error error;
    for (size_t length = 0; length <= text.length + 1; length++) {
        char *copy = malloc(length + 1);
        assert_non_null(copy);
        memcpy(copy, text.text, length < text.length ? length : text.length);
        copy[length] = '\n';
        copy[length > 0 ? length - 1 : 0] = length > text.length ? '\n' : copy[length > 0 ? length - 1 : 0];
        bool holds = check(context, (struct slice){copy, length}, &error);
        free(copy);
        if (holds != (length == text.length)) {
            fail_msg("%zu bytes of %zu: %s", length, text.length, holds ? "it holds" : error.text);
        }
    }
}

#endif
