#include "seal/form.h"

#include "seal/decimal.h"
#include "seal/encoding.h"
#include "seal/errors.h"
#include "seal/instant.h"
#include "seal/origin.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { SHOWN_BYTES = 60 };

void form_begin(struct form *form, const char *what, struct slice text) {
    *form = (struct form){what, text.text, text.text + text.length, 0};
}

bool form_refuse(const struct form *form, struct error *error, const char *format, ...) {
    char text[ERROR_TEXT_BYTES];
    va_list values;
    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    return error_set(error, ERROR_BAD_FORM, "%s, line %zu: %s", form->what, form->line, text);
}

bool form_at_end(const struct form *form) {
    return form->at == form->end;
}

bool form_line(struct form *form, struct slice *line, struct error *error) {
    form->line++;
    if (form_at_end(form)) {
        return form_refuse(form, error, "is missing");
    }
    const char *newline = memchr(form->at, '\n', (size_t)(form->end - form->at));
    if (newline == NULL) {
        return form_refuse(form, error, "does not end in a line end");
    }
    *line = (struct slice){form->at, (size_t)(newline - form->at)};
    form->at = newline + 1;
    return true;
}

static int shown_length(struct slice slice) {
    return slice.length < SHOWN_BYTES ? (int)slice.length : SHOWN_BYTES;
}

bool form_literal(struct form *form, const char *wanted, struct error *error) {
    struct slice line = {NULL, 0};
    if (!form_line(form, &line, error)) {
        return false;
    }
    if (!slice_is(line, wanted)) {
        return form_refuse(form, error, "is \"%.*s\" instead of \"%s\"", shown_length(line), line.text,
                           wanted);
    }
    return true;
}

bool form_value(struct form *form, const char *key, struct slice *value, struct error *error) {
    struct slice line = {NULL, 0};
    if (!form_line(form, &line, error)) {
        return false;
    }
    size_t length = strlen(key);
    if (!slice_begins(line, key) || line.length < length + 2 || line.text[length] != ' ') {
        return form_refuse(form, error, "is \"%.*s\" instead of \"%s …\"", shown_length(line), line.text,
                           key);
    }
    *value = (struct slice){line.text + length + 1, line.length - length - 1};
    return true;
}

bool form_number(struct form *form, const char *key, uint64_t min, uint64_t max, uint64_t *value,
                 struct error *error) {
    struct slice text = {NULL, 0};
    if (!form_value(form, key, &text, error)) {
        return false;
    }
    if (!decimal_parse(text, max, value) || *value < min) {
        return form_refuse(form, error, "%s: \"%.*s\" is no decimal number from %" PRIu64 " to %" PRIu64, key,
                           shown_length(text), text.text, min, max);
    }
    return true;
}

bool form_hash(struct form *form, const char *key, struct hash *hash, struct error *error) {
    struct slice text = {NULL, 0};
    bool has_key = key[0] != '\0';
    if (has_key ? !form_value(form, key, &text, error) : !form_line(form, &text, error)) {
        return false;
    }
    if (!base64_decode_exactly(text, hash->bytes, sizeof hash->bytes)) {
        return form_refuse(form, error, "%s%s\"%.*s\" is no base64 of 32 bytes", key, has_key ? ": " : "",
                           shown_length(text), text.text);
    }
    return true;
}

bool form_instant(struct form *form, const char *key, uint64_t *seconds, struct error *error) {
    struct slice text = {NULL, 0};
    if (!form_value(form, key, &text, error)) {
        return false;
    }
    if (!instant_parse(text, seconds)) {
        return form_refuse(form, error, "%s: \"%.*s\" is no time such as 2026-11-25T21:00:00Z", key,
                           shown_length(text), text.text);
    }
    return true;
}

bool form_origin(struct form *form, struct slice *origin, struct error *error) {
    if (!form_line(form, origin, error)) {
        return false;
    }
    if (!origin_is_valid(*origin)) {
        return form_refuse(form, error, "\"%.*s\" is no origin, NAME/DRAW", shown_length(*origin),
                           origin->text);
    }
    return true;
}

bool form_next_is(const struct form *form, const char *key) {
    struct slice rest = {form->at, (size_t)(form->end - form->at)};
    size_t length = strlen(key);
    return slice_begins(rest, key) && rest.length > length && rest.text[length] == ' ';
}

bool form_end(const struct form *form, struct error *error) {
    if (form_at_end(form)) {
        return true;
    }
    struct form next = *form;
    next.line++;
    return form_refuse(&next, error, "is one too many");
}

bool form_cut(struct slice line, struct slice *parts, size_t count) {
    const char *at = line.text, *end = line.text + line.length;
    for (size_t i = 0; i < count; i++) {
        const char *space = at == end ? NULL : memchr(at, ' ', (size_t)(end - at));
        bool is_last = i + 1 == count;
        if ((space == NULL) != is_last) {
            return false;
        }
        parts[i] = (struct slice){at, (size_t)((is_last ? end : space) - at)};
        if (parts[i].length == 0) {
            return false;
        }
        at = is_last ? end : space + 1;
    }
    return true;
}
