// Texts within HTML: whatever they hold, they stay texts, and show what is in them.
#ifndef QUINIELA_CLAIMS_MARKUP_H
#define QUINIELA_CLAIMS_MARKUP_H

#include "seal/slice.h"

#include <stdint.h>
#include <stdio.h>

// What stands in HTML for a character that means something there; NULL for the others.
const char *markup_entity(uint32_t character);

// Writes the text, isolated from what stands beside it (<bdi>). What means something in HTML is escaped; a
// character that does not show, or turns the direction of others, is shown by its number ("U+202E"), and a
// byte that is no text likewise ("0xFF").
void markup_text(FILE *out, struct slice text);

#endif
