// What operators have put on the tables of a PostgreSQL store, and an upgrade must not lose: their owners and
// rights, which go over to the new tables, and what cannot, which is named.
#ifndef QUINIELA_STORE_POSTGRES_OWN_H
#define QUINIELA_STORE_POSTGRES_OWN_H

#include "store/postgres_link.h"

// `pairs` are names of tables and views as SQL, each old one with the new one in its place:
// "('draws_v2', 'draws'), …". Those that are not there are left out. A table that is added has one like it
// in place of an old one: ('quiniela_schema', 'quiniela_upgrade').

// Gives the new ones the owners and the rights of the old ones, within the open transaction. Errors of
// postgres_link_execute.
bool postgres_own_carry_over(struct postgres_link *link, const char *pairs, struct error *error) MUST_CHECK;

// Calls `each` for what is still on the old ones, and not on the new: "view public.report". Errors of
// postgres_link_execute.
bool postgres_own_left_behind(struct postgres_link *link, const char *pairs,
                              void (*each)(void *context, const char *what), void *context,
                              struct error *error) MUST_CHECK;

#endif
