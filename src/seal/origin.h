// Names: NAME, that of a key; DRAW, that of a draw; and ORIGIN = NAME "/" DRAW, under which a draw is sealed.
#ifndef QUINIELA_SEAL_ORIGIN_H
#define QUINIELA_SEAL_ORIGIN_H

#include "seal/slice.h"

// Whether it is a NAME: [a-z0-9.-]+(/[A-Za-z0-9._-]+)*, at most SIGN_NAME_BYTES_MAX bytes.
bool sign_name_is_valid(struct slice name);

// Whether it is a DRAW that can be sealed: [A-Za-z0-9._-]{1,64}.
bool draw_name_is_valid(struct slice draw);

bool origin_is_valid(struct slice origin);

// The parts of a valid origin.
struct slice origin_name(struct slice origin);
struct slice origin_draw(struct slice origin);

#endif
