// The address of a connection's other side.
#include "net/connection_parts.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

struct in6_addr peer_address_mapped(const struct sockaddr *address) {
    struct in6_addr v6 = IN6ADDR_ANY_INIT;
    if (address->sa_family == AF_INET) {
        v6.s6_addr[10] = v6.s6_addr[11] = 0xff;
        memcpy(&v6.s6_addr[12], &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
    } else if (address->sa_family == AF_INET6) {
        v6 = ((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    }
    return v6;
}

void connection_peer_bytes(const struct connection *connection,
                           uint8_t address[CONNECTION_ADDRESS_RAW_BYTES]) {
    memcpy(address, &connection->peer, CONNECTION_ADDRESS_RAW_BYTES);
}

void connection_peer(const struct connection *connection, char text[CONNECTION_ADDRESS_BYTES]) {
    const struct in6_addr *peer = &connection->peer;
    const char *written = IN6_IS_ADDR_V4MAPPED(peer)
                              ? inet_ntop(AF_INET, &peer->s6_addr[12], text, CONNECTION_ADDRESS_BYTES)
                              : inet_ntop(AF_INET6, peer, text, CONNECTION_ADDRESS_BYTES);
    assert(written != NULL); // as there is room
    (void)written;
}
