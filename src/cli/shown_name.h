// A draw's name as it is printed.
#ifndef QUINIELA_CLI_SHOWN_NAME_H
#define QUINIELA_CLI_SHOWN_NAME_H

#include "bet/limits.h"

struct shown_name {
    char text[DRAW_NAME_BYTES_MAX + 1];
};

// The name, with '?' for what would steer a terminal, or change its reading direction (log_text_blank).
struct shown_name shown_name(const char *name);

#endif
