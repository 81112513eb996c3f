// The store that several servers can share: PostgreSQL through libpq. Here it is opened and closed.
#include "base/log.h"
#include "bet/errors.h"
#include "bet/limits.h"
#include "store/postgres_schema.h"
#include "store/postgres_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void postgres_close(struct store *store) {
    postgres_link_close(&of(store)->link);
    free(of(store)->settings);
    free(store);
}

// Two servers may come here at once: whoever is too late waits for the other one, and finds the tables.
static bool make_tables(struct postgres_store *postgres, struct error *error) {
    struct error first, ignored;
    char version[POSTGRES_VALUE_BYTES];
    if (postgres_link_execute(&postgres->link, postgres_schema, "make its tables", NULL, &first)) {
        return true;
    }
    if (PQtransactionStatus(postgres->link.connection) != PQTRANS_IDLE &&
        !postgres_link_execute(&postgres->link, "ROLLBACK", "make its tables", NULL, error)) {
        return false;
    }
    if (postgres_link_execute(&postgres->link, "SELECT version FROM quiniela_schema", "read", version,
                              &ignored)) {
        return true;
    }
    *error = first;
    return false;
}

static bool have_tables(struct postgres_store *postgres, enum store_mode mode, struct error *error) {
    struct postgres_link *link = &postgres->link;
    char name[POSTGRES_VALUE_BYTES], version[POSTGRES_VALUE_BYTES];
    if (!postgres_link_execute(link, "SELECT to_regclass('quiniela_schema')::text", "look for its tables",
                               name, error)) {
        return false;
    }
    if (name[0] == '\0' && mode != STORE_SERVE) {
        return error_set(error, ERROR_STORE_FAILED, "%s: it is no store of quiniela's", link->place);
    }
    if ((name[0] == '\0' && !make_tables(postgres, error)) ||
        !postgres_link_execute(link, "SELECT version::text FROM quiniela_schema", "read its tables' version",
                               version, error)) {
        return false;
    }
    return strcmp(version, POSTGRES_SCHEMA_VERSION) == 0 ||
           error_set(
               error, ERROR_STORE_FAILED,
               "%s: its tables are of version %s, and this program knows version " POSTGRES_SCHEMA_VERSION,
               link->place, version);
}

static bool warn_of_fsync(struct postgres_store *postgres, struct error *error) {
    char fsync[POSTGRES_VALUE_BYTES];
    if (!postgres_link_execute(&postgres->link, "SHOW fsync", "read its settings", fsync, error)) {
        return false;
    }
    if (strcmp(fsync, "on") != 0) {
        log_event(
            LOG_LEVEL_WARNING, "store", LOG_SUCCESS,
            "store: %s | reason: the database runs with fsync=%s, and loses what it has acknowledged when "
            "its machine fails",
            postgres->link.place, fsync);
    }
    return true;
}

// A bet is UTF-8. What another encoding has no letter for would be refused, and the whole group with it. What
// is stored already can be read all the same.
static bool check_encoding(struct postgres_store *postgres, struct error *error) {
    char encoding[POSTGRES_VALUE_BYTES];
    if (!postgres_link_execute(&postgres->link, "SHOW server_encoding", "read its encoding", encoding,
                               error)) {
        return false;
    }
    return strcmp(encoding, "UTF8") == 0 ||
           error_set(
               error, ERROR_STORE_FAILED,
               "%s: the database's encoding is %s, and bets need UTF8: make another with CREATE DATABASE ... "
               "ENCODING 'UTF8' TEMPLATE template0",
               postgres->link.place, encoding);
}

static bool begin_session(struct postgres_store *postgres, enum store_mode mode, struct error *error) {
    if (!postgres_read_settings(postgres, error) ||
        (mode == STORE_SERVE && !check_encoding(postgres, error)) || !have_tables(postgres, mode, error)) {
        return false;
    }
    return mode == STORE_SERVE ? warn_of_fsync(postgres, error) : postgres_snapshot(&postgres->store, error);
}

static const struct store_operations operations = {
    .begin = postgres_begin,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .put_draw = postgres_put_draw,
    .put_agency = postgres_put_agency,
    .add_chunk = postgres_add_chunk,
    .add_winner = postgres_add_winner,
    .get_draw = postgres_get_draw,
    .agencies = postgres_agencies,
    .numbers = postgres_numbers,
    .chunks = postgres_chunks,
    .pieces = postgres_pieces,
    .winners = postgres_winners,
    .check_files = postgres_check_files,
    .close = postgres_close,
    .snapshot = postgres_snapshot,
    .get_agency = postgres_get_agency,
    .lock_agencies = postgres_lock_agencies,
    .count_finished = postgres_count_finished,
    .lock_draw = postgres_lock_draw,
    .hold_draw = postgres_hold_draw,
    .confirm = postgres_confirm,
    .claim_draw = postgres_claim_draw,
};

bool postgres_store_open(const char *address, const char *draw, enum store_mode mode, struct store **store,
                         struct error *error) {
    *store = NULL;
    if (strlen(draw) > DRAW_NAME_BYTES_MAX || draw[0] == '\0') {
        return error_set(error, ERROR_BAD_SETTING, "DRAW: a draw's name has 1 to %d bytes",
                         DRAW_NAME_BYTES_MAX);
    }
    struct postgres_store *postgres = calloc(1, sizeof *postgres);
    if (postgres == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the store");
    }
    postgres->store.operations = &operations;
    postgres->store.address = postgres->link.place;
    postgres->store.draw_name = postgres->draw;
    snprintf(postgres->draw, sizeof postgres->draw, "%s", draw);
    if (!postgres_link_open(&postgres->link, address, mode == STORE_SERVE, error) ||
        !begin_session(postgres, mode, error)) {
        postgres_close(&postgres->store);
        return false;
    }
    *store = &postgres->store;
    return true;
}
