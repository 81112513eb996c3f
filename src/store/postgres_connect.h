// Connecting to PostgreSQL: to the first of an address's hosts that will do.
#ifndef QUINIELA_STORE_POSTGRES_CONNECT_H
#define QUINIELA_STORE_POSTGRES_CONNECT_H

#include "store/postgres_link.h"

// Connects to the first of the address's hosts that takes changes; without `to_write` any will do when there
// is none. Each host gets five seconds. ERROR_STORE_AWAY when that can be different later, ERROR_STORE_FAILED
// when it will not (a wrong password, a database that does not exist), ERROR_BAD_SETTING when the address
// cannot be parsed. On success the caller ends the link with postgres_link_close.
bool postgres_connect(struct postgres_link *link, const char *address, bool to_write,
                      struct error *error) MUST_CHECK;

#endif
