// Who is silent at all of several servers: put together from what each of them has heard.
#ifndef QUINIELA_CLI_STATUS_HEARD_H
#define QUINIELA_CLI_STATUS_HEARD_H

#include "cli/control_reply.h"
#include "cli/status_live.h"

#include <stddef.h>
#include <stdint.h>

struct silent;

struct status_heard {
    struct silent *all;
    size_t count, room;
    uint64_t up_s;  // how long the server runs whose answer is taken
    uint32_t until; // the agencies beyond this one are not known of all servers, and count as at work
};

// Takes what a server's answer to `live`, with `heard`, says. The first time *heard is zero but for `until`,
// UINT32_MAX. Without memory nobody counts as silent. No server has heard of anybody before it began: one
// that says so has not heard of that agency.
void status_heard_take(struct status_heard *heard, struct control_reply *reply);

// After the last one: keeps of each agency what the server says that has heard of it last.
void status_heard_settle(struct status_heard *heard);

// For how many seconds an agency has been silent, after that: PULSE_NEVER when nobody has heard of it, 0 when
// that is not known.
uint32_t status_heard_of(const struct status_heard *heard, uint32_t agency);

// Sets who is silent, of the agencies of `among`, in *live.
void status_heard_finish(struct status_heard *heard, const char *among, struct status_live *live);

void status_heard_free(struct status_heard *heard);

#endif
