// The central's ends of the wires: what net/connection.h promises, without sockets. As there, a connection
// that must end does so after the current callback has returned.
#ifndef QUINIELA_TESTS_SIM_CONNECTIONS_H
#define QUINIELA_TESTS_SIM_CONNECTIONS_H

#include "net/connection.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire;
struct loop;

// A new connection of the loop; its handler has been told.
struct connection *connections_accept(struct wire *wire, struct loop *loop, int port);

// Whether it can now take bytes, or the end.
bool connections_reads(const struct connection *connection);

// Bytes have arrived; the other side sends no more; the connection is lost.
void connections_receive(struct connection *connection, const uint8_t *bytes, size_t length);
void connections_end(struct connection *connection);
void connections_lose(struct connection *connection);

// The other side's system has acknowledged everything sent.
void connections_arrived(struct connection *connection);

// Does what the last callback asked for, on every loop.
void connections_settle(void);

// The first ends all connections immediately, the second after what was sent on them.
void connections_abort_all(void);
void connections_finish_all(void);

#endif
