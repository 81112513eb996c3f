// The store that several servers can share: PostgreSQL through libpq.
#include "base/log.h"
#include "bet/errors.h"
#include "store/postgres_address.h"
#include "store/postgres_connect.h"
#include "store/postgres_draws.h"
#include "store/postgres_group.h"
#include "store/postgres_id.h"
#include "store/postgres_listen.h"
#include "store/postgres_reach.h"
#include "store/postgres_read.h"
#include "store/postgres_schema.h"
#include "store/postgres_shared.h"
#include "store/postgres_store.h"
#include "store/postgres_upgrade.h"

#include <stdlib.h>
#include <string.h>

// Groups --------------------------------------------------------------------------------------------------

static bool postgres_begin(struct store *store, struct error *error) {
    postgres_of(store)->draw_changed = false;
    return postgres_group_begin(&postgres_of(store)->session, error);
}

// The other servers check the draw when notified, and every second anyway. So a failure here does not
// matter.
static void tell_others(struct postgres_store *postgres) {
    struct error ignored;
    if (postgres->draw_changed) {
        postgres->draw_changed = !postgres_link_execute(&postgres->session.link, "NOTIFY " POSTGRES_CHANNEL,
                                                        "notify", NULL, &ignored);
    }
}

static bool postgres_commit(struct store *store, struct error *error) {
    if (!postgres_group_commit(&postgres_of(store)->session, error)) {
        return false;
    }
    tell_others(postgres_of(store));
    return true;
}

// Any failure here ends the connection, and with it the transaction.
static bool postgres_rollback(struct store *store) {
    struct postgres_session *session = &postgres_of(store)->session;
    postgres_of(store)->base.draw_number = 0; // of a draw that may not be stored
    if (!store->failed && postgres_group_drop(session)) {
        return true;
    }
    postgres_link_close(&session->link);
    return false;
}

// Statements ----------------------------------------------------------------------------------------------

static bool change(struct store *store, int statement, const struct sql_values *values, const char *what,
                   struct error *error) {
    struct postgres_store *postgres = postgres_of(store);
    postgres->draw_changed =
        postgres->draw_changed || statement == SQL_PUT_DRAW || statement == SQL_ADD_PAPER;
    return postgres_group_add(&postgres->session, statement, values, what, error);
}

// Adds a row of that size, in a group that is rolled back. Text of its column is stored as it is, and no
// agency has the number 0.
static bool postgres_try_room(struct store *store, size_t bytes, struct error *error) {
    struct postgres_session *session = &postgres_of(store)->session;
    char *rows = malloc(bytes);
    bool in_group;
    if (rows == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for a trial");
    }
    memset(rows, ' ', bytes);
    const struct stored_chunk chunk = {.numbers = (const uint8_t *)rows, .rows = rows, .rows_length = bytes};
    bool has = sql_add_chunk(store, &chunk, error) && postgres_group_pause(session, &in_group, error) &&
               postgres_group_resume(session, in_group, error);
    free(rows);
    return has;
}

static bool query(struct store *store, int statement, const struct sql_values *values,
                  const struct sql_reader *reader, struct error *error) {
    return postgres_query(&postgres_of(store)->session, statement, values, reader, error);
}

static bool postgres_snapshot(struct store *store, struct error *error) {
    return postgres_begin_snapshot(&postgres_of(store)->session, error);
}

static bool postgres_end(struct store *store, struct error *error) {
    return postgres_end_snapshot(&postgres_of(store)->session, error);
}

// Opening and closing -------------------------------------------------------------------------------------

static void postgres_close(struct store *store) {
    postgres_session_end(&postgres_of(store)->session);
    free(store);
}

// Two servers may get here at the same time: the second one waits for the first, and finds the tables.
static bool make_tables(struct postgres_store *postgres, struct error *error) {
    struct error first, ignored;
    char version[POSTGRES_VALUE_BYTES];
    if (postgres_link_execute(&postgres->session.link, postgres_schema, "make its tables", NULL, &first)) {
        return true;
    }
    if (PQtransactionStatus(postgres->session.link.connection) != PQTRANS_IDLE &&
        !postgres_link_execute(&postgres->session.link, "ROLLBACK", "make its tables", NULL, error)) {
        return false;
    }
    if (postgres_link_execute(&postgres->session.link, "SELECT version FROM quiniela_schema", "read", version,
                              &ignored)) {
        return true;
    }
    *error = first;
    return false;
}

static bool check_version(const char *place, int64_t version, const struct store_opening *opening,
                          struct error *error) {
    char address[POSTGRES_ADDRESS_BYTES];
    postgres_address_repeat(opening->address, address);
    if (version < 0) { // while an upgrade is at work (postgres_upgrade.h)
        return opening->mode == STORE_READ_UPGRADED || store_version_halfway(place, address, -version, error);
    }
    if (version < STORE_VERSION) {
        return store_version_older(place, address, version, error);
    }
    return version == STORE_VERSION || store_version_newer(place, version, error);
}

static bool have_tables(struct postgres_store *postgres, const struct store_opening *opening,
                        struct error *error) {
    struct postgres_link *link = &postgres->session.link;
    char name[POSTGRES_VALUE_BYTES], version[POSTGRES_VALUE_BYTES];
    if (!postgres_link_execute(link, "SELECT to_regclass('quiniela_schema')::text", "look for its tables",
                               name, error)) {
        return false;
    }
    if (name[0] == '\0' && opening->mode != STORE_SERVE) {
        return error_set(error, ERROR_STORE_EMPTY, "%s: it is not a quiniela store", link->place);
    }
    if ((name[0] == '\0' && !make_tables(postgres, error)) ||
        !postgres_link_execute(link, "SELECT version::text FROM quiniela_schema", "read its tables' version",
                               version, error)) {
        return false;
    }
    return check_version(link->place, strtoll(version, NULL, 10), opening, error);
}

