// Listening sockets: binding them, and accepting what comes.
#include "net/internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

static void on_connection(uv_stream_t *stream, int status) {
    struct listener *listener = stream->data;
    if (status == 0) {
        connection_accept(listener->loop, listener);
    }
}

bool listener_start(struct listener *listener, struct loop *loop, int port_index, int socket,
                    struct error *error) {
    listener->loop = loop;
    listener->port_index = port_index;
    listener->socket.data = listener;
    int failure = uv_tcp_open(&listener->socket, socket);
    if (failure != 0) {
        close(socket);
    } else {
        failure = uv_listen((uv_stream_t *)&listener->socket, loop->net->backlog, on_connection);
    }
    return failure == 0 || error_set(error, ERROR_SYSTEM, "cannot listen on port %u: %s",
                                     loop->net->ports[port_index], uv_strerror(failure));
}
