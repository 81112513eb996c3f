// Connecting to PostgreSQL: to the first suitable host of an address.
#ifndef QUINIELA_STORE_POSTGRES_CONNECT_H
#define QUINIELA_STORE_POSTGRES_CONNECT_H

#include "store/postgres_link.h"

// Connects to the first of the address's hosts that accepts changes; without `to_write`, to any host if none
// does. Each host gets five seconds. ERROR_STORE_AWAY when a later attempt may succeed. ERROR_STORE_FAILED
// when it cannot (a wrong password, a database that does not exist). ERROR_BAD_SETTING when the address
// cannot be parsed. On success the caller ends the link with postgres_link_close.
bool postgres_connect(struct postgres_link *link, const char *address, bool to_write,
                      struct error *error) MUST_CHECK;

#endif
