// What the server gives up once its ports are bound, by its settings: see confine/confine.h.
#ifndef QUINIELA_CLI_PRIVILEGES_H
#define QUINIELA_CLI_PRIVILEGES_H

#include "base/error.h"
#include "base/settings.h"

// Becomes the user that the settings name, keeps the store's files (with `has_store`), the audit log and the
// certificates, and logs what was given up: `action: confine`, and a warning for what the kernel does not
// have. Before any thread is started. ERROR_BAD_SETTING when that user cannot be become; ERROR_SYSTEM when he
// cannot use the store.
bool privileges_give_up(const struct settings *settings, bool has_store, struct error *error) MUST_CHECK;

#endif
