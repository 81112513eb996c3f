#include "seal/origin.h"

#include "seal/limits.h"

#include <assert.h>

static bool is_letter(char c, bool upper_too) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           (upper_too && ((c >= 'A' && c <= 'Z') || c == '_'));
}

bool sign_name_is_valid(struct slice name) {
    bool in_path = false, begins = true; // behind the first '/'; at the beginning of a part
    for (size_t i = 0; i < name.length; i++) {
        char c = name.text[i];
        if (c == '/' ? begins : !is_letter(c, in_path)) {
            return false;
        }
        begins = c == '/';
        in_path = in_path || begins;
    }
    return !begins && name.length <= SIGN_NAME_BYTES_MAX;
}

bool draw_name_is_valid(struct slice draw) {
    for (size_t i = 0; i < draw.length; i++) {
        if (!is_letter(draw.text[i], true)) {
            return false;
        }
    }
    return draw.length > 0 && draw.length <= DRAW_NAME_BYTES_MAX;
}

// Where its last '/' is; NULL when it has none.
static const char *cut_of(struct slice origin) {
    return origin.length == 0 ? NULL : memrchr(origin.text, '/', origin.length);
}

bool origin_is_valid(struct slice origin) {
    return cut_of(origin) != NULL && sign_name_is_valid(origin_name(origin)) &&
           draw_name_is_valid(origin_draw(origin));
}

struct slice origin_name(struct slice origin) {
    const char *cut = cut_of(origin);
    assert(cut != NULL);
    return (struct slice){origin.text, (size_t)(cut - origin.text)};
}

struct slice origin_draw(struct slice origin) {
    const char *cut = cut_of(origin);
    assert(cut != NULL);
    return (struct slice){cut + 1, (size_t)(origin.text + origin.length - cut - 1)};
}
