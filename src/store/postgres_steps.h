// What changes in a PostgreSQL store from each older version of its tables to the one of now, as SQL.
#ifndef QUINIELA_STORE_POSTGRES_STEPS_H
#define QUINIELA_STORE_POSTGRES_STEPS_H

#include <stdint.h>

struct postgres_step {
    int from; // the version; the step leads to the tables of now
    // Takes the tables away from every server, in the order in which a server uses them.
    const char *lock;
    // Renames those that change, and makes the new ones. `undo` takes both back, also what a program of a
    // version between has made.
    const char *rename, *undo;
    // The names of the old tables and views, each with that of the new one in its place: postgres_own.h.
    const char *pairs;
    // Asks for a row of a draw that has no row of its own: what to say of it, or no row.
    const char *orphans;
    // The draws: SQL_DRAW_COLUMNS as they are to be, the draw's own number (0: it gets one), its name; and
    // how one of them is copied, $3, with its number $1 and checksum $2.
    const char *draws, *copy_draw;
    // Copies what there is one row of for each agency or winner.
    const char *copy_few;
    // Copies the next chunks, if any are to be, after draw $1, agency $2, first $3. Gives these of the last
    // one, and how many.
    const char *copy_chunks;
    const char *count_chunks; // how many there are to copy
    const char *compare;      // "t" when there are as many rows as before
    const char *kept;         // what the old tables are called then
};

// The step from this version on, or NULL.
const struct postgres_step *postgres_step_from(int64_t version);

#endif
