#include "net/input.h"

#include "net/internal.h"
#include "net/limits.h"

#include "base/heap.h"

#include <stdlib.h>
#include <string.h>

enum {
    SPARE_BUFFERS_MAX = 64,
    SPARE_SHARE = 16,            // and no more than that part of what a loop may hold
    SMALL_REST_BYTES = 8 * 1024, // a rest up to this moves to a buffer of its own size
};

static uint8_t *take_buffer(struct loop *loop) {
    void **spare = loop->spare_buffers;
    if (spare == NULL) {
        return malloc(READ_BUFFER_BYTES + HANDLER_PADDING_BYTES);
    }
    loop->spare_buffers = *spare;
    loop->spare_buffer_count--;
    memory_add(loop, (size_t)0 - heap_block_bytes(spare));
    return (uint8_t *)spare;
}

static bool may_keep_spare(const struct loop *loop) {
    return loop->spare_buffer_count < SPARE_BUFFERS_MAX && !memory_is_short(loop) &&
           (size_t)loop->spare_buffer_count * READ_BUFFER_BYTES < loop_memory_share(loop) / SPARE_SHARE;
}

size_t input_held(const struct input *in) {
    return heap_block_bytes(in->bytes);
}

void input_give_back(struct loop *loop, struct input *in) {
    if (in->capacity == READ_BUFFER_BYTES && may_keep_spare(loop)) {
        *(void **)(void *)in->bytes = loop->spare_buffers;
        loop->spare_buffers = in->bytes;
        loop->spare_buffer_count++;
        memory_add(loop, heap_block_bytes(in->bytes));
    } else {
        free(in->bytes);
    }
    *in = (struct input){0};
}

// Puts the rest of the input at its buffer's beginning.
static void pack(struct input *in) {
    size_t rest = in->end - in->start;
    memmove(in->bytes, in->bytes + in->start, rest);
    in->start = 0;
    in->end = rest;
}

// Puts the rest of the input into a buffer of `capacity`, at its beginning.
static bool move(struct loop *loop, struct input *in, uint8_t *bytes, size_t capacity) {
    if (bytes == NULL) {
        return false;
    }
    size_t rest = in->end - in->start;
    if (rest > 0) {
        memcpy(bytes, in->bytes + in->start, rest);
    }
    input_give_back(loop, in);
    *in = (struct input){.bytes = bytes, .end = rest, .capacity = capacity};
    return true;
}

// Larger than the buffers that go round. The heap lets it grow where it is, or the system moves its pages,
// where that can be done: mostly there is no second one of it.
static bool grow(struct loop *loop, struct input *in, size_t capacity, const struct connection *asking) {
    if (!memory_make(loop, asking, capacity - in->capacity)) {
        return false;
    }
    pack(in);
    uint8_t *bytes = realloc(in->bytes, capacity + HANDLER_PADDING_BYTES);
    if (bytes == NULL) {
        return false;
    }
    in->bytes = bytes;
    in->capacity = capacity;
    return true;
}

bool input_make_room(struct loop *loop, struct input *in, const struct connection *asking) {
    if (in->capacity >= READ_BUFFER_BYTES && in->capacity - in->end >= in->capacity / 4) {
        return true;
    }
    size_t rest = in->end - in->start;
    if (in->capacity >= READ_BUFFER_BYTES && rest <= in->capacity / 2) {
        pack(in);
        return true;
    }
    size_t capacity = rest <= READ_BUFFER_BYTES / 2 ? READ_BUFFER_BYTES : rest * 2;
    if (in->capacity > READ_BUFFER_BYTES && capacity > in->capacity) {
        return grow(loop, in, capacity, asking);
    }
    if (!memory_make(loop, asking, capacity)) {
        return false;
    }
    return move(loop, in,
                capacity == READ_BUFFER_BYTES ? take_buffer(loop) : malloc(capacity + HANDLER_PADDING_BYTES),
                capacity);
}

// A small rest moves to a buffer of its own size; when memory is short, a large one, too.
void input_trim(struct loop *loop, struct input *in) {
    size_t rest = in->end - in->start;
    if (in->bytes == NULL) {
        return;
    }
    bool is_short = memory_is_short(loop);
    if (rest == 0) {
        input_give_back(loop, in);
    } else if (in->capacity >= READ_BUFFER_BYTES &&
               (rest <= SMALL_REST_BYTES || (is_short && rest <= in->capacity / 2))) {
        // Failing is harmless: the rest stays where it is.
        (void)!move(loop, in, malloc(rest + HANDLER_PADDING_BYTES), rest);
    }
}

void input_free_spares(struct loop *loop) {
    while (loop->spare_buffers != NULL) {
        free(take_buffer(loop));
    }
}
