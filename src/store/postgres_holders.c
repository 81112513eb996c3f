#include "store/postgres_holders.h"

#include "store/postgres_ask.h"

#include <stdio.h>

// A session's user and application are told to everybody; when its transaction began and what it does now, to
// its own role and to pg_monitor alone. A transaction has a name of its own (virtualtransaction), so that a
// session that has begun another one is not taken for the same. What only a VACUUM holds does not count:
// PostgreSQL ends its own for whoever waits for a second.
static const char find[] =
    "WITH held AS (SELECT DISTINCT pid, virtualtransaction AS transaction FROM pg_locks"
    " WHERE locktype = 'relation' AND granted AND mode <> 'ShareUpdateExclusiveLock'"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND relation IN (SELECT to_regclass(name) FROM unnest(ARRAY['draws', 'agencies', 'chunks', 'winners',"
    "  'bets']) AS names (name))"
    " AND pid IS DISTINCT FROM pg_backend_pid()"
    " AND ($1 = '' OR virtualtransaction = ANY (string_to_array($1, ' '))))"
    " SELECT coalesce((SELECT string_agg(transaction, ' ') FROM (SELECT transaction FROM held LIMIT 30) AS "
    "few),"
    "  ''),"
    " coalesce((SELECT CASE WHEN held.pid IS NULL"
    "  THEN 'a prepared transaction (pg_prepared_xacts) is committed or rolled back'"
    "  ELSE format('session %s (role %s%s%s%s) has ended its transaction: SELECT pg_terminate_backend(%s) "
    "ends it',"
    "   held.pid, usename, ', ' || nullif(application_name, ''), ', ' || state,"
    "   to_char(xact_start, '\" since \"HH24:MI:SS'), held.pid) END"
    "  FROM held LEFT JOIN pg_stat_activity AS session ON session.pid = held.pid"
    "  ORDER BY xact_start, held.pid LIMIT 1), '')";

bool postgres_holders_find(struct postgres_link *link, bool again, struct postgres_holders *holders,
                           struct error *error) {
    PGresult *found = postgres_ask(link, find, 1, (const char *[]){again ? holders->transactions : ""},
                                   "see who holds its tables", error);
    if (found == NULL) {
        return false;
    }
    snprintf(holders->transactions, sizeof holders->transactions, "%s", PQgetvalue(found, 0, 0));
    snprintf(holders->shown, sizeof holders->shown, "%s", PQgetvalue(found, 0, 1));
    PQclear(found);
    return true;
}
