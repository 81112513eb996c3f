// An open PostgreSQL store.
#ifndef QUINIELA_STORE_POSTGRES_STORE_H
#define QUINIELA_STORE_POSTGRES_STORE_H

#include "store/postgres_session.h"
#include "store/sql.h"

struct postgres_store {
    struct sql_store base; // first, so that a pointer to one is a pointer to the other
    struct postgres_session session;
    bool draw_changed; // in the open group
};

static inline struct postgres_store *postgres_of(struct store *store) {
    return (struct postgres_store *)store;
}

#endif
