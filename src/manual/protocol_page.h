// quiniela-protocol(7): docs/protocol.md as a manual page.
#ifndef QUINIELA_MANUAL_PROTOCOL_PAGE_H
#define QUINIELA_MANUAL_PROTOCOL_PAGE_H

#include "manual/manual_page.h"

#include "base/error.h"

// Prints the page `path` of docs/. Errors as text_read and markdown_print.
bool protocol_page_print(FILE *stream, const struct manual_source *source, const char *path,
                         struct error *error) MUST_CHECK;

#endif
