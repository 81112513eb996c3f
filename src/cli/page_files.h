// The page that checks draws, as verifiers/page/ has it: the build makes a source of it
// (cmake/embed_page.cmake).
#ifndef QUINIELA_CLI_PAGE_FILES_H
#define QUINIELA_CLI_PAGE_FILES_H

#include <stddef.h>

// The page, with {{NAME}} where something is put in; its style; and all of its scripts. UTF-8, without a NUL.
extern const unsigned char page_html[], page_style[], page_script[];
extern const size_t page_html_bytes, page_style_bytes, page_script_bytes;

#endif
