// What changes in an SQLite store from each version of its tables to the next.
#ifndef QUINIELA_STORE_SQLITE_STEPS_H
#define QUINIELA_STORE_SQLITE_STEPS_H

#include <stdint.h>

struct sqlite_step {
    int from;           // the version; the step leads to the next one
    const char *schema; // the tables of that version
    int tables;         // how many those are
    const char *change; // SQL: what becomes of them. Whatever of `new_schema` is missing then is made
    const char *new_schema;
    int new_tables;
    const char *fill; // SQL: what goes into those that were made. Rows keep their checksums (rows.c)
};

// The step from this version on, or NULL.
const struct sqlite_step *sqlite_step_from(int64_t version);

#endif
