// Several files in one setting, with commas between them.
#ifndef QUINIELA_CLI_FILE_LIST_H
#define QUINIELA_CLI_FILE_LIST_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { FILE_LIST_MAX = 1000 };

struct file_list {
    char *paths[FILE_LIST_MAX];
    size_t count;
    char *text; // in which they stand
};

// Cuts the text (NULL: there are none) at its commas, unless the whole text is the name of a file.
// ERROR_BAD_SETTING, naming the flag, when they are too many; ERROR_NO_MEMORY. Freed with file_list_free,
// also after a failure.
bool file_list_cut(struct file_list *list, const char *text, const char *flag,
                   struct error *error) MUST_CHECK;
void file_list_free(struct file_list *list);

#endif
