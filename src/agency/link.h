// A connection to the central, from looking its name up to its end: whole frames out, whole messages in.
#ifndef QUINIELA_AGENCY_LINK_H
#define QUINIELA_AGENCY_LINK_H

#include "agency/address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct link;

// What the owner is told, on the loop's thread, never from within link_open or link_send.
struct link_events {
    // Connected.
    void (*up)(void *context);
    // A message came, JSON_PADDING_BYTES readable behind it. The link may be closed from within.
    void (*message)(void *context, const uint8_t *bytes, size_t length);
    // It could not be made, or has ended: the last event. `reason` is for people. The owner still closes it.
    void (*down)(void *context, const char *reason);
};

// Begins to connect. The caller owns the link and ends it with link_close; NULL when there is no memory.
struct link *link_open(uv_loop_t *loop, const struct address *address, const struct link_events *events,
                       void *context);

// Sends a frame made with malloc, which is then the link's. In writes of WRITE_BYTES_MAX at most.
void link_send(struct link *link, uint8_t *frame, size_t length);

// Ends the link and nulls the caller's pointer: no event comes after it. The memory goes when the loop has
// run on.
void link_close(struct link **link);

// How many links' memory is not free yet. One that is stuck in looking up a name cannot be hurried.
int link_count(void);

#endif
