// Which store a database is: the run of its server, the database, the schema that has the tables.
#ifndef QUINIELA_STORE_POSTGRES_ID_H
#define QUINIELA_STORE_POSTGRES_ID_H

#include "store/opening.h"
#include "store/postgres_link.h"

// Reads it over a connection on which no transaction is open; "" when the database does not say. When the
// connection is lost, what comes next over it finds out.
void postgres_id_read(struct postgres_link *link, char id[STORE_ID_BYTES]);

// As store_find_id.
bool postgres_id_find(const char *address, char id[STORE_ID_BYTES], struct error *error) MUST_CHECK;

#endif
