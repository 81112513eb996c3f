// The text of a paragraph of Markdown.
#ifndef QUINIELA_MANUAL_MARKDOWN_TEXT_H
#define QUINIELA_MANUAL_MARKDOWN_TEXT_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stdio.h>

// Prints it as mdoc(7), with the text of its links in their places; with a `macro` as the one argument of
// that. False: there is no memory.
bool markdown_text_print(FILE *stream, const char *macro, const char *text) MUST_CHECK;

#endif
