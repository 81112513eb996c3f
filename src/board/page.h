// The board's page, as web/board/ has it: the build makes a source of it (cmake/embed_page.cmake).
#ifndef QUINIELA_BOARD_PAGE_H
#define QUINIELA_BOARD_PAGE_H

#include <stddef.h>

struct board_file {
    const unsigned char *bytes; // UTF-8, without a NUL
    size_t length;
};

struct board_page {
    struct board_file html, style, script, icon; // script: all of its scripts; icon: SVG
};

// The one that the program brings along.
extern const struct board_page board_page;

#endif
