// What is said of a draw that a store does not have: one place for every command that takes a name.
#ifndef QUINIELA_STORE_NO_DRAW_H
#define QUINIELA_STORE_NO_DRAW_H

#include "store/store.h"

// Sets `error` to ERROR_STORE_FAILED, naming the draw that the store was opened for and those that it has,
// and returns false.
bool store_no_draw(struct store *store, struct error *error);

#endif
