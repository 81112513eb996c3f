// A peer without a certificate, for whom there is always room: what net/connection.h promises of it.
#ifndef QUINIELA_TESTS_PLAIN_PEER_STUB_H
#define QUINIELA_TESTS_PLAIN_PEER_STUB_H

#include "net/connection.h"

const char *connection_identity(const struct connection *connection) {
    (void)connection;
    return NULL;
}

void connection_certificate(const struct connection *connection, struct connection_certificate *certificate) {
    (void)connection;
    *certificate = (struct connection_certificate){"", false};
}

void connection_claim(struct connection *connection, uint32_t claim) {
    (void)connection, (void)claim;
}

uint64_t connection_source(const struct connection *connection) {
    (void)connection;
    return 1;
}

#endif
