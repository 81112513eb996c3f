// The parts of libpq's failure messages: the text for people, and the SQLSTATE that tells what happened.
#ifndef QUINIELA_STORE_POSTGRES_MESSAGE_H
#define QUINIELA_STORE_POSTGRES_MESSAGE_H

#include "base/error.h"

#include <libpq-fe.h>

#define CAUSE_UNREACHABLE "the database cannot be reached"
#define CAUSE_NOT_LET_IN "the database does not let the server in"

// Writes the first line of a message, without its prefix.
void postgres_message_line(const char *message, char *line, size_t size);

// The text after "FATAL:  28P01: ", or the whole message.
const char *postgres_message_text(const char *message);

// The error that a state means for the store. NULL: there is no state. ERROR_STORE_AWAY when the database is
// shutting down or the connection failed.
const struct error_code *postgres_state_code(const char *state);

// What a state says of the cause (struct error), in classes of states. NULL: nothing that anybody may be
// told.
const char *postgres_state_cause(const char *state);

// For a connection that could not be made, and was asked for verbose messages: whether trying again cannot
// help.
bool postgres_refused_for_good(const PGconn *connection);

#endif
