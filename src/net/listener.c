// Listening sockets: binding them, and accepting what comes.
#include "net/internal.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ACCEPTS_AT_ONCE = 64 }; // then those who are connected have their turn

static int bind_one(struct sockaddr_storage *address, bool exclusive) {
    int descriptor = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) {
        return -1;
    }
    int on = 1, off = 0;
    bool is_v4 = address->ss_family == AF_INET;
    socklen_t length = place_address_bytes(address);
    struct sockaddr *any = (struct sockaddr *)address;
    bool bound = setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                 (exclusive || setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0) &&
                 (is_v4 || setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0) &&
                 bind(descriptor, any, length) == 0 && getsockname(descriptor, any, &length) == 0;
    if (!bound) {
        int failure = errno;
        close(descriptor);
        errno = failure;
        return -1;
    }
    return descriptor;
}

// Every address of IPv6, and so of IPv4, too; or of IPv4 alone, on a machine without IPv6.
static int bind_everywhere(struct sockaddr_storage *address, uint16_t port, bool exclusive) {
    *address = (struct sockaddr_storage){.ss_family = AF_INET6};
    place_set_port(address, port);
    int descriptor = bind_one(address, exclusive);
    if (descriptor < 0 && errno != EADDRINUSE && errno != EACCES) {
        *address = (struct sockaddr_storage){.ss_family = AF_INET};
        place_set_port(address, port);
        descriptor = bind_one(address, exclusive);
    }
    return descriptor;
}

// What is behind the system's words, as far as it can be known.
static const char *why(int failure) {
    return failure == EADDRINUSE      ? ", where another program listens already (another central?)"
           : failure == EADDRNOTAVAIL ? ", which is no address of this machine"
                                      : "";
}

int listener_bind(const struct sockaddr_storage *wanted, uint16_t *port, bool exclusive,
                  struct error *error) {
    struct sockaddr_storage address;
    int descriptor;
    if (wanted == NULL) {
        descriptor = bind_everywhere(&address, *port, exclusive);
    } else {
        address = *wanted;
        place_set_port(&address, *port);
        descriptor = bind_one(&address, exclusive);
    }
    if (descriptor < 0) {
        int failure = errno;
        char text[PLACE_TEXT_BYTES] = "any address";
        if (wanted != NULL) {
            place_show_address(wanted, text);
        }
        error_set_system(error, failure, "cannot listen on %s port %u%s", text, *port, why(failure));
        errno = failure;
        return -1;
    }
    *port = (uint16_t)place_port(&address);
    return descriptor;
}

bool listener_look(int socket, struct sockaddr_storage *address, struct error *error) {
    *address = (struct sockaddr_storage){0};
    socklen_t length = sizeof *address;
    return getsockname(socket, (struct sockaddr *)address, &length) == 0 ||
           error_set_system(error, errno, "a socket that was handed over has no address");
}

bool listener_is_only_one(int socket, uint16_t port, struct error *error) {
    return listen(socket, 1) == 0 || error_set_system(error, errno, "cannot listen on port %u", port);
}

// Whether accept failed as there was nothing left to accept with, rather than by that one connection.
static bool is_exhausted(int failure) {
    return failure == EMFILE || failure == ENFILE || failure == ENOBUFS || failure == ENOMEM;
}

// Accepts one connection. Returns 0, or what accept failed with.
static int accept_one(struct listener *listener) {
    struct sockaddr_storage peer = {0};
    socklen_t length = sizeof peer;
    struct sockaddr *any = (struct sockaddr *)&peer;
    int descriptor = accept4(listener->descriptor, any, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor < 0) {
        return errno;
    }
    connection_accept(listener->loop, listener->port_index, descriptor, any);
    return 0;
}

// There is no room: for the one that is sure to be there, as this callback runs, another is closed. Only for
// that one, though: accept takes a descriptor before it looks whether anybody waits, and so says that there
// are none left also when nobody does.
static void accept_in_place_of_another(struct listener *listener, enum wants_room wanted,
                                       const char *reason) {
    if (!guard_make_room(listener->loop, wanted) || is_exhausted(accept_one(listener))) {
        guard_note_full(listener->loop, wanted, reason);
    }
}

static void on_connections(uv_poll_t *poll, int status, int events) {
    (void)status, (void)events;
    struct listener *listener = poll->data;
    struct loop *loop = listener->loop;
    if (net_is_full(loop->net)) {
        accept_in_place_of_another(listener, WANTS_PLACE, "as many connections as may be");
        return;
    }
    for (int i = 0; i < ACCEPTS_AT_ONCE && !net_is_full(loop->net); i++) {
        int failure = accept_one(listener);
        if (failure == EAGAIN) {
            return;
        }
        if (is_exhausted(failure)) {
            if (i == 0) {
                accept_in_place_of_another(listener, WANTS_DESCRIPTOR,
                                           uv_strerror(uv_translate_sys_error(failure)));
            }
            return;
        }
    }
}

void listener_pause_all(struct loop *loop) {
    loop->accepting = false;
    for (int i = 0; i < loop->listener_count; i++) {
        uv_poll_stop(&loop->listeners[i].poll);
    }
}

void listener_resume_all(struct loop *loop) {
    loop->accepting = true;
    atomic_store(&loop->wants_room, WANTS_NOTHING);
    for (int i = 0; i < loop->listener_count; i++) {
        uv_poll_start(&loop->listeners[i].poll, UV_READABLE, on_connections);
    }
}

bool listener_add(struct listener *listener, struct loop *loop, int port_index, int socket,
                  struct error *error) {
    listener->port_index = port_index;
    listener->descriptor = socket;
    listener->poll.data = listener;
    int failure = uv_poll_init(&loop->uv, &listener->poll, socket);
    if (failure != 0) {
        close(socket);
        return error_set(error, ERROR_SYSTEM, "cannot listen on port %u: %s", loop->net->ports[port_index],
                         uv_strerror(failure));
    }
    listener->loop = loop;
    return true;
}

bool listener_start(struct listener *listener, struct error *error) {
    const struct net *net = listener->loop->net;
    if (listen(listener->descriptor, net->backlog) != 0) {
        return error_set_system(error, errno, "cannot listen on port %u", net->ports[listener->port_index]);
    }
    int failure = uv_poll_start(&listener->poll, UV_READABLE, on_connections);
    return failure == 0 || error_set(error, ERROR_SYSTEM, "cannot listen on port %u: %s",
                                     net->ports[listener->port_index], uv_strerror(failure));
}

bool listener_close(struct listener *listener) {
    if (listener->loop == NULL || uv_is_closing((uv_handle_t *)&listener->poll)) {
        return false;
    }
    uv_close((uv_handle_t *)&listener->poll, NULL);
    close(listener->descriptor);
    return true;
}
