// Text of a manual page in mdoc(7): escaped, a line for each sentence, and no line too long.
#ifndef QUINIELA_MANUAL_MDOC_H
#define QUINIELA_MANUAL_MDOC_H

#include <stddef.h>
#include <stdio.h>

// Prints one paragraph. `text` is UTF-8. What stands between two backquotes is code, and is printed bold; so
// is what stands between two pairs of asterisks. What stands between two asterisks is printed italic. Two
// newlines in a row begin a new paragraph; any other newline is a blank. Ends with a newline.
void mdoc_paragraph(FILE *stream, const char *text);

// The same, with a full stop at its end, unless one stands there.
void mdoc_sentence(FILE *stream, const char *text);

// As mdoc_paragraph, of `length` bytes, and every newline is a blank.
void mdoc_part(FILE *stream, const char *text, size_t length);

// The same as one argument of a macro, in quotes and without a newline after it.
void mdoc_marked_argument(FILE *stream, const char *text, size_t length);

// Prints one line of a literal block, as it is.
void mdoc_literal(FILE *stream, const char *line, size_t length);

// Prints a text that is one argument of a macro and has no code in it: its hyphens stay hyphens, and no
// letter has a meaning.
void mdoc_argument(FILE *stream, const char *text);

#endif
