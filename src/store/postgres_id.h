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

// Whether this database is the one that *identity was first opened with: it is noted there then. NULL: nobody
// asks. A standby that has become the primary is the same one, also after a new start. ERROR_STORE_FAILED
// when it is another one, or a schema of another number has the tables.
bool postgres_id_is_same(struct postgres_link *link, struct store_identity *identity,
                         struct error *error) MUST_CHECK;

#endif
