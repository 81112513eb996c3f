// What a row of the inbox is made of: a line for each bet, "agency,index,…", and a digest of all of them.
#ifndef QUINIELA_STORE_SQLITE_INBOX_ROW_H
#define QUINIELA_STORE_SQLITE_INBOX_ROW_H

#include "store/backend.h"

enum { INBOX_LINE_BYTES = 10 + 1 + 20 + 1 }; // the beginning of a line: its agency and its index

// Writes the beginning of a line, at most INBOX_LINE_BYTES. Returns its end.
char *inbox_line_begin(char *out, uint32_t agency, uint64_t index);

// Reads the beginning of a line that ends at `end`. Returns where its bet begins; NULL when it does not begin
// so, or no agency has that number.
const char *inbox_line_read(const char *line, const char *end, uint32_t *agency, uint64_t *index);

// SHA-256 of the draw's name, the row's id and its lines.
void inbox_row_digest(const char *draw, int64_t id, const char *lines, size_t length,
                      uint8_t digest[STORE_DIGEST_BYTES]);

#endif
