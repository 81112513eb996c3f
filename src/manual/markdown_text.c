#include "manual/markdown_text.h"

#include "manual/mdoc.h"

#include <stdlib.h>
#include <string.h>

// Where a link's target begins, "](…)", and how long that is; 0: none does.
static size_t target(const char *text) {
    if (strncmp(text, "](", 2) != 0) {
        return 0;
    }
    const char *end = strchr(text, ')');
    return end != NULL ? (size_t)(end + 1 - text) : 0;
}

// Whether a link begins here: "[…](…)" before any other bracket is opened.
static bool link_begins(const char *text) {
    if (*text != '[') {
        return false;
    }
    bool is_code = false;
    for (const char *at = text + 1; *at != '\0' && (is_code || *at != '['); at++) {
        is_code = is_code != (*at == '`');
        if (!is_code && target(at) > 0) {
            return true;
        }
    }
    return false;
}

bool markdown_text_print(FILE *stream, const char *macro, const char *text) {
    char *plain = malloc(strlen(text) + 1), *end = plain;
    if (plain == NULL) {
        return false;
    }
    bool is_code = false, is_linked = false;
    while (*text != '\0') {
        is_code = is_code != (*text == '`');
        if (!is_code && !is_linked && link_begins(text)) {
            is_linked = true;
            text++;
        } else if (!is_code && is_linked && target(text) > 0) {
            is_linked = false;
            text += target(text);
        } else {
            *end++ = *text++;
        }
    }
    *end = '\0';
    if (macro != NULL) {
        fprintf(stream, ".%s ", macro);
        mdoc_marked_argument(stream, plain, (size_t)(end - plain));
        fputc('\n', stream);
    } else {
        mdoc_part(stream, plain, (size_t)(end - plain));
    }
    free(plain);
    return true;
}
