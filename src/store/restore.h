// Putting a copy in the place of a store.
#ifndef QUINIELA_STORE_RESTORE_H
#define QUINIELA_STORE_RESTORE_H

#include "store/restoring.h"

// Takes the store at `address`, so that no server can, has `make` make another one, and puts that in its
// place; what was there is kept. The store's name leads to one of them, or no command takes it, until this is
// called again: what was cut short is ended then, and nothing else done. Errors: ERROR_STORE_FAILED when a
// server works on the store, or something has the name under which it is to be kept; ERROR_BAD_SETTING when
// stores of this kind are restored by other means; those of `make`. The store is then as it was.
bool store_restore(const char *address, store_make_copy make, void *context, struct store_restored *restored,
                   struct error *error) MUST_CHECK;

#endif
