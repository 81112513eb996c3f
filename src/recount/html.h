// Pieces of a page (HTML).
#ifndef QUINIELA_RECOUNT_HTML_H
#define QUINIELA_RECOUNT_HTML_H

#include <stdio.h>

// Writes a title in Spanish and in English. Both are the program's own, and are written as they are.
void html_both(FILE *stream, const char *spanish, const char *english);

// Writes the beginning of a page up to its body: nothing may be loaded, and no style holds but this one.
void html_begin(FILE *stream, const char *title, const char *style);
void html_end(FILE *stream);

#endif
