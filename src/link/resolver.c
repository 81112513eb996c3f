#include "link/resolver.h"

#include "link/name_search.h"

#include <stdlib.h>

struct resolver {
    uv_poll_t poll; // of the search's descriptor
    struct name_search *search;
    void (*resolved)(void *context, int failure, struct addrinfo *found);
    void *context;
};

static void on_closed(uv_handle_t *handle) {
    free(handle->data);
}

// Takes the result, if there is one. libuv has stopped watching the descriptor before it is closed.
static int end(struct resolver *resolver, struct addrinfo **found) {
    struct name_search *search = resolver->search;
    uv_close((uv_handle_t *)&resolver->poll, on_closed);
    return name_search_end(search, found);
}

static void on_done(uv_poll_t *poll, int status, int events) {
    (void)status, (void)events;
    struct resolver *resolver = poll->data;
    struct addrinfo *found;
    int failure = end(resolver, &found);
    resolver->resolved(resolver->context, failure, found);
}

struct resolver *resolver_start(uv_loop_t *loop, const char *host, const char *port,
                                void (*resolved)(void *context, int failure, struct addrinfo *found),
                                void *context) {
    struct addrinfo *found;
    struct resolver *resolver = calloc(1, sizeof *resolver);
    struct name_search *search = resolver == NULL ? NULL : name_search_start(host, port);
    if (search == NULL || uv_poll_init(loop, &resolver->poll, name_search_descriptor(search)) != 0) {
        if (search != NULL) {
            (void)name_search_end(search, &found);
            uv_freeaddrinfo(found);
        }
        free(resolver);
        return NULL;
    }
    resolver->poll.data = resolver;
    resolver->search = search;
    resolver->resolved = resolved;
    resolver->context = context;
    uv_poll_start(&resolver->poll, UV_READABLE, on_done);
    return resolver;
}

void resolver_cancel(struct resolver *resolver) {
    struct addrinfo *found;
    (void)end(resolver, &found);
    uv_freeaddrinfo(found);
}
