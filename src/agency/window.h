// The chunks that have been sent but not acknowledged yet, oldest first.
#ifndef QUINIELA_AGENCY_WINDOW_H
#define QUINIELA_AGENCY_WINDOW_H

#include "agency/limits.h"
#include "base/error.h"
#include "bet/chunk.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// One of them.
struct sent {
    uint64_t end; // how many bets the agency has sent, up to and including this chunk
    uint32_t count;
    bool last; // says that the agency has no more bets
    bool asks; // for a list of the stored bets, starting at `end`
};

struct window {
    uint32_t agency;
    void (*send)(void *context, uint8_t *bytes, size_t length);
    void *context; // of `send`
    struct sent sent[WINDOW_MAX];
    uint32_t first, count; // a ring
};

// Encodes `chunk` as `sent` describes it, its first bet at `first`, and sends it. ERROR_NO_MEMORY.
bool window_send(struct window *window, const struct chunk *chunk, uint64_t first, const struct sent *sent,
                 struct error *error) MUST_CHECK;

// The oldest chunk; NULL when all are acknowledged.
const struct sent *window_oldest(const struct window *window);

// Removes the oldest chunk, once it is acknowledged.
void window_remove_oldest(struct window *window);

// Drops all of them: their connection is gone.
void window_clear(struct window *window);

#endif
