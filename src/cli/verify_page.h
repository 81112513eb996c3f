// The page that checks this server's draw in a browser, as its board hands it out.
#ifndef QUINIELA_CLI_VERIFY_PAGE_H
#define QUINIELA_CLI_VERIFY_PAGE_H

#include "cli/server_options.h"
#include "notary/notary.h"

struct verify_page {
    char *text; // NULL: the draw is not signed
    size_t length;
};

// Makes it of the key that the server signs with and, of a beacon's draw, of BEACON_CERT, which is read
// again: call it with the rights that the server was started with. A `notary` of NULL makes none. The caller
// frees it. ERROR_BAD_SETTING, ERROR_SYSTEM, ERROR_NO_MEMORY.
bool verify_page_make(struct verify_page *page, const struct server_options *options,
                      const struct notary *notary, struct error *error) MUST_CHECK;

// Nothing in it is fine.
void verify_page_free(struct verify_page *page);

#endif
