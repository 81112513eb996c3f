// What is written by hand of a manual page: a file of sections in mdoc(7), each begun by its `.Sh` line.
#ifndef QUINIELA_MANUAL_TEXTS_H
#define QUINIELA_MANUAL_TEXTS_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

// Reads the file `folder`/`name`.mdoc, which the caller frees. `sections` are those it may have, up to a
// NULL: any other, and a missing one of those named "!…", is refused. ERROR_BAD_SETTING says what is missing
// and what to write; ERROR_SYSTEM, ERROR_NO_MEMORY. NULL on errors.
char *text_read(const char *folder, const char *name, const char *const *sections, struct error *error);

// Reads any file whole, as a text that the caller frees. ERROR_SYSTEM names it, ERROR_NO_MEMORY. NULL on
// errors.
char *text_read_file(const char *path, struct error *error);

// Prints what the section says, without its heading and without comments. False: there is no such section.
bool text_print(FILE *stream, const char *text, const char *section);

// The same, as a section of its own with its heading; nothing where there is none.
void text_print_section(FILE *stream, const char *text, const char *section);

#endif
