// The settings of a PostgreSQL store's transactions that keep the store's promises. Each transaction sets
// all of them itself, and checks them again before its COMMIT. A session's own settings are lost with the
// session. Through a pooler each transaction may run in another session, with whatever settings somebody has
// left there.
#ifndef QUINIELA_STORE_POSTGRES_SESSION_H
#define QUINIELA_STORE_POSTGRES_SESSION_H

#include "store/postgres_link.h"

struct postgres_session {
    struct postgres_link link;
    char *settings;   // the statement that gives a transaction the settings that a promise needs
    int parsed;       // the statement that the database parsed last in the open group, or -1
    int unread;       // statements of the pipeline whose results have not been read
    bool in_snapshot; // a transaction of its own, for reading
};

// Determines the settings of a transaction (`settings`), once the link is open.
bool postgres_session_begin(struct postgres_session *session, struct error *error) MUST_CHECK;

// Ends the link, and frees the session's contents; not the struct.
void postgres_session_end(struct postgres_session *session);

// Begins a transaction outside a group, for reading. `begin` is the statement.
bool postgres_session_read(struct postgres_session *session, const char *begin,
                           struct error *error) MUST_CHECK;

// The question before a COMMIT. The first column of its answer has this name.
extern const char postgres_question[];
#define POSTGRES_ANSWER "synchronous_commit"

// Whether the answer matches what a promise needs. ERROR_STORE_FAILED.
bool postgres_session_check(const struct postgres_session *session, const PGresult *answer,
                            struct error *error) MUST_CHECK;

#endif
