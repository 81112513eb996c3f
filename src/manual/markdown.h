// A page of docs/ as mdoc(7): as much of Markdown as those pages use (CommonMark's headings, paragraphs,
// lists, code blocks and links, and GitHub's tables).
#ifndef QUINIELA_MANUAL_MARKDOWN_H
#define QUINIELA_MANUAL_MARKDOWN_H

#include "base/error.h"

#include <stdio.h>

// Prints the page without its first heading. Headings become subsections; a row of a table becomes an item
// whose tag is its first cell; of a link the text stays. ERROR_BAD_SETTING names the line that cannot be
// taken.
bool markdown_print(FILE *stream, const char *page, struct error *error) MUST_CHECK;

#endif
