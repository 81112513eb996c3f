// What is to leave a connection: a queue of segments. A segment has bytes of its own, or refers to bytes that
// stay where they are. Nothing is kept while nothing is to leave.
#ifndef QUINIELA_NET_OUTPUT_H
#define QUINIELA_NET_OUTPUT_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct output_segment;

// All zeros: empty.
struct output {
    struct output_segment *first, *last;
    size_t unsent; // bytes that are to leave
    size_t kept;   // bytes of memory for that; what is only referred to does not count
};

// Adds a copy of the bytes. False when there is no memory; nothing is added then.
bool output_copy(struct output *output, const uint8_t *bytes, size_t length) MUST_CHECK;

// Adds bytes that stay as they are until they have left. False when there is no memory; nothing is added
// then.
bool output_refer(struct output *output, const uint8_t *bytes, size_t length) MUST_CHECK;

// Puts all of `from` behind what is in `output`; `from` is empty then.
void output_move(struct output *output, struct output *from);

// The bytes that leave first, all in one place, `most` at most; *length is 0 when there are none. They stay
// where they are until output_sent has taken them out, or output_free.
const uint8_t *output_first(const struct output *output, size_t most, size_t *length);

// The same, but as many as there are up to `most`: those of several segments are put together in `room`,
// which has `most` bytes. They are good until anything is done with `output` or `room`.
const uint8_t *output_gather(const struct output *output, uint8_t *room, size_t most, size_t *length);

// Takes out the first `length` bytes.
void output_sent(struct output *output, size_t length);

// Takes out everything.
void output_free(struct output *output);

// Takes out everything but what output_first shows, which somebody is just sending.
void output_free_rest(struct output *output);

#endif
