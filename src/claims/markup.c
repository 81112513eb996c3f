#include "claims/markup.h"

#include "base/utf8.h"
#include "claims/visible.h"

#include <inttypes.h>

const char *markup_entity(uint32_t character) {
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static void put_character(FILE *out, const char *bytes, size_t length, uint32_t character) {
    const char *entity = markup_entity(character);
    if (length == 0) {
        fprintf(out, "<span class=\"hidden\">0x%02X</span>", (unsigned char)bytes[0]);
    } else if (!visible(character)) {
        fprintf(out, "<span class=\"hidden\">U+%04" PRIX32 "</span>", character);
    } else if (entity != NULL) {
        fputs(entity, out);
    } else {
        fwrite(bytes, 1, length, out);
    }
}

void markup_text(FILE *out, struct slice text) {
    fputs("<bdi>", out);
    while (text.length > 0) {
        uint32_t character;
        size_t length = utf8_character(text.text, text.length, &character);
        put_character(out, text.text, length, character);
        length += length == 0;
        text.text += length;
        text.length -= length;
    }
    fputs("</bdi>", out);
}
