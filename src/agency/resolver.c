#include "agency/resolver.h"

#include "agency/limits.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

// The data shared by the thread and the loop. The last of them to finish frees it.
struct lookup {
    pthread_mutex_t mutex;
    int holders;
    int done; // an eventfd: tells the loop that there is a result. The loop owns and closes it
    char host[ADDRESS_BYTES_MAX], port[8];
    uv_loop_t loop; // libuv wants a loop to count the request on; nothing else runs on it
    int failure;
    struct addrinfo *found;
};

struct resolver {
    uv_poll_t poll; // of `done`
    struct lookup *lookup;
    void (*resolved)(void *context, int failure, struct addrinfo *found);
    void *context;
};

// The shared part -----------------------------------------------------------------------------------------

static struct lookup *new_lookup(const char *host, const char *port) {
    struct lookup *lookup = calloc(1, sizeof *lookup);
    if (lookup == NULL) {
        return NULL;
    }
    lookup->holders = 2;
    lookup->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (lookup->done < 0 || uv_loop_init(&lookup->loop) != 0) {
        if (lookup->done >= 0) {
            close(lookup->done);
        }
        free(lookup);
        return NULL;
    }
    snprintf(lookup->host, sizeof lookup->host, "%s", host);
    snprintf(lookup->port, sizeof lookup->port, "%s", port);
    pthread_mutex_init(&lookup->mutex, NULL);
    return lookup;
}

static void free_lookup(struct lookup *lookup) {
    uv_freeaddrinfo(lookup->found);
    uv_loop_close(&lookup->loop);
    pthread_mutex_destroy(&lookup->mutex);
    free(lookup);
}

// Called with the mutex held; releases it.
static void let_go(struct lookup *lookup) {
    bool is_last = --lookup->holders == 0;
    pthread_mutex_unlock(&lookup->mutex);
    if (is_last) {
        free_lookup(lookup);
    }
}

// The thread ----------------------------------------------------------------------------------------------

// Without a callback, libuv looks the name up synchronously, on this thread.
static int look_up(struct lookup *lookup, struct addrinfo **found) {
    uv_getaddrinfo_t request = {0};
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC};
    int failure = uv_getaddrinfo(&lookup->loop, &request, NULL, lookup->host, lookup->port, &hints);
    *found = request.addrinfo;
    return failure;
}

static void *run(void *context) {
    struct lookup *lookup = context;
    struct addrinfo *found = NULL;
    int failure = look_up(lookup, &found);
    pthread_mutex_lock(&lookup->mutex);
    lookup->failure = failure;
    lookup->found = found;
    if (lookup->holders == 2) {
        (void)!write(lookup->done, &(uint64_t){1}, sizeof(uint64_t)); // there is room for a 1
    }
    let_go(lookup);
    return NULL;
}

static bool start_thread(struct lookup *lookup) {
    pthread_t thread;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) {
        return false;
    }
    bool started = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) == 0 &&
                   pthread_create(&thread, &attributes, run, lookup) == 0;
    pthread_attr_destroy(&attributes);
    return started;
}

// The loop's side -----------------------------------------------------------------------------------------

static void on_closed(uv_handle_t *handle) {
    free(handle->data);
}

// Takes the result, if there is one, and leaves the rest to the thread.
static int end(struct resolver *resolver, struct addrinfo **found) {
    struct lookup *lookup = resolver->lookup;
    uv_close((uv_handle_t *)&resolver->poll, on_closed);
    pthread_mutex_lock(&lookup->mutex);
    close(lookup->done); // libuv has stopped watching it
    int failure = lookup->failure;
    *found = lookup->found;
    lookup->found = NULL;
    let_go(lookup);
    return failure;
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
    struct resolver *resolver = calloc(1, sizeof *resolver);
    struct lookup *lookup = resolver == NULL ? NULL : new_lookup(host, port);
    if (lookup == NULL || uv_poll_init(loop, &resolver->poll, lookup->done) != 0) {
        if (lookup != NULL) {
            close(lookup->done);
            free_lookup(lookup);
        }
        free(resolver);
        return NULL;
    }
    resolver->poll.data = resolver;
    resolver->lookup = lookup;
    resolver->resolved = resolved;
    resolver->context = context;
    if (!start_thread(lookup)) {
        lookup->holders = 1;
        resolver_cancel(resolver);
        return NULL;
    }
    uv_poll_start(&resolver->poll, UV_READABLE, on_done);
    return resolver;
}

void resolver_cancel(struct resolver *resolver) {
    struct addrinfo *found;
    (void)end(resolver, &found);
    uv_freeaddrinfo(found);
}
