#include "agency/window.h"

#include "agency/limits.h"

#include <assert.h>

bool sent_only_asks(const struct sent *sent) {
    return sent->count == 0 && !sent->last;
}

void window_send(struct window *window, struct chunk_writer *writer, const struct sent *sent) {
    assert(window->count < WINDOW_MAX);
    enum message_type type = sent->last ? MESSAGE_SEND_LAST_CHUNK : MESSAGE_SEND_CHUNK;
    chunk_writer_ask(writer, &sent->wants);
    size_t length = chunk_writer_end(writer, type, sent->asks ? (int64_t)sent->end : -1);
    window->sent[(window->first + window->count) % WINDOW_MAX] = *sent;
    window->count++;
    window->send(window->context, chunk_writer_take(writer), length);
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
