// An open SQLite store.
#ifndef QUINIELA_STORE_SQLITE_STORE_H
#define QUINIELA_STORE_SQLITE_STORE_H

#include "store/filing.h"
#include "store/sql.h"
#include "store/sqlite_checkpoint.h"
#include "store/sqlite_files.h"
#include "store/sqlite_statements.h"

struct sqlite_store {
    struct sql_store base; // first, so that a pointer to one is a pointer to the other
    struct sqlite_statements statements;
    struct sqlite_files files;
    struct filing filing;
    struct checkpointer *checkpointer; // of STORE_SERVE
    bool serves;                       // it does not only read
    bool is_checked;                   // its file, by the upgrade that made it
};

#endif
