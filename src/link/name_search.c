#include "link/name_search.h"

#include "agency/limits.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <uv.h>

// The data shared by the thread and whoever started it. The last of them to finish frees it.
struct name_search {
    pthread_mutex_t mutex;
    int holders;
    int done; // an eventfd: there is a result. Whoever started it closes it
    char host[ADDRESS_BYTES_MAX], port[8];
    uv_loop_t loop; // libuv wants a loop to count the request on; nothing else runs on it
    int failure;
    struct addrinfo *found;
};

// The shared part -----------------------------------------------------------------------------------------

static struct name_search *new_search(const char *host, const char *port) {
    struct name_search *search = calloc(1, sizeof *search);
    if (search == NULL) {
        return NULL;
    }
    search->holders = 2;
    search->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (search->done < 0 || uv_loop_init(&search->loop) != 0) {
        if (search->done >= 0) {
            close(search->done);
        }
        free(search);
        return NULL;
    }
    snprintf(search->host, sizeof search->host, "%s", host);
    snprintf(search->port, sizeof search->port, "%s", port);
    pthread_mutex_init(&search->mutex, NULL);
    return search;
}

static void free_search(struct name_search *search) {
    uv_freeaddrinfo(search->found);
    uv_loop_close(&search->loop);
    pthread_mutex_destroy(&search->mutex);
    free(search);
}

// Called with the mutex held; releases it.
static void let_go(struct name_search *search) {
    bool is_last = --search->holders == 0;
    pthread_mutex_unlock(&search->mutex);
    if (is_last) {
        free_search(search);
    }
}

// The thread ----------------------------------------------------------------------------------------------

// Without a callback, libuv looks the name up synchronously, on this thread.
static int look_up(struct name_search *search, struct addrinfo **found) {
    uv_getaddrinfo_t request = {0};
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC};
    int failure = uv_getaddrinfo(&search->loop, &request, NULL, search->host, search->port, &hints);
    *found = request.addrinfo;
    return failure;
}

static void *run(void *context) {
    struct name_search *search = context;
    struct addrinfo *found = NULL;
    int failure = look_up(search, &found);
    pthread_mutex_lock(&search->mutex);
    search->failure = failure;
    search->found = found;
    if (search->holders == 2) {
        (void)!write(search->done, &(uint64_t){1}, sizeof(uint64_t)); // there is room for a 1
    }
    let_go(search);
    return NULL;
}

static bool start_thread(struct name_search *search) {
    pthread_t thread;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) {
        return false;
    }
    bool started = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) == 0 &&
                   pthread_create(&thread, &attributes, run, search) == 0;
    pthread_attr_destroy(&attributes);
    return started;
}

// Whoever started it
// -----------------------------------------------------------------------------------------

struct name_search *name_search_start(const char *host, const char *port) {
    struct name_search *search = new_search(host, port);
    if (search != NULL && !start_thread(search)) {
        close(search->done);
        free_search(search);
        return NULL;
    }
    return search;
}

int name_search_descriptor(const struct name_search *search) {
    return search->done;
}

int name_search_end(struct name_search *search, struct addrinfo **found) {
    pthread_mutex_lock(&search->mutex);
    close(search->done);
    int failure = search->failure;
    *found = search->found;
    search->found = NULL;
    let_go(search);
    return failure;
}
