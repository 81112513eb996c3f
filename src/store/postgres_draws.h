// The rows of draws in a PostgreSQL store, and their numbers.
#ifndef QUINIELA_STORE_POSTGRES_DRAWS_H
#define QUINIELA_STORE_POSTGRES_DRAWS_H

#include "store/backend.h"

// These are operations of backend.h. A draw is found by its name, and all else by its number. So if there is
// no draw of this name, postgres_get_draw first makes sure that none was lost: that no row of a draw is
// damaged, and no agency has a draw without a row. ERROR_STORE_FAILED.
bool postgres_get_draw(struct store *store, struct stored_draw *draw, bool *found,
                       struct error *error) MUST_CHECK;
bool postgres_number_draw(struct store *store, uint32_t *number, struct error *error) MUST_CHECK;

// As sql_database.
bool postgres_number_of_draw(struct store *store, uint32_t *number, struct error *error) MUST_CHECK;

#endif
