#include "recount/html.h"

#include "seal/encoding.h"
#include "seal/hash.h"

#include <string.h>

void html_both(FILE *stream, const char *spanish, const char *english) {
    fprintf(stream, "%s <span class=en lang=en>%s</span>", spanish, english);
}

void html_begin(FILE *stream, const char *title, const char *style) {
    struct hash hash;
    char text[BASE64_TEXT_BYTES(HASH_BYTES)];
    hash_of(style, strlen(style), &hash);
    base64_encode(hash.bytes, HASH_BYTES, text);
    fprintf(stream,
            "<!DOCTYPE html>\n<html lang=es>\n<head>\n<meta charset=utf-8>\n"
            "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'sha256-%s'; "
            "base-uri 'none'; form-action 'none'\">\n"
            "<meta name=referrer content=no-referrer>\n"
            "<meta name=viewport content=\"width=device-width\">\n"
            "<title>%s</title>\n<style>%s</style>\n</head>\n<body>\n",
            text, title, style);
}

void html_end(FILE *stream) {
    fputs("</body>\n</html>\n", stream);
}
