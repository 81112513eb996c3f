// Listening sockets: binding them, and accepting what comes.
#include "net/internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ACCEPTS_AT_ONCE = 64 }; // then those who are connected have their turn

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

// The text as an address; NULL, or what is no numeric address, means every address of the family.
static union address address_from(const char *text, sa_family_t family, uint16_t port) {
    union address address = {0};
    address.any.sa_family = family;
    if (family == AF_INET) {
        address.v4.sin_port = htons(port);
        if (text != NULL) {
            inet_pton(AF_INET, text, &address.v4.sin_addr);
        }
    } else {
        address.v6.sin6_port = htons(port);
        if (text != NULL) {
            inet_pton(AF_INET6, text, &address.v6.sin6_addr);
        }
    }
    return address;
}

static int bind_family(const char *text, sa_family_t family, uint16_t *port, bool exclusive) {
    int descriptor = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) {
        return -1;
    }
    int on = 1, off = 0;
    union address address = address_from(text, family, *port);
    socklen_t length = family == AF_INET ? sizeof address.v4 : sizeof address.v6;
    bool bound =
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        (exclusive || setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0) &&
        (family == AF_INET || setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0) &&
        bind(descriptor, &address.any, length) == 0 && getsockname(descriptor, &address.any, &length) == 0;
    if (!bound) {
        int failure = errno;
        close(descriptor);
        errno = failure;
        return -1;
    }
    *port = ntohs(family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
    return descriptor;
}

int listener_bind(const char *text, uint16_t *port, bool exclusive, struct error *error) {
    unsigned char ignored[sizeof(struct in6_addr)];
    int descriptor;
    if (text != NULL && inet_pton(AF_INET, text, ignored) == 1) {
        descriptor = bind_family(text, AF_INET, port, exclusive);
    } else {
        descriptor = bind_family(text, AF_INET6, port, exclusive);
        if (descriptor < 0 && text == NULL && errno != EADDRINUSE && errno != EACCES) {
            descriptor = bind_family(NULL, AF_INET, port, exclusive); // a machine without IPv6
        }
    }
    if (descriptor < 0) {
        error_set_system(error, errno, "cannot listen on %s port %u", text == NULL ? "any address" : text,
                         *port);
    }
    return descriptor;
}

bool listener_look(int socket, uint16_t *port, char *address, size_t address_bytes, struct error *error) {
    union address bound = {0};
    socklen_t length = sizeof bound;
    if (getsockname(socket, &bound.any, &length) != 0) {
        return error_set_system(error, errno, "a socket that was handed over has no address");
    }
    address[0] = '\0';
    if (bound.any.sa_family == AF_INET) {
        *port = ntohs(bound.v4.sin_port);
        if (bound.v4.sin_addr.s_addr != htonl(INADDR_ANY)) {
            inet_ntop(AF_INET, &bound.v4.sin_addr, address, (socklen_t)address_bytes);
        }
    } else {
        *port = ntohs(bound.v6.sin6_port);
        if (!IN6_IS_ADDR_UNSPECIFIED(&bound.v6.sin6_addr)) {
            inet_ntop(AF_INET6, &bound.v6.sin6_addr, address, (socklen_t)address_bytes);
        }
    }
    return true;
}

bool listener_is_only_one(int socket, uint16_t port, struct error *error) {
    return listen(socket, 1) == 0 || error_set_system(error, errno, "cannot listen on port %u", port);
}

static bool is_full(const struct loop *loop) {
    return atomic_load(&loop->net->connections) >= loop->net->connections_max;
}

// Whether accept failed as there was nothing left to accept with, rather than by that one connection.
static bool is_exhausted(int failure) {
    return failure == EMFILE || failure == ENFILE || failure == ENOBUFS || failure == ENOMEM;
}

// Accepts one connection. Returns 0, or what accept failed with.
static int accept_one(struct listener *listener) {
    union address peer = {0};
    socklen_t length = sizeof peer;
    int descriptor = accept4(listener->descriptor, &peer.any, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor < 0) {
        return errno;
    }
    connection_accept(listener->loop, listener->port_index, descriptor, &peer.any);
    return 0;
}

// There is no room: for the one that is sure to be there, as this callback runs, another is closed. Only for
// that one, though: accept takes a descriptor before it looks whether anybody waits, and so says that there
// are none left also when nobody does.
static void accept_in_place_of_another(struct listener *listener, const char *reason) {
    if (!guard_make_room(listener->loop) || is_exhausted(accept_one(listener))) {
        guard_note_full(listener->loop, reason);
    }
}

static void on_connections(uv_poll_t *poll, int status, int events) {
    (void)status, (void)events;
    struct listener *listener = poll->data;
    struct loop *loop = listener->loop;
    if (is_full(loop)) {
        accept_in_place_of_another(listener, "as many connections as may be");
        return;
    }
    for (int i = 0; i < ACCEPTS_AT_ONCE && !is_full(loop); i++) {
        int failure = accept_one(listener);
        if (failure == EAGAIN) {
            return;
        }
        if (is_exhausted(failure)) {
            if (i == 0) {
                accept_in_place_of_another(listener, uv_strerror(uv_translate_sys_error(failure)));
            }
            return;
        }
    }
}

void listener_pause_all(struct loop *loop) {
    loop->accepting = false;
    for (int i = 0; i < loop->net->port_count; i++) {
        uv_poll_stop(&loop->listeners[i].poll);
    }
}

void listener_resume_all(struct loop *loop) {
    loop->accepting = true;
    for (int i = 0; i < loop->net->port_count; i++) {
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
