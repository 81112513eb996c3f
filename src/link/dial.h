// Connects to a host: looks its name up, then tries its addresses one after the other until one answers.
#ifndef QUINIELA_LINK_DIAL_H
#define QUINIELA_LINK_DIAL_H

#include "agency/address.h"

#include <uv.h>

struct dial;

// Starts to connect to `address`, which must stay valid until the dial is over. Unless dial_cancel comes
// first, `dialled` is called once on the loop's thread, and the dial is gone then. It gets a connected
// socket, which the callee closes with uv_close and then frees with free(3); or NULL and the reason, for
// people. NULL when out of memory.
struct dial *dial_start(uv_loop_t *loop, const struct address *address,
                        void (*dialled)(void *context, uv_tcp_t *socket, const char *reason), void *context);

// Gives up: `dialled` will not be called. The loop must keep running for the memory to be freed.
void dial_cancel(struct dial *dial);

#endif
