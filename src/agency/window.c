#include "agency/window.h"

#include "agency/limits.h"
#include "wire/message.h"

#include <assert.h>
#include <stdlib.h>

bool window_send(struct window *window, const struct chunk *chunk, uint64_t first, const struct sent *sent,
                 struct error *error) {
    assert(window->count < WINDOW_MAX);
    uint8_t *frame = malloc(message_encoded_max(chunk));
    if (frame == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a chunk");
    }
    enum message_type type = sent->last ? MESSAGE_SEND_LAST_CHUNK : MESSAGE_SEND_CHUNK;
    size_t length = sent->asks ? message_encode_asking_chunk(frame, window->agency, sent->end, chunk)
                               : message_encode_chunk(frame, type, window->agency, (int64_t)first, chunk);
    window->sent[(window->first + window->count) % WINDOW_MAX] = *sent;
    window->count++;
    window->send(window->context, frame, length);
    return true;
}

const struct sent *window_oldest(const struct window *window) {
    return window->count == 0 ? NULL : &window->sent[window->first];
}

void window_remove_oldest(struct window *window) {
    assert(window->count > 0);
    window->first = (window->first + 1) % WINDOW_MAX;
    window->count--;
}

void window_clear(struct window *window) {
    window->first = window->count = 0;
}
