// A draw's name as logs have it: what could be taken for something else in them is not written as it is.
#ifndef QUINIELA_REPORT_DRAW_NAMES_H
#define QUINIELA_REPORT_DRAW_NAMES_H

#include "bet/limits.h"

enum { DRAW_NAMES_BYTES = 3 * DRAW_NAME_BYTES_MAX + 1 }; // each byte may become U+FFFD

struct draw_names {
    char text[DRAW_NAMES_BYTES]; // in a log of text (base/log_text.h)
    char json[DRAW_NAMES_BYTES]; // in a log in JSON (base/log_json.h): besides, what is no UTF-8 is U+FFFD
    char audit_log[DRAW_NAMES_BYTES]; // what is no UTF-8 is '?' (wire/json_text.h)
};

// `draw` has at most DRAW_NAME_BYTES_MAX bytes; what is more is cut.
void draw_names_make(struct draw_names *names, const char *draw);

#endif
