// quiniela(1): what the program is, and its subcommands.
#ifndef QUINIELA_MANUAL_OVERVIEW_PAGE_H
#define QUINIELA_MANUAL_OVERVIEW_PAGE_H

#include "manual/manual_page.h"

#include "base/error.h"

// Prints it. Errors as text_read.
bool overview_page_print(FILE *stream, const struct manual_source *source, struct error *error) MUST_CHECK;

#endif
