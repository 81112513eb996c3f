// A connection whose handshake has to wait for its turn (turns.h): it is not read meanwhile, and then at
// once.
#include "net/connection_parts.h"

#include <errno.h>
#include <sys/socket.h>

void connection_wait_turn(struct connection *connection) {
    connection->waits_turn = true;
}

void connection_take_turn(struct connection *connection) {
    int descriptor = -1;
    connection->waits_turn = false;
    if (connection->phase != CONNECTION_OPEN ||
        uv_fileno((uv_handle_t *)&connection->socket, &descriptor) != 0) {
        return;
    }
    connection_hold(connection);
    size_t room = 0;
    uint8_t *bytes = connection->transport->room(connection, &room);
    ssize_t length = bytes == NULL ? UV_ENOMEM : recv(descriptor, bytes, room, MSG_DONTWAIT);
    if (length == 0) {
        length = UV_EOF;
    } else if (length == -1 && bytes != NULL) {
        length = errno == EAGAIN ? 0 : uv_translate_sys_error(errno);
    }
    connection_came(connection, length);
    connection_settle(connection);
    connection_release(connection);
}

size_t connection_peek(struct connection *connection, uint8_t *bytes, size_t room) {
    int descriptor;
    ssize_t length = 0;
    if (uv_fileno((uv_handle_t *)&connection->socket, &descriptor) == 0) {
        length = recv(descriptor, bytes, room, MSG_PEEK | MSG_DONTWAIT);
    }
    return length > 0 ? (size_t)length : 0;
}
