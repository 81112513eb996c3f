#include "store/postgres_own.h"

#include "bet/errors.h"
#include "store/postgres_ask.h"

#include <stdio.h>

enum { SQL_BYTES = 8192 };

static const char what[] = "carry over what is on its tables";

// The pairs stand between these two. `replaced`: the old one has got another name, and what depends on it
// with it; the others' rights alone are an example for a table that is added.
static const char pairs_begin[] =
    "WITH pair AS (SELECT o.oid AS old, o.relowner AS owner, n.oid AS new, n.relowner AS maker,"
    " n.oid::regclass AS name, o.relkind AS kind, o.relacl AS rights, n.relacl AS given,"
    " starts_with(names.old, names.new || '_v') AS replaced FROM (VALUES ";
static const char pairs_end[] = ") AS names (old, new)"
                                " JOIN pg_class AS o ON o.oid = to_regclass(names.old)"
                                " JOIN pg_class AS n ON n.oid = to_regclass(names.new)),"
                                " before AS (SELECT old FROM pair WHERE replaced) ";

#define WHO "CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END"
#define HOW "CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END"

// Whoever upgrades may be another role than the servers': a superuser, or a member of theirs.
static const char owners[] =
    "SELECT format('ALTER %s %s OWNER TO %s', CASE kind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, name,"
    "  owner::regrole)"
    " FROM pair WHERE owner <> maker";

// What the database's default privileges have given is taken away first.
static const char rights[] =
    "SELECT format('REVOKE ALL ON %s FROM %s', name, " WHO ")"
    " FROM pair, aclexplode(given) WHERE grantee <> maker"
    " UNION ALL SELECT format('GRANT %s ON %s TO %s%s', privilege_type, name, " WHO ", " HOW ")"
    " FROM pair, aclexplode(rights) WHERE grantee <> owner"
    " UNION ALL SELECT format('GRANT %s (%I) ON %s TO %s%s', privilege_type, had.attname, name,"
    "  " WHO ", " HOW ")"
    " FROM pair JOIN pg_attribute AS had ON had.attrelid = old AND NOT had.attisdropped"
    " JOIN pg_attribute AS has ON has.attrelid = new AND has.attname = had.attname,"
    " aclexplode(had.attacl) WHERE grantee <> owner ORDER BY 1 DESC"; // what is revoked comes first

// Whatever depends on an old table and is not a part of it: its defaults, its row type, the constraints that
// the store makes (whose names begin with the table's), the triggers of a foreign key. A view depends by its
// rule.
static const char left_behind[] =
    "SELECT DISTINCT thing.type || ' ' || thing.identity FROM ("
    "  SELECT CASE WHEN rule.rulename = '_RETURN' THEN 'pg_class'::regclass ELSE classid END,"
    "   CASE WHEN rule.rulename = '_RETURN' THEN rule.ev_class ELSE objid END"
    "  FROM pg_depend LEFT JOIN pg_rewrite AS rule ON classid = 'pg_rewrite'::regclass AND rule.oid = objid"
    "  WHERE refclassid = 'pg_class'::regclass AND refobjid IN (TABLE before)"
    "   AND deptype IN ('n', 'a') AND classid NOT IN ('pg_attrdef'::regclass, 'pg_type'::regclass)"
    "   AND (rule.rulename IS DISTINCT FROM '_RETURN' OR rule.ev_class NOT IN (TABLE before))"
    "   AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE classid = 'pg_constraint'::regclass"
    "    AND pg_constraint.oid = objid AND conname ~ '^(draws|agencies|chunks|winners)_' AND contype <> 'f')"
    "   AND NOT EXISTS (SELECT 1 FROM pg_trigger WHERE classid = 'pg_trigger'::regclass"
    "    AND pg_trigger.oid = objid AND tgisinternal)"
    " ) AS depends (class, object), pg_identify_object(class, object, 0) AS thing"
    " UNION ALL SELECT 'comment on ' || thing.type || ' ' || thing.identity"
    "  FROM pg_description, pg_identify_object(classoid, objoid, objsubid) AS thing"
    "  WHERE classoid = 'pg_class'::regclass AND objoid IN (TABLE before)"
    " UNION ALL SELECT 'row security of ' || oid::regclass FROM pg_class"
    "  WHERE relrowsecurity AND oid IN (TABLE before)"
    " UNION ALL SELECT 'options of ' || oid::regclass || ' (' || array_to_string(reloptions, ', ') || ')'"
    "  FROM pg_class WHERE reloptions IS NOT NULL AND oid IN (TABLE before)"
    " ORDER BY 1";

static PGresult *ask(struct postgres_link *link, const char *query, const char *pairs, struct error *error) {
    char sql[SQL_BYTES];
    int length = snprintf(sql, sizeof sql, "%s%s%s%s", pairs_begin, pairs, pairs_end, query);
    if (length >= (int)sizeof sql) {
        error_set(error, ERROR_STORE_FAILED, "%s: a statement has no room", link->place);
        return NULL;
    }
    return postgres_ask(link, sql, 0, NULL, what, error);
}

// Runs the statements that a query makes.
static bool run_each(struct postgres_link *link, const char *query, const char *pairs, struct error *error) {
    PGresult *statements = ask(link, query, pairs, error);
    bool done = statements != NULL;
    for (int row = 0; done && row < PQntuples(statements); row++) {
        done = postgres_link_execute(link, PQgetvalue(statements, row, 0), what, NULL, error);
    }
    PQclear(statements);
    return done;
}

bool postgres_own_carry_over(struct postgres_link *link, const char *pairs, struct error *error) {
    return run_each(link, owners, pairs, error) && run_each(link, rights, pairs, error);
}

bool postgres_own_left_behind(struct postgres_link *link, const char *pairs,
                              void (*each)(void *context, const char *what), void *context,
                              struct error *error) {
    PGresult *things = ask(link, left_behind, pairs, error);
    for (int row = 0; things != NULL && row < PQntuples(things); row++) {
        each(context, PQgetvalue(things, row, 0));
    }
    bool done = things != NULL;
    PQclear(things);
    return done;
}
