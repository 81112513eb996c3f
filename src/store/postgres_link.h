// A connection to PostgreSQL whose every wait ends: with an answer, at a deadline, when the connection is
// lost, or when the program is told to stop. libpq's own waits do not.
#ifndef QUINIELA_STORE_POSTGRES_LINK_H
#define QUINIELA_STORE_POSTGRES_LINK_H

#include "base/error.h"
#include "store/postgres_address.h"

#include <stdint.h>

enum { POSTGRES_WARNING_BYTES = 160, POSTGRES_VALUE_BYTES = 256 };

struct postgres_link {
    PGconn *connection;               // NULL when it is closed
    char place[POSTGRES_PLACE_BYTES]; // where the database is, for messages: never with its password
    bool warned;                      // the database has warned since this was last set to false
    char warning[POSTGRES_WARNING_BYTES];
};

// From now on every wait of every link ends soon after `descriptor` becomes readable. -1: none is watched.
void postgres_interrupt_on(int descriptor);

// Waits for at most `milliseconds` for the program to be told to stop. Returns whether it was.
bool postgres_interrupted(int milliseconds);

// Makes the link use this connection, and own it from here on; `place` is kept.
void postgres_link_begin(struct postgres_link *link, PGconn *connection);

// Ends the connection, if there is one.
void postgres_link_close(struct postgres_link *link);

// Waits for `events` of the socket. *came gets the events that occurred, 0 at the deadline (a time of the
// steady clock in ms, or -1 for none). When the program is told to stop, the wait lasts `grace` ms more, and
// the error is then ERROR_STORE_AWAY.
bool postgres_link_wait(const struct postgres_link *link, short events, int64_t deadline, int grace,
                        short *came, struct error *error) MUST_CHECK;

// Sends libpq's buffered output, and waits for the next result of the statement. *result is NULL after the
// last one; otherwise it is the caller's, which checks its status. ERROR_STORE_AWAY when the connection is
// lost.
bool postgres_link_result(struct postgres_link *link, PGresult **result, struct error *error) MUST_CHECK;

// Waits until the database has something to say, or for `milliseconds` (-1: forever). ERROR_STORE_AWAY when
// the connection is lost or the program is told to stop.
bool postgres_link_listen(struct postgres_link *link, int milliseconds, struct error *error) MUST_CHECK;

// Runs one statement without parameters. Its single value goes into `value` unless that is NULL ("" when
// there is none). `what` is for the message: "cannot WHAT".
bool postgres_link_execute(struct postgres_link *link, const char *sql, const char *what,
                           char value[POSTGRES_VALUE_BYTES], struct error *error) MUST_CHECK;

// Sets `error` to a message from libpq ("PLACE: cannot WHAT: …"), and returns false.
bool postgres_link_say(const struct postgres_link *link, const struct error_code *code, const char *what,
                       const char *message, struct error *error);

// Sets `error` from a result that reports a failure, and returns false. ERROR_STORE_STALE when another
// server was quicker. ERROR_STORE_REFUSED when the data caused it (and the database has dropped only the
// group). ERROR_STORE_AWAY when the session ended with it, otherwise ERROR_STORE_FAILED.
bool postgres_link_fail(const struct postgres_link *link, const PGresult *result, const char *what,
                        struct error *error);

// Sets `error` to the connection's message (ERROR_STORE_AWAY), and returns false.
bool postgres_link_lost(const struct postgres_link *link, const char *what, struct error *error);

#endif
