// Part of a text that somebody else owns, without a NUL at its end.
#ifndef QUINIELA_SEAL_SLICE_H
#define QUINIELA_SEAL_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
    const char *text;
    size_t length; // bytes
};

// The whole of a text that ends in a NUL.
static inline struct slice slice_of(const char *text) {
    return (struct slice){text, strlen(text)};
}

static inline bool slice_equal(struct slice one, struct slice other) {
    return one.length == other.length && (one.length == 0 || memcmp(one.text, other.text, one.length) == 0);
}

static inline bool slice_is(struct slice slice, const char *text) {
    return slice_equal(slice, slice_of(text));
}

static inline bool slice_begins(struct slice slice, const char *with) {
    size_t length = strlen(with);
    return slice.length >= length && (length == 0 || memcmp(slice.text, with, length) == 0);
}

// Less than, equal to or greater than 0, as `one` comes before, at or after `other` in the order of bytes.
static inline int slice_compare(struct slice one, struct slice other) {
    size_t length = one.length < other.length ? one.length : other.length;
    int order = length == 0 ? 0 : memcmp(one.text, other.text, length);
    return order != 0 ? order : (one.length > other.length) - (one.length < other.length);
}

#endif
