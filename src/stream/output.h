// Bytes waiting to leave by a socket: a queue of segments. A segment has bytes of its own, or refers to bytes
// that stay where they are. An empty queue keeps no memory.
#ifndef QUINIELA_STREAM_OUTPUT_H
#define QUINIELA_STREAM_OUTPUT_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct output_segment;

// All zeros: empty.
struct output {
    struct output_segment *first, *last;
    size_t unsent; // bytes still to leave
    size_t kept;   // bytes of memory held for them; bytes only referred to do not count
};

// Adds a copy of the bytes. False when there is no memory; then nothing is added.
bool output_copy(struct output *output, const uint8_t *bytes, size_t length) MUST_CHECK;

// Adds bytes without copying them: they must stay unchanged until they have left. False when there is no
// memory; then nothing is added.
bool output_refer(struct output *output, const uint8_t *bytes, size_t length) MUST_CHECK;

// Adds bytes allocated with malloc and takes them over: they are freed once they have left, or immediately if
// this fails. False when there is no memory; then nothing is added.
bool output_take(struct output *output, uint8_t *bytes, size_t length) MUST_CHECK;

// Appends all of `from`, which is empty afterwards.
void output_move(struct output *output, struct output *from);

// The bytes that leave first, in one piece of at most `most`; *length is 0 when there are none. They stay in
// place until output_sent or output_free removes them.
const uint8_t *output_first(const struct output *output, size_t most, size_t *length);

// The same, but as many as there are, up to `most`: bytes of several segments are gathered in `room`, which
// has `most` bytes. The result is valid until `output` or `room` changes.
const uint8_t *output_gather(const struct output *output, uint8_t *room, size_t most, size_t *length);

// Removes the first `length` bytes.
void output_sent(struct output *output, size_t length);

// Removes everything.
void output_free(struct output *output);

// Removes everything except the segment that output_first returned, which is being sent.
void output_free_rest(struct output *output);

#endif
