#include "http/connection.h"

#include <sys/socket.h>

void http_connection_suspend(struct connection *connection) {
    connection->is_suspended = true;
    MHD_suspend_connection(connection->mhd);
}

void http_connection_resume(struct connection *connection) {
    if (connection->is_suspended) {
        connection->is_suspended = false;
        MHD_resume_connection(connection->mhd);
    }
}

void http_connection_end(struct connection *connection) {
    connection->is_ending = true;
    (void)shutdown(connection->socket, SHUT_RDWR); // which libmicrohttpd notices
    http_connection_resume(connection);
}

void http_connection_forget_unsent(struct connection *connection) {
    static const struct linger at_once = {.l_onoff = 1, .l_linger = 0}; // a reset: tcp(7), socket(7)
    (void)setsockopt(connection->socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}
