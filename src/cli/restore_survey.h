// What a restore would do to a draw: which agencies have to start again, and whether it may be done at all.
#ifndef QUINIELA_CLI_RESTORE_SURVEY_H
#define QUINIELA_CLI_RESTORE_SURVEY_H

#include "base/error.h"

#include <stdbool.h>

// Compares each draw of the store at `backup` with the same one of the store at `store`, and prints what
// comes of it: who sends again, and which resets and changed terms are undone. `has_store`: there is one. One
// that is damaged counts as far as it can be read. ERROR_STORE_FAILED when it cannot be opened, and when a
// draw is sealed in the store, and not in the backup, or otherwise: there would be two seals.
bool restore_survey(const char *backup, const char *store, bool has_store, struct error *error) MUST_CHECK;

#endif
