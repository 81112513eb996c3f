// The quotes of a CSV line (RFC 4180).
#ifndef QUINIELA_BET_CSV_QUOTES_H
#define QUINIELA_BET_CSV_QUOTES_H

#include <stdbool.h>
#include <stddef.h>

// Copies a line to `out`, which has room for all of it, without the quotes around its fields; *out_length is
// the new length. Returns false when a quote is not closed where it should be, or when there is a comma
// within quotes. Without them the comma would be taken for the end of the field.
bool csv_unquote(const char *line, size_t length, char *out, size_t *out_length);

#endif
