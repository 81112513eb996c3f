// Checks a draw, offline: each thing that is given is held against everything else that is given.
#ifndef QUINIELA_CLAIMS_CLAIMS_H
#define QUINIELA_CLAIMS_CLAIMS_H

#include "claims/evidence.h"

// Makes every check of what was opened, for who wants to see more than the verdicts: `evidence` has been
// begun (evidence_begin), and is ended by the caller. ERROR_SYSTEM when a file cannot be read,
// ERROR_NO_MEMORY, ERROR_BAD_SETTING when nothing is claimed of what was given.
bool claims_find(struct evidence *evidence, struct error *error) MUST_CHECK;

// Checks what was opened, and prints what was found. *status is what follows. ERROR_SYSTEM when a file cannot
// be read, ERROR_NO_MEMORY, ERROR_BAD_SETTING when nothing is claimed of what was given: then nothing has
// been printed.
bool claims_check(struct given *given, bool as_json, FILE *stream, enum verdicts_status *status,
                  struct error *error) MUST_CHECK;

#endif
