// Listening to other servers through PostgreSQL's NOTIFY.
#ifndef QUINIELA_STORE_POSTGRES_LISTEN_H
#define QUINIELA_STORE_POSTGRES_LISTEN_H

#include "base/error.h"

// As `listen` in backend.h.
void postgres_listen(const char *address, void (*on_change)(void *context), void *context,
                     struct error *error);

#endif
