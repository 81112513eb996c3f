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

static const char *const styles[] = {PAGE_STYLE, PAGE_PAPER_STYLE};
enum { STYLES = sizeof styles / sizeof styles[0] };

// Nothing may be loaded, and no style holds but these.
static void write_policy(const struct page *page) {
    fputs("<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src", page->out);
    for (int i = 0; i < STYLES; i++) {
        struct hash hash;
        char text[BASE64_TEXT_BYTES(HASH_BYTES)];
        hash_of(styles[i], strlen(styles[i]), &hash);
        base64_encode(hash.bytes, HASH_BYTES, text);
        fprintf(page->out, " 'sha256-%s'", text);
    }
    fputs("; base-uri 'none'; form-action 'none'\">\n", page->out);
}

static void begin(const struct page *page) {
    fprintf(page->out, "<!DOCTYPE html>\n<html lang=%s>\n<head>\n<meta charset=utf-8>\n",
            page_words(page, TEXT_LANGUAGE_CODE));
    write_policy(page);
    fputs("<meta name=referrer content=no-referrer>\n<meta name=color-scheme content=\"light dark\">\n"
          "<meta name=viewport content=\"width=device-width,initial-scale=1\">\n<title>",
          page->out);
    write_title(page);
    fputs("</title>\n", page->out);
    for (int i = 0; i < STYLES; i++) {
        fprintf(page->out, "<style>%s</style>\n", styles[i]);
    }
    fputs("</head>\n<body>\n", page->out);
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
