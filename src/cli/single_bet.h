// The one bet that NOMBRE, APELLIDO, DOCUMENTO, NACIMIENTO and NUMERO make.
#ifndef QUINIELA_CLI_SINGLE_BET_H
#define QUINIELA_CLI_SINGLE_BET_H

#include "bet/chunk.h"
#include "cli/client_options.h"

// Makes a chunk of the bet. The caller frees *single; it is NULL when none of the settings is set.
// ERROR_BAD_SETTING, naming the setting that is missing or wrong; ERROR_NO_MEMORY.
bool single_bet_read(const struct client_options *options, struct chunk **single,
                     struct error *error) MUST_CHECK;

#endif
