#include "net/identity.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

// Its address ---------------------------------------------------------------------------------------------

struct in6_addr identity_mapped(const struct sockaddr *address) {
    struct in6_addr v6 = IN6ADDR_ANY_INIT;
    if (address->sa_family == AF_INET) {
        v6.s6_addr[10] = v6.s6_addr[11] = 0xff;
        memcpy(&v6.s6_addr[12], &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
    } else if (address->sa_family == AF_INET6) {
        v6 = ((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    }
    return v6;
}

void connection_peer(const struct connection *connection, char text[CONNECTION_ADDRESS_BYTES]) {
    const struct in6_addr *peer = &connection->peer;
    const char *written = IN6_IS_ADDR_V4MAPPED(peer)
                              ? inet_ntop(AF_INET, &peer->s6_addr[12], text, CONNECTION_ADDRESS_BYTES)
                              : inet_ntop(AF_INET6, peer, text, CONNECTION_ADDRESS_BYTES);
    assert(written != NULL); // there is room
    (void)written;
}

uint64_t connection_source(const struct connection *connection) {
    return peers_source(&connection->peer);
}

// Its certificate -----------------------------------------------------------------------------------------

const char *connection_identity(const struct connection *connection) {
    struct tls_session *session = transport_session(&connection->transport);
    return session == NULL ? NULL : tls_session_identity(session);
}

void connection_certificate(const struct connection *connection, struct connection_certificate *certificate) {
    struct tls_session *session = transport_session(&connection->transport);
    *certificate = session == NULL ? (struct connection_certificate){"", false}
                                   : (struct connection_certificate){tls_session_serial(session),
                                                                     tls_session_was_resumed(session)};
}

// Its claim -----------------------------------------------------------------------------------------------

void connection_claim(struct connection *connection, uint32_t claim) {
    struct connections *all = connection->all;
    bool proven = transport_is_secure(&connection->transport);
    if (connection->stage != STAGE_CLOSED) {
        connection->place = peers_move(all->peers, connection->place, &connection->peer, claim, proven);
        if (proven) {
            all->events->claimed(all->loop, connection);
        }
    }
}
