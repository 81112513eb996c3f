// The manual page of one subcommand: its options from the table, the rest from its text in manual/.
#ifndef QUINIELA_MANUAL_COMMAND_PAGE_H
#define QUINIELA_MANUAL_COMMAND_PAGE_H

#include "manual/manual_page.h"

#include "base/error.h"

// Prints quiniela-NAME(1). Errors as text_read.
bool command_page_print(FILE *stream, const struct manual_source *source,
                        const struct settings_command *command, struct error *error) MUST_CHECK;

#endif
