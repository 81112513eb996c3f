#include "net/input.h"

#include "base/heap.h"
#include "net/handler.h"
#include "net/limits.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    SPARE_BUFFERS_MAX = 64,
    SPARE_SHARE = 16,            // and at most this part of what a loop may hold
    SMALL_REST_BYTES = 8 * 1024, // a rest of up to this size moves to a buffer of its own size
};

// Spare buffers -------------------------------------------------------------------------------------------

static uint8_t *take_buffer(struct spares *spares) {
    void **spare = spares->first;
    if (spare == NULL) {
        return malloc(READ_BUFFER_BYTES + HANDLER_PADDING_BYTES);
    }
    spares->first = *spare;
    spares->count--;
    memory_add(spares->memory, (size_t)0 - heap_block_bytes(spare));
    return (uint8_t *)spare;
}

static bool may_keep_spare(const struct spares *spares) {
    return spares->count < SPARE_BUFFERS_MAX && !memory_is_short(spares->memory) &&
           (size_t)spares->count * READ_BUFFER_BYTES < memory_share(spares->memory) / SPARE_SHARE;
}

void input_give_back(struct input *in, struct spares *spares) {
    if (in->capacity == READ_BUFFER_BYTES && may_keep_spare(spares)) {
        *(void **)(void *)in->bytes = spares->first;
        spares->first = in->bytes;
        spares->count++;
        memory_add(spares->memory, heap_block_bytes(in->bytes));
    } else {
        free(in->bytes);
    }
    *in = (struct input){0};
}

void spares_begin(struct spares *spares, struct memory *memory) {
    *spares = (struct spares){.memory = memory};
}

void spares_free(struct spares *spares) {
    while (spares->first != NULL) {
        free(take_buffer(spares));
    }
}

// What is in it -------------------------------------------------------------------------------------------

void input_came(struct input *in, size_t count) {
    assert(count <= in->capacity - in->end);
    in->end += count;
}

void input_consumed(struct input *in, size_t count) {
    assert(count <= in->end - in->start);
    in->start += count;
}

void input_drop(struct input *in) {
    in->start = in->end;
}

// Room ----------------------------------------------------------------------------------------------------

size_t input_held(const struct input *in) {
    return heap_block_bytes(in->bytes);
}

static size_t rest_of(const struct input *in) {
    return in->end - in->start;
}

// Moves the rest of the input to the beginning of its buffer.
static void pack(struct input *in) {
    size_t rest = rest_of(in);
    memmove(in->bytes, in->bytes + in->start, rest);
    in->start = 0;
    in->end = rest;
}

bool input_has_room(struct input *in) {
    if (in->capacity < READ_BUFFER_BYTES) {
        return false;
    }
    if (in->capacity - in->end >= in->capacity / 4) {
        return true;
    }
    if (rest_of(in) <= in->capacity / 2) {
        pack(in);
        return true;
    }
    return false;
}

static size_t next_capacity(const struct input *in) {
    size_t rest = rest_of(in);
    return rest <= READ_BUFFER_BYTES / 2 ? READ_BUFFER_BYTES : rest * 2;
}

// Whether the buffer is larger than the shared ones. The heap can usually grow such a buffer in place, or the
// system moves its pages, so there is no second copy.
static bool grows_in_place(const struct input *in) {
    return in->capacity > READ_BUFFER_BYTES && next_capacity(in) > in->capacity;
}

size_t input_growth(const struct input *in) {
    return grows_in_place(in) ? next_capacity(in) - in->capacity : next_capacity(in);
}

// Moves the rest of the input to the beginning of `bytes`, a buffer of `capacity`.
static bool move(struct input *in, struct spares *spares, uint8_t *bytes, size_t capacity) {
    if (bytes == NULL) {
        return false;
    }
    size_t rest = rest_of(in);
    if (rest > 0) {
        memcpy(bytes, in->bytes + in->start, rest);
    }
    input_give_back(in, spares);
    *in = (struct input){.bytes = bytes, .end = rest, .capacity = capacity};
    return true;
}

static bool grow(struct input *in, size_t capacity) {
    pack(in);
    uint8_t *bytes = realloc(in->bytes, capacity + HANDLER_PADDING_BYTES);
    if (bytes == NULL) {
        return false;
    }
    in->bytes = bytes;
    in->capacity = capacity;
    return true;
}

bool input_enlarge(struct input *in, struct spares *spares) {
    size_t capacity = next_capacity(in);
    if (grows_in_place(in)) {
        return grow(in, capacity);
    }
    bool goes_round = capacity == READ_BUFFER_BYTES;
    return move(in, spares, goes_round ? take_buffer(spares) : malloc(capacity + HANDLER_PADDING_BYTES),
                capacity);
}

// A small rest moves to a buffer of its own size; when memory is short, so does a large one.
void input_trim(struct input *in, struct spares *spares) {
    size_t rest = rest_of(in);
    if (in->bytes == NULL) {
        return;
    }
    bool is_short = memory_is_short(spares->memory);
    if (rest == 0) {
        input_give_back(in, spares);
    } else if (in->capacity >= READ_BUFFER_BYTES &&
               (rest <= SMALL_REST_BYTES || (is_short && rest <= in->capacity / 2))) {
        // Failure is harmless: the rest stays where it is.
        (void)!move(in, spares, malloc(rest + HANDLER_PADDING_BYTES), rest);
    }
}
