// For one canary only: the inbox's sqlite_inbox_drop, which deletes one row too many (the linker's --wrap):
// one with bets that are not filed. The simulation must find it.
#include "store/sqlite_inbox.h"

typedef bool inbox_dropping(struct store *store, struct inbox_rows *rows, int64_t id, struct error *error);

inbox_dropping __real_sqlite_inbox_drop, __wrap_sqlite_inbox_drop;

bool __wrap_sqlite_inbox_drop(struct store *store, struct inbox_rows *rows, int64_t id, struct error *error) {
    bool drops = rows->begin < rows->end && rows->all[rows->begin].id < id;
    return __real_sqlite_inbox_drop(store, rows, id + drops, error);
}
