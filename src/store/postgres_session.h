// What a transaction of the PostgreSQL store is told, so that the store keeps its promises. All of it stands
// in the transaction itself, and is asked for again before its COMMIT: a session's own settings are lost with
// it, and behind a pooler each transaction may run in another session, whose settings are whatever somebody
// has left there.
#ifndef QUINIELA_STORE_POSTGRES_SESSION_H
#define QUINIELA_STORE_POSTGRES_SESSION_H

#include "store/postgres_link.h"

struct postgres_session {
    struct postgres_link link;
    char *settings;   // the statement that has a transaction be what a promise needs
    int parsed;       // the statement that the database has parsed last in the open group, or -1
    int unread;       // statements of the pipeline whose results have not been read
    bool in_snapshot; // a transaction of its own, for reading
};

// Reads what a transaction is to be told (`settings`), once the link is open.
bool postgres_session_begin(struct postgres_session *session, struct error *error) MUST_CHECK;

// Ends the link, and frees what the session has; not the struct.
void postgres_session_end(struct postgres_session *session);

// Begins a transaction outside of a group, for reading. `begin` is the statement.
bool postgres_session_read(struct postgres_session *session, const char *begin,
                           struct error *error) MUST_CHECK;

// What is asked before a COMMIT. The first column of its answer has this name.
extern const char postgres_question[];
#define POSTGRES_ANSWER "synchronous_commit"

// Whether the answer is what a promise needs. ERROR_STORE_FAILED.
bool postgres_session_check(const struct postgres_session *session, const PGresult *answer,
                            struct error *error) MUST_CHECK;

#endif
