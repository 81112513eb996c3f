// Which characters show as what they are.
#ifndef QUINIELA_CLAIMS_VISIBLE_H
#define QUINIELA_CLAIMS_VISIBLE_H

#include <stdbool.h>
#include <stdint.h>

// Whether the character may be shown as it is: it is visible, or the plain space, and changes nothing of how
// others are read.
bool visible(uint32_t character);

#endif
