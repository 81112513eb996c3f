// What net/connection.h promises, where a connection is only a struct of the test's, in the parts that are
// the same for all. To be included behind `struct connection`, with its `state`, `port`, `holds` and
// `charged`.
#ifndef QUINIELA_TESTS_CONNECTION_STUB_H
#define QUINIELA_TESTS_CONNECTION_STUB_H

#include "net/connection.h"

#include <string.h>

void *connection_state(struct connection *connection) {
    return connection->state;
}

int connection_port_index(const struct connection *connection) {
    return connection->port;
}

void connection_peer(const struct connection *connection, char text[CONNECTION_ADDRESS_BYTES]) {
    (void)connection;
    strcpy(text, "127.0.0.1");
}

void connection_hold(struct connection *connection) {
    connection->holds++;
}

void connection_charge(struct connection *connection, size_t bytes) {
    connection->charged += bytes;
}

#endif
