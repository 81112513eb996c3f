// A connection to a server's control socket, as a client of it has: a line out, a line back.
#ifndef QUINIELA_CLI_CONTROL_CONNECTION_H
#define QUINIELA_CLI_CONTROL_CONNECTION_H

#include "base/error.h"

#include <stddef.h>

// There is a server, and it has not answered in time.
extern const struct error_code ERROR_NO_ANSWER[1];

// Connects to the socket at `path`, in at most `wait_ms` (0: however long that takes). Returns a descriptor,
// the caller's; -1 with ERROR_NETWORK, which says what to do when no server is there, or ERROR_NO_ANSWER.
int control_connect(const char *path, unsigned wait_ms, struct error *error) MUST_CHECK;

// Sends a line, and reads the line that answers it, for at most `wait_ms` in all, however slowly it comes (0:
// however long that takes), into *text (made with malloc; without its end, with a NUL and JSON_PADDING_BYTES
// behind it). ERROR_NETWORK, ERROR_NO_ANSWER, ERROR_NO_MEMORY.
bool control_ask(int connection, const char *line, size_t length, unsigned wait_ms, char **text,
                 size_t *text_length, struct error *error) MUST_CHECK;

// Waits until the server has closed the connection and, where its process can be told, that has ended: for
// `wait_ms` in all; 0: for as long as it takes. False when it has not by then.
bool control_wait_for_end(int connection, unsigned wait_ms) MUST_CHECK;

#endif
