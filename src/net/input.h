// What a connection has read and the service has not consumed. A connection that waits for bytes keeps as
// little memory as it can: buffers of READ_BUFFER_BYTES go round among the connections of a loop.
//
// An input never decides whether there may be more memory. It says that it is full; its caller decides.
#ifndef QUINIELA_NET_INPUT_H
#define QUINIELA_NET_INPUT_H

#include "base/attributes.h"
#include "net/memory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// All zeros: nothing, and no buffer. Its bytes, from start to end, belong to it; HANDLER_PADDING_BYTES
// (net/handler.h) more than `capacity` are allocated.
struct input {
    uint8_t *bytes;
    size_t start, end, capacity;
};

// The buffers of a loop that nobody uses now. They count as held.
struct spares {
    struct memory *memory;
    void *first;
    int count;
};

// Whether there is room at `end`; the bytes may move to the buffer's beginning for that. False: it is full.
bool input_has_room(struct input *in);

// How many bytes of memory input_enlarge would add to a full input.
size_t input_growth(const struct input *in);

// Gives a full input room for more. False when there is no memory.
bool input_enlarge(struct input *in, struct spares *spares) MUST_CHECK;

// Gives up what is not needed to keep the rest.
void input_trim(struct input *in, struct spares *spares);

// Gives up everything.
void input_give_back(struct input *in, struct spares *spares);

// How many bytes of memory it takes.
size_t input_held(const struct input *in);

// Begins with none. `memory` is where they are counted, and outlives them.
void spares_begin(struct spares *spares, struct memory *memory);

// Frees all spare buffers: at the loop's end, and when memory is short.
void spares_free(struct spares *spares);

#endif
