// What `quiniela top` shows as lines of a screen: from values alone, so that the same facts always give the
// same lines.
#ifndef QUINIELA_CLI_TOP_LAYOUT_H
#define QUINIELA_CLI_TOP_LAYOUT_H

#include "cli/top_screen.h"
#include "cli/top_view.h"

enum { TOP_COLUMNS_MIN = 60, TOP_LINES_MIN = 16 }; // a smaller screen says so, and shows how the draw stands

// Lays out what the view wants on the screen, after top_screen_begin. It also sets in the view how far the
// agencies are scrolled, and how many there are.
void top_layout(const struct top_facts *facts, const struct top_numbers *numbers, struct top_view *view,
                struct top_screen *screen);

#endif
