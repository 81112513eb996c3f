// The PostgreSQL store's reading: row by row, within a group, in a snapshot, or in a transaction of its own.
#ifndef QUINIELA_STORE_POSTGRES_READ_H
#define QUINIELA_STORE_POSTGRES_READ_H

#include "store/postgres_statements.h"

// Hands each row of the answer to `reader`, until it returns false.
bool postgres_query(struct postgres_session *session, int which, const struct sql_values *values,
                    const struct sql_reader *reader, struct error *error) MUST_CHECK;

// Begins a transaction in which everything is read as of one moment, until the next snapshot or group.
bool postgres_begin_snapshot(struct postgres_session *session, struct error *error) MUST_CHECK;

#endif
