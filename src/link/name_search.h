// Looks up the addresses of a name. getaddrinfo(3) cannot be cancelled and may take a minute, so it runs on
// a detached thread with memory of its own. Its caller can give up at any time, and so can the program.
#ifndef QUINIELA_LINK_NAME_SEARCH_H
#define QUINIELA_LINK_NAME_SEARCH_H

#include <netdb.h>

struct name_search;

// Starts to look `host` up, as a stream socket's. The caller owns the search, and ends it with
// name_search_end. NULL when there is no memory, descriptor or thread for it.
struct name_search *name_search_start(const char *host, const char *port);

// Becomes readable when the answer has come. The search's.
int name_search_descriptor(const struct name_search *search);

// Ends it, whether or not the answer has come, and closes the descriptor. Returns 0 and a list that the
// caller frees with freeaddrinfo(3), NULL when none has come; or libuv's error code.
int name_search_end(struct name_search *search, struct addrinfo **found);

#endif
