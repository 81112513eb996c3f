// What all manual pages have in common: how one begins, and how it speaks of settings.
#ifndef QUINIELA_MANUAL_MANUAL_PAGE_H
#define QUINIELA_MANUAL_MANUAL_PAGE_H

#include "base/settings_command.h"

#include <stdbool.h>
#include <stdio.h>

enum { PAGE_NAME_BYTES = 64, PAGE_DATE_BYTES = 32 };

// What pages are made of, and for.
struct manual_source {
    const char *folder;         // with what is written by hand
    char date[PAGE_DATE_BYTES]; // as mdoc(7) has it: "November 27, 2026"
};

// Prints the head, and the section NAME. `summary` is a sentence, with or without its full stop.
void manual_page_begin(FILE *stream, const struct manual_source *source, const char *name, int section,
                       const char *summary);

// Begins a list of options or the like, under a heading unless `title` is NULL. `.El` ends it.
void manual_page_begin_list(FILE *stream, const char *title);

// Prints where a value comes from when no flag gives it: its default, its variable, its key in a file.
// `key_too`: the command reads a file, and its key there is to be told.
void manual_page_print_sources(FILE *stream, const struct setting *setting, bool key_too);

// "quiniela-server", the page of a command.
void manual_page_name(const struct settings_command *command, char name[PAGE_NAME_BYTES]);

// The page of the file that the command reads: "quiniela.ini"; NULL: it reads none.
const char *manual_page_of_file(const struct settings_command *command);

// Calls `each` for all settings of the command, in the order of --help.
void manual_page_each_setting(const struct settings_command *command,
                              void (*each)(FILE *stream, const struct settings_command *command,
                                           const struct setting *setting),
                              FILE *stream);

#endif
