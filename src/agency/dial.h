// Connects to a host: looks its name up, then tries its addresses one after the other until one answers.
#ifndef QUINIELA_AGENCY_DIAL_H
#define QUINIELA_AGENCY_DIAL_H

#include "agency/address.h"

#include <uv.h>

struct dial;

// Starts to connect to `address`, which must stay where it is until then. Unless dial_cancel comes first,
// `dialled` is called once on the loop's thread, and the dial is gone then: with a connected socket, which
// the callee closes with uv_close and then frees with free(3), or with NULL and the reason, for people. NULL
// when there is no memory.
struct dial *dial_start(uv_loop_t *loop, const struct address *address,
                        void (*dialled)(void *context, uv_tcp_t *socket, const char *reason), void *context);

// Gives up: `dialled` will not be called. The loop has to run on for the memory to be freed.
void dial_cancel(struct dial *dial);

#endif
