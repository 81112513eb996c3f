// The pages of the two settings files, quiniela.ini(5) and quiniela-client.yaml(5): a key for each setting.
#ifndef QUINIELA_MANUAL_FILE_PAGE_H
#define QUINIELA_MANUAL_FILE_PAGE_H

#include "manual/manual_page.h"

#include "base/error.h"

// Prints the page of the file that `owner` (server or client) reads: its keys, and those that only other
// commands read from it. Errors as text_read.
bool file_page_print(FILE *stream, const struct manual_source *source, const struct settings_command *owner,
                     struct error *error) MUST_CHECK;

#endif
