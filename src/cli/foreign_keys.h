// Private keys that lie where the server does not need them.
#ifndef QUINIELA_CLI_FOREIGN_KEYS_H
#define QUINIELA_CLI_FOREIGN_KEYS_H

#include "base/settings.h"

// Logs a warning for each folder of the server's certificates that also holds private keys of others. A
// server keeps the right to read those folders, as a renewed certificate is a new file: whoever takes the
// server over could read such a key, at worst the authority's, and sign what he likes.
void foreign_keys_warn(const struct settings *settings);

#endif
