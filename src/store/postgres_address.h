// Connection strings of PostgreSQL, as libpq takes them: which hosts they name, and which parts may be
// shown.
#ifndef QUINIELA_STORE_POSTGRES_ADDRESS_H
#define QUINIELA_STORE_POSTGRES_ADDRESS_H

#include "base/error.h"

#include <libpq-fe.h>

enum { POSTGRES_PLACE_BYTES = 160, POSTGRES_HOST_BYTES = 256, POSTGRES_ADDRESS_BYTES = 512 };

// Whether `address` is a connection string: a URI, or words like host=… dbname=….
bool postgres_address_is(const char *address);

// Whether libpq can read `address`; ERROR_BAD_SETTING when not. The message does not quote it.
bool postgres_address_check(const char *address, struct error *error) MUST_CHECK;

// Writes the destination of `address` into `place`, for people: without passwords.
void postgres_address_show(const char *address, char *place, size_t size);

// Writes a connection string that leads to the same store as `address` does, without the passwords in it,
// into `text`. One that has no room is cut there, and still has no password.
void postgres_address_repeat(const char *address, char text[POSTGRES_ADDRESS_BYTES]);

// Writes what of `address`, and of libpq's environment, says which store it is: "" when that has no room.
void postgres_address_plain(const char *address, char *text, size_t size);

// Whether `address` contains a password, in any form that libpq reads.
bool postgres_address_has_password(const char *address);

// The value of an option parsed by PQconninfoParse; "" when it has none, or `options` is NULL.
const char *postgres_option(const PQconninfoOption *options, const char *keyword);

// How many hosts the options name.
int postgres_hosts(const PQconninfoOption *options);

// One host's element of a comma-separated list, such as "host". A single element applies to all hosts, as in
// libpq.
void postgres_host_option(const PQconninfoOption *options, const char *keyword, int host,
                          char value[POSTGRES_HOST_BYTES]);

// "postgresql://host:port/database" of one host, or of all of them when `host` is -1.
void postgres_describe(const PQconninfoOption *options, int host, char *place, size_t size);

#endif
