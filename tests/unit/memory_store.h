// A store in memory, as somebody would add a third kind: its one file, and a line in the table of kinds. That
// table takes the place of the program's (src/store/kinds.c) where this is linked.
#ifndef QUINIELA_TESTS_MEMORY_STORE_H
#define QUINIELA_TESTS_MEMORY_STORE_H

// Its addresses are "memory:" and a name; what is committed there stays until this forgets all of it.
void memory_store_forget(void);

#endif
