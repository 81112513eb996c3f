#include "store/no_draw.h"

#include "bet/errors.h"

#include <stdio.h>
#include <string.h>

enum { NAMES_BYTES = 120 };

struct names {
    char text[NAMES_BYTES];
    size_t left_out;
};

static bool add_name(void *context, const char *name, const struct stored_draw *draw, struct error *error) {
    struct names *names = context;
    size_t length = strlen(names->text);
    (void)draw, (void)error;
    if (names->left_out > 0 || length + strlen(name) + sizeof ", \"\"" > sizeof names->text) {
        names->left_out++;
        return true;
    }
    snprintf(names->text + length, sizeof names->text - length, "%s\"%s\"", length == 0 ? "" : ", ", name);
    return true;
}

bool store_no_draw(struct store *store, struct error *error) {
    struct names names = {0};
    const char *place = store_place(store), *draw = store_draw_name(store);
    if (!store_draws(store, add_name, &names, error)) {
        return false;
    }
    if (names.text[0] == '\0' && names.left_out == 0) {
        return error_set(error, ERROR_STORE_FAILED, "%.150s: it has no draw \"%s\", and no other one", place,
                         draw);
    }
    if (names.left_out > 0) {
        return error_set(error, ERROR_STORE_FAILED,
                         "%.150s: it has no draw \"%s\"; it has %s and %zu others: see quiniela draws", place,
                         draw, names.text, names.left_out);
    }
    return error_set(error, ERROR_STORE_FAILED, "%.150s: it has no draw \"%s\"; it has %s", place, draw,
                     names.text);
}
