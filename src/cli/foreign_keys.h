// Private keys that the server can read but does not need.
#ifndef QUINIELA_CLI_FOREIGN_KEYS_H
#define QUINIELA_CLI_FOREIGN_KEYS_H

#include "cli/tls_options.h"

// Logs a warning for each folder of the server's certificates that also holds private keys of others. A
// server keeps the right to read those folders, since a renewed certificate is a new file: an attacker who
// takes over the server could read such a key, at worst the authority's, and sign anything with it.
void foreign_keys_warn(const struct tls_files *files);

#endif
