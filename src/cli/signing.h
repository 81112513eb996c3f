// `quiniela keys --sign-name`: the key that signs draws, or an approver's.
#ifndef QUINIELA_CLI_SIGNING_H
#define QUINIELA_CLI_SIGNING_H

#include "base/error.h"

// Makes DIR/sign.key, and prints its public key under the name `name`; one that is there is kept, and its
// public key printed. ERROR_BAD_SETTING for a name that none can have, or a file that is no such key;
// ERROR_SYSTEM.
bool signing_make(const char *dir, const char *name, struct error *error) MUST_CHECK;

#endif
