#include "net/input.h"

#include "net/internal.h"

#include <stdlib.h>
#include <string.h>

enum {
    SPARE_BUFFERS_MAX = 64,
    SMALL_REST_BYTES = 8 * 1024, // a rest up to this moves to a buffer of its own size
};

static uint8_t *take_buffer(struct loop *loop) {
    void **spare = loop->spare_buffers;
    if (spare == NULL) {
        return malloc(READ_BUFFER_BYTES + JSON_PADDING_BYTES);
    }
    loop->spare_buffers = *spare;
    loop->spare_buffer_count--;
    return (uint8_t *)spare;
}

void input_give_back(struct loop *loop, struct input *in) {
    if (in->capacity == READ_BUFFER_BYTES && loop->spare_buffer_count < SPARE_BUFFERS_MAX) {
        *(void **)(void *)in->bytes = loop->spare_buffers;
        loop->spare_buffers = in->bytes;
        loop->spare_buffer_count++;
    } else {
        free(in->bytes);
    }
    *in = (struct input){0};
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

bool input_make_room(struct loop *loop, struct input *in, const struct connection *asking) {
    if (in->capacity >= READ_BUFFER_BYTES && in->capacity - in->end >= in->capacity / 4) {
        return true;
    }
    size_t rest = in->end - in->start;
    if (in->capacity >= READ_BUFFER_BYTES && rest <= in->capacity / 2) {
        memmove(in->bytes, in->bytes + in->start, rest);
        in->start = 0;
        in->end = rest;
        return true;
    }
    size_t capacity = rest <= READ_BUFFER_BYTES / 2 ? READ_BUFFER_BYTES : rest * 2;
    if (!memory_make(loop, asking, capacity)) {
        return false;
    }
    return move(loop, in,
                capacity == READ_BUFFER_BYTES ? take_buffer(loop) : malloc(capacity + JSON_PADDING_BYTES),
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
        (void)!move(loop, in, malloc(rest + JSON_PADDING_BYTES), rest);
    }
}

void input_free_spares(struct loop *loop) {
    while (loop->spare_buffers != NULL) {
        void *buffer = loop->spare_buffers;
        loop->spare_buffers = *(void **)buffer;
        free(buffer);
    }
}
