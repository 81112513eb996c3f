// A store in memory, as somebody would add a third kind: its one file, and a line in the table of kinds.
// Where this is linked, the table has that line and all of the program's (src/store/kinds.c).
#ifndef QUINIELA_TESTS_MEMORY_STORE_H
#define QUINIELA_TESTS_MEMORY_STORE_H

#include "store/backend.h"

extern const struct store_kind memory_kind;

// Its addresses are "memory:" and a name; what is committed there stays until this forgets all of it.
void memory_store_forget(void);

#endif
