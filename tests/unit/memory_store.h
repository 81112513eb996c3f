// A store in memory, added as anyone would add a third kind: with one file, and one line in the table of
// kinds. When it is linked, the table has that line and all of the program's (src/store/kinds.c).
#ifndef QUINIELA_TESTS_MEMORY_STORE_H
#define QUINIELA_TESTS_MEMORY_STORE_H

#include "store/backend.h"

extern const struct store_kind memory_kind;

// Its addresses are "memory:" and a name; everything committed there stays until this function forgets it.
void memory_store_forget(void);

#endif