static bool warn_of_fsync(struct postgres_store *postgres, struct error *error) {
    char fsync[POSTGRES_VALUE_BYTES];
    if (!postgres_link_execute(&postgres->session.link, "SHOW fsync", "read its settings", fsync, error)) {
        return false;
    }
    if (strcmp(fsync, "on") != 0) {
        log_event(
            LOG_LEVEL_WARNING, "store", LOG_SUCCESS,
            "store: %s | reason: the database runs with fsync=%s, and loses what it has acknowledged when "
            "its machine fails",
            postgres->session.link.place, fsync);
    }
    return true;
}

// A bet is UTF-8. A character missing from another encoding would be refused, and the whole group with it.
// Bets already stored can still be read.
static bool check_encoding(struct postgres_store *postgres, struct error *error) {
    char encoding[POSTGRES_VALUE_BYTES];
    if (!postgres_link_execute(&postgres->session.link, "SHOW server_encoding", "read its encoding", encoding,
                               error)) {
        return false;
    }
    return strcmp(encoding, "UTF8") == 0 ||
           error_set(
               error, ERROR_STORE_FAILED,
               "%s: the database's encoding is %s, and bets need UTF8: make another with CREATE DATABASE ... "
               "ENCODING 'UTF8' TEMPLATE template0",
               postgres->session.link.place, encoding);
}

static bool begin_session(struct postgres_store *postgres, const struct store_opening *opening,
                          struct error *error) {
    enum store_mode mode = opening->mode;
    if (!postgres_session_begin(&postgres->session, error) ||
        (mode == STORE_SERVE && !check_encoding(postgres, error)) || !have_tables(postgres, opening, error)) {
        return false;
    }
    if (!postgres_id_is_same(&postgres->session.link, opening->identity, error)) {
        return false;
    }
    if (mode != STORE_SERVE) {
        return postgres_begin_snapshot(&postgres->session, error);
    }
    postgres_id_read(&postgres->session.link, postgres->base.store.id);
    return warn_of_fsync(postgres, error);
}

// Tables that are written anew have none of what was deleted; servers of other draws wait meanwhile.
static bool postgres_scrub(const char *address, struct error *error) {
    static const char *const tables[] = {"VACUUM FULL chunks", "VACUUM FULL voided", "VACUUM FULL winners",
                                         "VACUUM FULL draws"};
    struct postgres_link link = {0};
    bool done = postgres_connect(&link, address, true, error);
    for (size_t i = 0; done && i < sizeof tables / sizeof tables[0]; i++) {
        done = postgres_link_execute(&link, tables[i], "erase a draw", NULL, error);
    }
    postgres_link_close(&link);
    return done;
}

static const struct store_operations operations = {
    .is_shared = true,
    .begin = postgres_begin,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .put_draw = sql_put_draw,
    .put_agency = sql_put_agency,
    .add_chunk = sql_add_chunk,
    .add_winner = sql_add_winner,
    .add_paper = sql_add_paper,
    .get_draw = postgres_get_draw,
    .draws = sql_draws,
    .agencies = sql_agencies,
    .numbers = sql_numbers,
    .chunks = sql_chunks,
    .pieces = sql_pieces,
    .winners = sql_winners,
    .papers = sql_papers,
    .void_agency = postgres_void_agency,
    .voided = sql_voided,
    .erase = postgres_erase,
    .check_files = postgres_check_files,
    .close = postgres_close,
    .number_draw = postgres_number_draw,
    .snapshot = postgres_snapshot,
    .end_snapshot = postgres_end,
    .total_agencies = postgres_total_agencies,
    .some_agencies = postgres_some_agencies,
    .count_papers = postgres_count_papers,
    .count_finished = postgres_count_finished,
    .lock_draw = postgres_lock_draw,
    .hold_draw = postgres_hold_draw,
    .now = postgres_now,
    .confirm = postgres_confirm,
    .claim_draw = postgres_claim_draw,
    .try_room = postgres_try_room,
};

static bool postgres_open(const struct store_opening *opening, struct store **store, struct error *error) {
    static const struct sql_database database = {change, query, postgres_number_of_draw};
    struct postgres_store *postgres = calloc(1, sizeof *postgres);
    if (postgres == NULL) {
        return error_set(error, ERROR_NO_MEMORY, "no memory for the store");
    }
    store_init(&postgres->base.store, &operations, postgres->session.link.place, opening->draw);
    postgres->base.database = &database;
    if (!postgres_connect(&postgres->session.link, opening->address, opening->mode == STORE_SERVE, error) ||
        !begin_session(postgres, opening, error)) {
        postgres_close(&postgres->base.store);
        return false;
    }
    *store = &postgres->base.store;
    return true;
}

const struct store_kind postgres_kind = {
    .operations = &operations,
    .is_remote = true,
    .is_address = postgres_address_is,
    .open = postgres_open,
    .check_address = postgres_address_check,
    .upgrade = postgres_upgrade,
    .scrub = postgres_scrub,
    .show_address = postgres_address_show,
    .plain_address = postgres_address_plain,
    .find_id = postgres_id_find,
    .has_password = postgres_address_has_password,
    .paths = postgres_paths,
    .ports = postgres_ports,
    .interrupt_on = postgres_interrupt_on,
    .listen = postgres_listen,
    .is_interrupted = postgres_interrupted,
};
