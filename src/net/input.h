// What a connection has read and nobody has taken yet. While it waits for bytes it keeps no more memory than
// it must: buffers of READ_BUFFER_BYTES go round among the connections of a loop.
#ifndef QUINIELA_NET_INPUT_H
#define QUINIELA_NET_INPUT_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct connection;

// All zeros: nothing, and no buffer. Its bytes, from start to end, belong to it; HANDLER_PADDING_BYTES more
// than `capacity` are allocated.
struct input {
    uint8_t *bytes;
    size_t start, end, capacity;
};

// Sees to it that there is room for more behind `end`; `asking` is whose it is. False when there is no
// memory.
bool input_make_room(struct loop *loop, struct input *in, const struct connection *asking) MUST_CHECK;

// Gives up what is not needed to keep the rest.
void input_trim(struct loop *loop, struct input *in);

// The bytes of memory that it takes.
size_t input_held(const struct input *in);

// Gives up everything.
void input_give_back(struct loop *loop, struct input *in);

// Frees the buffers that go round: at the loop's end, and when memory is short.
void input_free_spares(struct loop *loop);

#endif
