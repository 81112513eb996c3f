// A text with places that are named, such as {{key}}, and what is put there.
#ifndef QUINIELA_CLI_PAGE_TEMPLATE_H
#define QUINIELA_CLI_PAGE_TEMPLATE_H

#include "base/error.h"
#include "seal/slice.h"

#include <stdbool.h>

struct page_value {
    const char *name; // NULL ends a list of them
    struct slice text;
    bool is_markup; // put in as it is; otherwise it is escaped, so that it is read as text, in quotes too
};

// Hands the template's text, with the values in its places, to `write`, piece by piece, none of them empty. A
// place that no value has the name of is left as it is. Returns false when `write` has; it sets the error
// then.
bool page_template_fill(struct slice text, const struct page_value *values,
                        bool (*write)(void *context, struct slice piece, struct error *error), void *context,
                        struct error *error) MUST_CHECK;

#endif
