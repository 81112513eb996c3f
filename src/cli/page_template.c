#include "cli/page_template.h"

#include "claims/markup.h"

#include <string.h>

typedef bool (*write_piece)(void *context, struct slice piece, struct error *error);

// Hands over a part of the text. An empty one may be of NULL, which nothing that copies takes.
static bool give(struct slice text, size_t begin, size_t end, write_piece write, void *context,
                 struct error *error) {
    return begin == end || write(context, (struct slice){text.text + begin, end - begin}, error);
}

static bool write_escaped(struct slice text, write_piece write, void *context, struct error *error) {
    size_t begin = 0;
    for (size_t i = 0; i < text.length; i++) {
        const char *entity = markup_entity((unsigned char)text.text[i]);
        if (entity == NULL) {
            continue;
        }
        if (!give(text, begin, i, write, context, error) || !write(context, slice_of(entity), error)) {
            return false;
        }
        begin = i + 1;
    }
    return give(text, begin, text.length, write, context, error);
}

// The value whose place begins there; NULL when none does.
static const struct page_value *value_at(struct slice text, const struct page_value *values) {
    for (const struct page_value *value = values; value->name != NULL; value++) {
        size_t length = strlen(value->name);
        if (text.length >= length + 4 && memcmp(text.text, "{{", 2) == 0 &&
            memcmp(text.text + 2, value->name, length) == 0 && memcmp(text.text + 2 + length, "}}", 2) == 0) {
            return value;
        }
    }
    return NULL;
}

static bool write_value(const struct page_value *value, write_piece write, void *context,
                        struct error *error) {
    return value->is_markup ? give(value->text, 0, value->text.length, write, context, error)
                            : write_escaped(value->text, write, context, error);
}

bool page_template_fill(struct slice text, const struct page_value *values, write_piece write, void *context,
                        struct error *error) {
    size_t begin = 0, at = 0;
    while (at < text.length) {
        const struct page_value *value = value_at((struct slice){text.text + at, text.length - at}, values);
        if (value == NULL) {
            at++;
            continue;
        }
        if (!give(text, begin, at, write, context, error) || !write_value(value, write, context, error)) {
            return false;
        }
        at += strlen(value->name) + 4;
        begin = at;
    }
    return give(text, begin, text.length, write, context, error);
}
