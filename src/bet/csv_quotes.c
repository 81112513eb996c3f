#include "bet/csv_quotes.h"

// Copies a field to *out without its quotes. Returns the field's end in the line, or NULL when the quotes
// are wrong.
static const char *unquote_field(const char *at, const char *end, char **out) {
    if (at == end || *at != '"') {
        while (at < end && *at != ',') {
            *(*out)++ = *at++;
        }
        return at;
    }
    for (at++; at < end; at++) {
        if (*at == '"' && (at + 1 == end || at[1] != '"')) {
            at++;
            return at == end || *at == ',' ? at : NULL;
        }
        if (*at == ',') {
            return NULL;
        }
        at += *at == '"'; // of two quotes, copy one
        *(*out)++ = *at;
    }
    return NULL;
}

bool csv_unquote(const char *line, size_t length, char *out, size_t *out_length) {
    const char *end = line + length;
    char *to = out;
    for (const char *at = line;;) {
        at = unquote_field(at, end, &to);
        if (at == NULL) {
            return false;
        }
        if (at == end) {
            *out_length = (size_t)(to - out);
            return true;
        }
        *to++ = ',';
        at++;
    }
}
