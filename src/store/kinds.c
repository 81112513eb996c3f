#include "store/kinds.h"

// One line for each kind. The last one takes any address that no other one takes.
#define KINDS(KIND)                                                                                          \
    KIND(postgres_kind) /* a connection string of libpq's: postgres.c */                                     \
    KIND(sqlite_kind)   /* a path: sqlite.c */

#define DECLARE(kind) extern const struct store_kind kind;
#define LIST(kind) &(kind),

KINDS(DECLARE)

const struct store_kind *const store_kinds[] = {KINDS(LIST) NULL};
