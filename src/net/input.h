// Bytes that a connection has read and the service has not consumed. A connection that waits for bytes keeps
// as little memory as it can: the connections of a loop share buffers of READ_BUFFER_BYTES.
//
// An input never decides whether it may take more memory. It reports that it is full, and its caller decides.
#ifndef QUINIELA_NET_INPUT_H
#define QUINIELA_NET_INPUT_H

#include "base/attributes.h"
#include "net/memory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// All zeros: empty, without a buffer. It owns the bytes from start to end; HANDLER_PADDING_BYTES
// (net/handler.h) more than `capacity` are allocated. Others read the members; only the functions below
// change them.
struct input {
    uint8_t *bytes;
    size_t start, end, capacity;
};

// The loop's buffers that are not in use. They count as held.
struct spares {
    struct memory *memory;
    void *first;
    int count;
};

// Whether there is room at `end`; the bytes may move to the beginning of the buffer to make it. False: full.
bool input_has_room(struct input *in);

// So many bytes have been written at `end`.
void input_came(struct input *in, size_t count);

// So many bytes at `start` are consumed.
void input_consumed(struct input *in, size_t count);

// Nobody wants the rest.
void input_drop(struct input *in);

// How many bytes of memory input_enlarge would add to a full input.
size_t input_growth(const struct input *in);

// Gives a full input room for more. False when there is no memory.
bool input_enlarge(struct input *in, struct spares *spares) MUST_CHECK;

// Gives up the memory that the rest does not need.
void input_trim(struct input *in, struct spares *spares);

// Gives up the whole buffer.
void input_give_back(struct input *in, struct spares *spares);

// How many bytes of memory the input takes.
size_t input_held(const struct input *in);

// Begins with no buffers. `memory` is where they are counted, and outlives them.
void spares_begin(struct spares *spares, struct memory *memory);

// Frees all spare buffers: at the loop's end, and when memory is short.
void spares_free(struct spares *spares);

#endif
