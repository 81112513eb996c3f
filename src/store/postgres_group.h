// A group of the PostgreSQL store: one transaction, which travels as a pipeline, so that a commit of many
// chunks costs one round trip.
#ifndef QUINIELA_STORE_POSTGRES_GROUP_H
#define QUINIELA_STORE_POSTGRES_GROUP_H

#include "store/postgres_statements.h"

// Ends the session's snapshot, and begins a group.
bool postgres_group_begin(struct postgres_session *session, struct error *error) MUST_CHECK;

// Adds a statement to the group. Its failure is reported by the commit at the latest.
bool postgres_group_add(struct postgres_session *session, int which, const struct sql_values *values,
                        const char *what, struct error *error) MUST_CHECK;

// Commits. ERROR_STORE_STALE when a statement has met a row that another server has changed.
bool postgres_group_commit(struct postgres_session *session, struct error *error) MUST_CHECK;

// Rolls back. False when that failed; the caller should then end the connection, and with it the
// transaction.
bool postgres_group_drop(struct postgres_session *session) MUST_CHECK;

// Leave the group's pipeline for a query, after reading everything that was sent; and return to it. Outside
// a group they do nothing.
bool postgres_group_pause(struct postgres_session *session, bool *in_group, struct error *error) MUST_CHECK;
bool postgres_group_resume(struct postgres_session *session, bool in_group, struct error *error) MUST_CHECK;

// Ends the transaction of the session's snapshot, if any.
bool postgres_end_snapshot(struct postgres_session *session, struct error *error) MUST_CHECK;

#endif
