#include "link/dial.h"

#include "link/resolver.h"
#include "stream/tcp.h"

#include <stdio.h>
#include <stdlib.h>

// A socket that is being connected. libuv needs both until the socket is closed, even if the dial is gone by
// then.
struct attempt {
    uv_tcp_t socket; // the first member: the receiver of the socket frees the attempt through it
    uv_connect_t connecting;
};

struct dial {
    uv_loop_t *loop;
    const struct address *address;
    struct resolver *resolver;       // NULL once the name is known
    struct addrinfo *found, *trying; // all addresses, and the one being tried
    struct attempt *attempt;         // NULL: none is in progress
    void (*dialled)(void *context, uv_tcp_t *socket, const char *reason);
    void *context;
};

// The end -------------------------------------------------------------------------------------------------

static void on_attempt_closed(uv_handle_t *handle) {
    free(handle);
}

static void give_attempt_up(struct dial *dial) {
    if (dial->attempt != NULL) {
        uv_close((uv_handle_t *)&dial->attempt->socket, on_attempt_closed);
        dial->attempt = NULL;
    }
}

void dial_cancel(struct dial *dial) {
    if (dial->resolver != NULL) {
        resolver_cancel(dial->resolver);
    }
    give_attempt_up(dial);
    uv_freeaddrinfo(dial->found);
    free(dial);
}

static void succeed(struct dial *dial) {
    uv_tcp_t *socket = &dial->attempt->socket;
    void (*dialled)(void *context, uv_tcp_t *socket, const char *reason) = dial->dialled;
    void *context = dial->context;
    dial->attempt = NULL;
    dial_cancel(dial);
    dialled(context, socket, NULL);
}

static void fail(struct dial *dial, const char *reason) {
    void (*dialled)(void *context, uv_tcp_t *socket, const char *reason) = dial->dialled;
    void *context = dial->context;
    dial_cancel(dial);
    dialled(context, NULL, reason);
}

// The addresses -------------------------------------------------------------------------------------------

static void try_addresses(struct dial *dial, int failure);

static void on_connected(uv_connect_t *request, int status) {
    struct dial *dial = request->data;
    if (status == UV_ECANCELED) { // it was closed, and the dial may be gone
        return;
    }
    if (status == 0) {
        succeed(dial);
    } else {
        give_attempt_up(dial);
        dial->trying = dial->trying->ai_next;
        try_addresses(dial, status);
    }
}

// Returns 0 when on_connected will be called, otherwise libuv's error code.
static int start_attempt(struct dial *dial) {
    struct attempt *attempt = calloc(1, sizeof *attempt);
    int descriptor, failure = attempt == NULL ? UV_ENOMEM : 0;
    if (failure == 0) { // given the family, the socket exists before it connects
        failure = uv_tcp_init_ex(dial->loop, &attempt->socket, (unsigned)dial->trying->ai_addr->sa_family);
    }
    if (failure != 0) {
        free(attempt);
        return failure;
    }
    dial->attempt = attempt;
    if (uv_fileno((uv_handle_t *)&attempt->socket, &descriptor) == 0) {
        tcp_set_options(descriptor, &(struct tcp_options){.unacknowledged_ms = CONNECT_MS_MAX});
    }
    attempt->connecting.data = dial;
    failure = uv_tcp_connect(&attempt->connecting, &attempt->socket, dial->trying->ai_addr, on_connected);
    if (failure != 0) {
        give_attempt_up(dial);
    }
    return failure;
}

// Tries `trying` and the addresses after it, until an attempt is in progress. `failure` is the previous
// one's.
static void try_addresses(struct dial *dial, int failure) {
    while (dial->trying != NULL) {
        failure = start_attempt(dial);
        if (failure == 0) {
            return;
        }
        dial->trying = dial->trying->ai_next;
    }
    fail(dial, uv_strerror(failure));
}

// The name ------------------------------------------------------------------------------------------------

// An unknown name may become known: the network may not be up yet, or a container may start later.
static void fail_by_name(struct dial *dial, int failure) {
    char reason[ADDRESS_BYTES_MAX + 128];
    snprintf(reason, sizeof reason, "the name \"%s\" cannot be resolved: %s", dial->address->host,
             failure == UV_EAI_NONAME || failure == UV_EAI_NODATA ? "it is not known; is it spelled right?"
                                                                  : uv_strerror(failure));
    fail(dial, reason);
}

static void on_resolved(void *context, int failure, struct addrinfo *found) {
    struct dial *dial = context;
    dial->resolver = NULL;
    dial->found = dial->trying = found;
    if (failure != 0) {
        fail_by_name(dial, failure);
    } else {
        try_addresses(dial, 0);
    }
}

struct dial *dial_start(uv_loop_t *loop, const struct address *address,
                        void (*dialled)(void *context, uv_tcp_t *socket, const char *reason), void *context) {
    struct dial *dial = calloc(1, sizeof *dial);
    if (dial == NULL) {
        return NULL;
    }
    *dial = (struct dial){.loop = loop, .address = address, .dialled = dialled, .context = context};
    dial->resolver = resolver_start(loop, address->host, address->port, on_resolved, dial);
    if (dial->resolver == NULL) {
        free(dial);
        return NULL;
    }
    return dial;
}
