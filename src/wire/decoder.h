// The memory that messages and replies are read with, one after the other.
#ifndef QUINIELA_WIRE_DECODER_H
#define QUINIELA_WIRE_DECODER_H

#include "bet/chunk.h"

struct json_parser;
struct message_decoder; // reused for every message; for one thread

// NULL when out of memory.
struct message_decoder *message_decoder_new(void);
void message_decoder_free(struct message_decoder *decoder);

// Its JSON parser. The decoder keeps owning it.
struct json_parser *message_decoder_parser(struct message_decoder *decoder);

// Room for PIECES_LISTED_MAX pieces, allocated when first needed; NULL when out of memory.
struct piece *message_decoder_pieces(struct message_decoder *decoder);

#endif
