// Statements with parameters, one at a time, whose rows are wanted: not a group's, which go out together
// (postgres_group.h).
#ifndef QUINIELA_STORE_POSTGRES_ASK_H
#define QUINIELA_STORE_POSTGRES_ASK_H

#include "store/postgres_link.h"

// Runs a statement with `count` parameters as text. `what` is for the message: "cannot WHAT". The caller
// clears the result; NULL when it failed, with the errors of postgres_link_execute.
PGresult *postgres_ask(struct postgres_link *link, const char *sql, int count, const char *const *values,
                       const char *what, struct error *error) MUST_CHECK;

#endif
