// Lists of stored pieces, as in an answer: [{"first":0,"count":1000,"digest":"…"}, …].
#ifndef QUINIELA_WIRE_PIECES_H
#define QUINIELA_WIRE_PIECES_H

#include "base/error.h"
#include "bet/chunk.h"
#include "wire/json.h"

#include <stddef.h>
#include <stdint.h>

enum { PIECE_JSON_BYTES_MAX = 160 }; // one element of the list, with its comma

// Writes the list of `count` pieces; each takes at most PIECE_JSON_BYTES_MAX, and the brackets two more.
// Returns where the next byte goes.
char *pieces_write(char *out, const struct piece *pieces, size_t count);

// Reads a list into `pieces`, which has room for `count_max`. ERROR_BAD_MESSAGE if it has more, or an element
// that is not a piece of one bet or more.
bool pieces_read(struct json_parser *parser, const struct json_value *list, struct piece *pieces,
                 size_t count_max, size_t *count, struct error *error) MUST_CHECK;

#endif
