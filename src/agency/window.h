// The chunks that have been sent but not acknowledged yet, oldest first.
#ifndef QUINIELA_AGENCY_WINDOW_H
#define QUINIELA_AGENCY_WINDOW_H

#include "agency/limits.h"
#include "bet/chunk.h"
#include "wire/chunk_writer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// One of them.
struct sent {
    uint64_t end; // how many bets the agency has sent, up to and including this chunk
    uint32_t count;
    bool last; // says that the agency has no more bets
    bool asks; // for a list of the stored bets, starting at `end`
    struct message_asks wants;
    uint8_t digest[CHUNK_DIGEST_BYTES]; // of its bets, where a receipt is wanted
};

// Whether it stores nothing, and says nothing of the agency's end.
bool sent_only_asks(const struct sent *sent);

struct window {
    void (*send)(void *context, uint8_t *bytes, size_t length);
    void *context; // of `send`
    struct sent sent[WINDOW_MAX];
    uint32_t first, count; // a ring
};

// Ends the writer's message as `sent` describes it, and sends it.
void window_send(struct window *window, struct chunk_writer *writer, const struct sent *sent);

// The oldest chunk; NULL when all are acknowledged.
const struct sent *window_oldest(const struct window *window);

// Removes the oldest chunk, once it is acknowledged.
void window_remove_oldest(struct window *window);

// Drops all of them: their connection is gone.
void window_clear(struct window *window);

#endif
