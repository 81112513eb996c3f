#include "report/report.h"

#include "report/page.h"
#include "report/page_style.h"
#include "seal/encoding.h"
#include "seal/hash.h"

#include <string.h>

// "Report of draw 1, 2026-11-26": with the day of its opening.
static void write_title(const struct page *page) {
    const char *words = page_words(page, TEXT_TITLE), *place = strchr(words, '{');
    char text[MOMENTS_BYTES];
    moments_day(page->report->facts.opened_at, text);
    fwrite(words, 1, (size_t)(place - words), page->out);
    page_quote_plain(page, page->report->draw);
    fprintf(page->out, "%s, %s", place + strlen("{1}"), text);
}

// Nothing may be loaded, and no style holds but this one.
static void begin(const struct page *page) {
    struct hash hash;
    char text[BASE64_TEXT_BYTES(HASH_BYTES)];
    hash_of(PAGE_STYLE, strlen(PAGE_STYLE), &hash);
    base64_encode(hash.bytes, HASH_BYTES, text);
    fprintf(page->out,
            "<!DOCTYPE html>\n<html lang=%s>\n<head>\n<meta charset=utf-8>\n"
            "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'sha256-%s'; "
            "base-uri 'none'; form-action 'none'\">\n"
            "<meta name=referrer content=no-referrer>\n<meta name=color-scheme content=\"light dark\">\n"
            "<meta name=viewport content=\"width=device-width,initial-scale=1\">\n<title>",
            page_words(page, TEXT_LANGUAGE_CODE), text);
    write_title(page);
    fprintf(page->out, "</title>\n<style>%s</style>\n</head>\n<body>\n", PAGE_STYLE);
}

void report_write(const struct report *report, FILE *out) {
    const struct page page = {.out = out, .report = report};
    begin(&page);
    fputs("<main>\n", out);
    page_top(&page);
    page_timeline(&page);
    page_flow(&page);
    page_agencies(&page);
    page_numbers(&page);
    page_seal(&page);
    page_orders(&page);
    page_server(&page);
    page_sources(&page);
    fputs("</main>\n</body>\n</html>\n", out);
}
