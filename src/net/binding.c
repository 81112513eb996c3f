#include "net/binding.h"

#include "net/place.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

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

// Binds every IPv6 address, and with them every IPv4 address; on a machine without IPv6, IPv4 alone.
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

// What the system's error code means, as far as we can know.
static const char *why(int failure) {
    return failure == EADDRINUSE      ? ", where another program listens already (another central?)"
           : failure == EADDRNOTAVAIL ? ", which is not an address of this machine"
                                      : "";
}

int binding_make(const struct sockaddr_storage *wanted, uint16_t *port, bool exclusive, struct error *error) {
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

bool binding_address(int socket, struct sockaddr_storage *address, struct error *error) {
    *address = (struct sockaddr_storage){0};
    socklen_t length = sizeof *address;
    return getsockname(socket, (struct sockaddr *)address, &length) == 0 ||
           error_set_system(error, errno, "a socket that was handed over has no address");
}

bool binding_is_only_one(int socket, uint16_t port, struct error *error) {
    return listen(socket, 1) == 0 || error_set_system(error, errno, "cannot listen on port %u", port);
}
