#include "net/listener.h"

#include "net/connections.h"
#include "net/eviction.h"
#include "net/socket.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ACCEPTS_AT_ONCE = 64 }; // then the connected peers get their turn

// Accepting -----------------------------------------------------------------------------------------------

// Whether accept failed because nothing was left to accept with, rather than because of that one connection.
static bool is_exhausted(int failure) {
    return failure == EMFILE || failure == ENFILE || failure == ENOBUFS || failure == ENOMEM;
}

// Accepts one connection. Returns 0, or the errno of accept.
static int accept_one(struct listener *listener) {
    struct sockaddr_storage peer = {0};
    socklen_t length = sizeof peer;
    struct sockaddr *any = (struct sockaddr *)&peer;
    int descriptor = accept4(listener->descriptor, any, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor < 0) {
        return errno;
    }
    connection_accept(listener->all->connections, listener->port_index, descriptor, any);
    return 0;
}

// There is no room. One connection is certainly waiting, since this callback runs: another is closed for it,
// but no more than one. Accept takes a descriptor before it checks for a waiting connection, so it reports
// that none are left even when no connection waits.
static void accept_in_place_of_another(struct listener *listener, enum wants_room wanted,
                                       const char *reason) {
    struct listeners *all = listener->all;
    if (!eviction_make_room(all->connections, wanted) || is_exhausted(accept_one(listener))) {
        guard_stop_accepting(all->guard, wanted, reason);
        listeners_follow_guard(all);
    }
}

static void accept_some(struct listener *listener) {
    const struct capacity *capacity = listener->all->connections->capacity;
    if (capacity_is_full(capacity)) {
        accept_in_place_of_another(listener, WANTS_PLACE, "the limit on connections is reached");
        return;
    }
    for (int i = 0; i < ACCEPTS_AT_ONCE && !capacity_is_full(capacity); i++) {
        int failure = accept_one(listener);
        if (is_exhausted(failure) && i == 0) {
            accept_in_place_of_another(listener, WANTS_DESCRIPTOR,
                                       uv_strerror(uv_translate_sys_error(failure)));
        }
        if (is_exhausted(failure) || failure == EAGAIN) {
            return;
        }
    }
}

static void on_connections(uv_poll_t *poll, int status, int events) {
    (void)status, (void)events;
    struct listener *listener = poll->data;
    accept_some(listener);
    connections_settle(listener->all->connections);
}

void listeners_follow_guard(struct listeners *listeners) {
    for (int i = 0; i < listeners->count; i++) {
        uv_poll_t *poll = &listeners->each[i].poll;
        if (listeners->guard->is_accepting) {
            uv_poll_start(poll, UV_READABLE, on_connections);
        } else {
            uv_poll_stop(poll);
        }
    }
}

// From their beginning to their end -----------------------------------------------------------------------

void listeners_begin(struct listeners *listeners, struct connections *connections, struct guard *guard,
                     const struct ports *ports) {
    listeners->connections = connections;
    listeners->guard = guard;
    listeners->ports = ports;
}

bool listeners_add(struct listeners *listeners, int port_index, int socket, struct error *error) {
    struct listener *listener = &listeners->each[listeners->count];
    listener->port_index = port_index;
    listener->descriptor = socket;
    listener->poll.data = listener;
    int failure = uv_poll_init(listeners->connections->uv, &listener->poll, socket);
    if (failure != 0) {
        close(socket);
        return error_set(error, ERROR_SYSTEM, "cannot listen on port %u: %s",
                         listeners->ports->numbers[port_index], uv_strerror(failure));
    }
    listener->all = listeners;
    listeners->count++;
    return true;
}

bool listeners_start(struct listeners *listeners, int backlog, struct error *error) {
    for (int i = 0; i < listeners->count; i++) {
        struct listener *listener = &listeners->each[i];
        unsigned port = listeners->ports->numbers[listener->port_index];
        if (listen(listener->descriptor, backlog) != 0) {
            return error_set_system(error, errno, "cannot listen on port %u", port);
        }
        int failure = uv_poll_start(&listener->poll, UV_READABLE, on_connections);
        if (failure != 0) {
            return error_set(error, ERROR_SYSTEM, "cannot listen on port %u: %s", port, uv_strerror(failure));
        }
    }
    return true;
}

bool listener_close(struct listener *listener) {
    if (listener->all == NULL || uv_is_closing((uv_handle_t *)&listener->poll)) {
        return false;
    }
    uv_close((uv_handle_t *)&listener->poll, NULL);
    close(listener->descriptor);
    return true;
}
