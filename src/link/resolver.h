// Looks up the addresses of a name (name_search.h) on a loop.
#ifndef QUINIELA_LINK_RESOLVER_H
#define QUINIELA_LINK_RESOLVER_H

#include <uv.h>

struct resolver;

// Starts to look `host` up. Unless resolver_cancel comes first, `resolved` is called once on the loop's
// thread: with 0 and a list that the callee frees with uv_freeaddrinfo, or with libuv's error code. The
// resolver is gone then. NULL when there is no memory, descriptor or thread for it.
struct resolver *resolver_start(uv_loop_t *loop, const char *host, const char *port,
                                void (*resolved)(void *context, int failure, struct addrinfo *found),
                                void *context);

// Gives up: `resolved` will not be called. The loop must keep running for its part of the memory to be
// freed.
void resolver_cancel(struct resolver *resolver);

#endif
