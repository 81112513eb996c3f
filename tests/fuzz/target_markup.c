// Whatever a field holds, it stays one: it has no markup but what isolates it and shows what is hidden.
#include "fuzz.h"

#include "claims/markup.h"

#include <stdlib.h>
#include <string.h>

// Passes over the text if it is there.
static bool passes(const char **at, const char *text) {
    bool is_there = strncmp(*at, text, strlen(text)) == 0;
    *at += is_there ? strlen(text) : 0;
    return is_there;
}

static bool passes_entity(const char **at) {
    return passes(at, "&amp;") || passes(at, "&lt;") || passes(at, "&gt;") || passes(at, "&quot;") ||
           passes(at, "&#39;");
}

static bool passes_number(const char **at) {
    if (!passes(at, "<span class=\"hidden\">") || (!passes(at, "U+") && !passes(at, "0x"))) {
        return false;
    }
    *at += strspn(*at, "0123456789ABCDEF");
    return passes(at, "</span>");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    char *text = NULL;
    size_t written;
    FILE *out = open_memstream(&text, &written);
    must_hold(out != NULL, "memory");
    markup_text(out, (struct slice){(const char *)bytes, length});
    fclose(out);
    const char *at = text, *end = text + written - strlen("</bdi>");
    must_hold(passes(&at, "<bdi>") && strcmp(end, "</bdi>") == 0, "a field is isolated");
    while (at < end) {
        must_hold(passes_entity(&at) || passes_number(&at) || strchr("&<>\"'", *at++) == NULL,
                  "a field has no markup");
    }
    must_hold(at == end, "a field ends where it is said to");
    free(text);
    return 0;
}
