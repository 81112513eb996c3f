// How often each number was bet, as a map of 0000 to 9999 on a screen.
#ifndef QUINIELA_CLI_TOP_MAP_H
#define QUINIELA_CLI_TOP_MAP_H

#include "cli/top_facts.h"
#include "cli/top_screen.h"

// Adds the map, as fine as `rows` lines and the screen's columns have room for, with the numbers that were
// bet most and least.
void top_map_add(const struct top_numbers *numbers, unsigned rows, struct top_screen *screen);

#endif
