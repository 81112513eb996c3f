// Turns frames into messages, and hands the messages to the ledger.
#ifndef QUINIELA_SERVICE_LOTTERY_RECEIVE_H
#define QUINIELA_SERVICE_LOTTERY_RECEIVE_H

#include <stddef.h>
#include <stdint.h>

struct connection;

// Takes the whole messages among the bytes. As handler.received.
size_t receive_messages(struct connection *connection, const uint8_t *bytes, size_t length);

#endif
