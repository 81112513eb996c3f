// Whose transactions hold the tables of a PostgreSQL store, so that nobody can lock them.
#ifndef QUINIELA_STORE_POSTGRES_HOLDERS_H
#define QUINIELA_STORE_POSTGRES_HOLDERS_H

#include "store/postgres_link.h"

enum { POSTGRES_HOLDERS_BYTES = 1024, POSTGRES_HOLDERS_SHOWN_BYTES = 320 };

struct postgres_holders {
    char transactions[POSTGRES_HOLDERS_BYTES]; // as many as there is room for; "": none
    char shown[POSTGRES_HOLDERS_SHOWN_BYTES];  // the first of them, for people
};

// Finds all of them; with `again`, those of *holders that still do. Errors of postgres_link_execute.
bool postgres_holders_find(struct postgres_link *link, bool again, struct postgres_holders *holders,
                           struct error *error) MUST_CHECK;

#endif
