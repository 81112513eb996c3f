#include "store/postgres_id.h"

#include "bet/errors.h"
#include "store/postgres_connect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A copy of a database has its numbers, and its system's identifier too; but not the moment at which its
// server was started. A server of ours that has not connected since can carry out no order.
static const char question[] =
    "SELECT extract(epoch FROM pg_postmaster_start_time()) || '/' || base.oid || '/' || tables.relnamespace"
    " FROM pg_database AS base, pg_class AS tables"
    " WHERE base.datname = current_database() AND tables.oid = to_regclass('quiniela_schema')";

static bool ask(struct postgres_link *link, char id[STORE_ID_BYTES], struct error *error) {
    char value[POSTGRES_VALUE_BYTES];
    id[0] = '\0';
    if (!postgres_link_execute(link, question, "ask which store it is", value, error)) {
        return false;
    }
    snprintf(id, STORE_ID_BYTES, "%.*s", STORE_ID_BYTES - 1, value);
    return true;
}

void postgres_id_read(struct postgres_link *link, char id[STORE_ID_BYTES]) {
    struct error ignored;
    (void)ask(link, id, &ignored);
}

// Of several hosts, the one that the servers write to.
bool postgres_id_find(const char *address, char id[STORE_ID_BYTES], struct error *error) {
    struct postgres_link link;
    bool found = postgres_connect(&link, address, true, error) && ask(&link, id, error);
    postgres_link_close(&link);
    return found;
}

bool postgres_id_is_same(struct postgres_link *link, struct store_identity *identity, struct error *error) {
    static const char lasting[] =
        "SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || base.oid || '/' ||"
        " tables.relnamespace FROM pg_database AS base, pg_class AS tables"
        " WHERE base.datname = current_database() AND tables.oid = to_regclass('quiniela_schema')";
    char value[POSTGRES_VALUE_BYTES];
    if (identity == NULL) {
        return true;
    }
    if (!postgres_link_execute(link, lasting, "ask which store it is", value, error)) {
        return error->code != ERROR_STORE_AWAY; // a database that does not say
    }
    if (identity->kept == NULL) {
        *identity = (struct store_identity){strdup(value), free};
        return identity->kept != NULL || error_set(error, ERROR_NO_MEMORY, "no memory for the store");
    }
    return strcmp(identity->kept, value) == 0 ||
           error_set(error, ERROR_STORE_FAILED,
                     "%s: another database or schema was put in the place of the store while the server ran; "
                     "nothing more is acknowledged until it is back, or the server started again",
                     link->place);
}
