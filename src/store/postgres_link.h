// A connection to PostgreSQL, every wait of which comes to an end: with an answer, at a deadline, when the
// connection is lost, or when the program is told to stop. libpq's own waits do not.
#ifndef QUINIELA_STORE_POSTGRES_LINK_H
#define QUINIELA_STORE_POSTGRES_LINK_H

#include "base/error.h"

#include <libpq-fe.h>

enum { POSTGRES_PLACE_BYTES = 160, POSTGRES_WARNING_BYTES = 160, POSTGRES_VALUE_BYTES = 256 };

struct postgres_link {
    PGconn *connection;               // NULL when it is closed
    char place[POSTGRES_PLACE_BYTES]; // where the database is, for messages: never with its password
    bool warned;                      // the database has warned since this was last set to false
    char warning[POSTGRES_WARNING_BYTES];
};

// Whether `address` is a connection string as libpq takes it: a URI, or words like host=… dbname=….
bool postgres_is_address(const char *address);

// Writes into `place` where `address` leads, for people: without passwords.
void postgres_show_address(const char *address, char place[POSTGRES_PLACE_BYTES]);

// From now on every wait of every link ends soon after `descriptor` can be read. -1: no wait does.
void postgres_interrupt_on(int descriptor);

// Waits for at most `milliseconds` for the program's being told to stop. Returns whether it is.
bool postgres_interrupted(int milliseconds);

// Whether libpq can read `address`; ERROR_BAD_SETTING when not. The message does not quote it.
bool postgres_check_address(const char *address, struct error *error) MUST_CHECK;

// Overwrites the address with asterisks when there is a password in it.
void postgres_conceal(char *address);

// Connects to the first of the address's hosts that takes changes; without `to_write` any will do when there
// is none. Each host gets five seconds. ERROR_STORE_AWAY when that can be different later, ERROR_STORE_FAILED
// when it will not (a wrong password, a database that does not exist), ERROR_BAD_SETTING when the address is
// none. On success the caller ends the link with postgres_link_close.
bool postgres_link_open(struct postgres_link *link, const char *address, bool to_write,
                        struct error *error) MUST_CHECK;

void postgres_link_close(struct postgres_link *link);

// Sends what libpq has gathered, and waits for the next result of the statement: *result is NULL when there
// are no more; else it is the caller's, who looks at its status. ERROR_STORE_AWAY when the connection is
// lost.
bool postgres_link_result(struct postgres_link *link, PGresult **result, struct error *error) MUST_CHECK;

// Waits until the database has something to say, or for `milliseconds` (-1: for ever). ERROR_STORE_AWAY when
// the connection is lost or the program is told to stop.
bool postgres_link_listen(struct postgres_link *link, int milliseconds, struct error *error) MUST_CHECK;

// Runs one statement without parameters. Its single value goes into `value` where that is not NULL ("" when
// there is none). `what` is for the message: "cannot WHAT".
bool postgres_link_execute(struct postgres_link *link, const char *sql, const char *what,
                           char value[POSTGRES_VALUE_BYTES], struct error *error) MUST_CHECK;

// Sets `error` from a result that tells of a failure, and returns false: ERROR_STORE_STALE when another
// server was quicker, ERROR_STORE_REFUSED when the data are to blame (and all the database has dropped is the
// group), else ERROR_STORE_FAILED.
bool postgres_link_fail(const struct postgres_link *link, const PGresult *result, const char *what,
                        struct error *error);

// Sets `error` to what the connection says (ERROR_STORE_AWAY), and returns false.
bool postgres_link_lost(const struct postgres_link *link, const char *what, struct error *error);

#endif
