#include "report/page.h"

#include "base/utf8.h"
#include "claims/markup.h"
#include "claims/visible.h"

#include <inttypes.h>
#include <string.h>

const char *page_words(const struct page *page, enum text text) {
    return words_of(page->report->language, text);
}

void page_quote(const struct page *page, const char *text) {
    markup_text(page->out, slice_of(text));
}

void page_quote_plain(const struct page *page, const char *text) {
    struct slice rest = slice_of(text);
    while (rest.length > 0) {
        uint32_t character;
        size_t length = utf8_character(rest.text, rest.length, &character);
        const char *entity = length == 0 ? NULL : markup_entity(character);
        if (length == 0 || !visible(character)) {
            fputs("\xEF\xBF\xBD", page->out);
        } else if (entity != NULL) {
            fputs(entity, page->out);
        } else {
            fwrite(rest.text, 1, length, page->out);
        }
        length += length == 0;
        rest = (struct slice){rest.text + length, rest.length - length};
    }
}

void page_say(const struct page *page, enum text text, const char *one, const char *other) {
    const char *words = page_words(page, text);
    for (const char *place; (place = strchr(words, '{')) != NULL; words = place + 3) {
        fwrite(words, 1, (size_t)(place - words), page->out);
        const char *value = place[1] == '1' ? one : other;
        page_quote(page, value == NULL ? "" : value);
    }
    fputs(words, page->out);
}

void page_paragraph(const struct page *page, enum text text, const char *one, const char *other) {
    fputs("<p>", page->out);
    page_say(page, text, one, other);
    fputs("</p>\n", page->out);
}

const char *page_number(const struct page *page, uint64_t number, char text[PAGE_NUMBER_BYTES]) {
    char digits[PAGE_NUMBER_BYTES];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, number), at = 0;
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            text[at++] = page_words(page, TEXT_THOUSANDS)[0];
        }
        text[at++] = digits[i];
    }
    text[at] = '\0';
    return text;
}

void page_count(const struct page *page, uint64_t number) {
    char text[PAGE_NUMBER_BYTES];
    fputs(page_number(page, number, text), page->out);
}

void page_time(const struct page *page, int64_t at) {
    char text[MOMENTS_BYTES] = "–";
    if (at != 0) {
        moments_time(at, page->report->facts.opened_at, text);
    }
    fputs(text, page->out);
}

// Parts ---------------------------------------------------------------------------------------------------

void page_begin_part(const struct page *page, enum text title) {
    fprintf(page->out, "<section>\n<h2>%s</h2>\n", page_words(page, title));
}

void page_end_part(const struct page *page) {
    fputs("</section>\n", page->out);
}

void page_begin_table(const struct page *page, const enum text *heads, size_t count, size_t left) {
    fprintf(page->out, "<div class=wide tabindex=0><table class=left%zu>\n<thead><tr>", left);
    for (size_t i = 0; i < count; i++) {
        fprintf(page->out, "<th scope=col>%s</th>", page_words(page, heads[i]));
    }
    fputs("</tr></thead>\n<tbody>\n", page->out);
}

void page_end_table(const struct page *page) {
    fputs("</tbody>\n</table></div>\n", page->out);
}

void page_begin_list(const struct page *page) {
    fputs("<dl>\n", page->out);
}

void page_term(const struct page *page, enum text name) {
    fprintf(page->out, "<dt>%s</dt><dd>", page_words(page, name));
}

void page_end_list(const struct page *page) {
    fputs("</dl>\n", page->out);
}

// The log -------------------------------------------------------------------------------------------------

int64_t page_end_of_night(const struct page *page) {
    const struct report *report = page->report;
    const struct facts *facts = &report->facts;
    int64_t end = facts->sealed_at != 0 ? facts->sealed_at : report->now;
    end = facts->drawn_at > end ? facts->drawn_at : end;
    return end > facts->opened_at ? end : facts->opened_at + 1;
}

bool page_has_log(const struct page *page) {
    return page->report->log != NULL && night_log_judge(page->report->log) == NIGHT_LOG_FITS;
}

bool page_log_lacks(const struct page *page) {
    const struct night_log *log = page->report->log;
    for (size_t i = 0; i < log->facts->count; i++) {
        if (night_log_lacks(log, i)) {
            return true;
        }
    }
    return false;
}

// What was when by the store, and when by the log.
static void write_mismatch(const struct page *page, const struct log_mismatch *mismatch) {
    static const enum text moments[] = {[LOG_OPENED] = TEXT_OPENED,
                                        [LOG_AGENCY_ENDED] = TEXT_AGENCY_ENDED,
                                        [LOG_CLOSED] = TEXT_CLOSED,
                                        [LOG_DRAWN] = TEXT_DRAWN};
    char stored[MOMENTS_BYTES], logged[MOMENTS_BYTES], number[PAGE_NUMBER_BYTES];
    bool is_opening = mismatch->moment == LOG_OPENED;
    fputs(" (", page->out);
    page_say(page, moments[mismatch->moment],
             page_number(page, is_opening ? page->report->facts.draw.agencies : mismatch->agency, number),
             NULL);
    moments_time(mismatch->stored_at, 0, stored);
    moments_time(mismatch->at, 0, logged);
    fputs(": ", page->out);
    page_say(page, TEXT_ZONE_EXAMPLE, stored, logged);
    fputs(")", page->out);
}

void page_no_log(const struct page *page) {
    static const enum text reasons[] = {[NIGHT_LOG_NO_LINE] = TEXT_NOT_KNOWN_NO_LINE,
                                        [NIGHT_LOG_OTHER_DRAWS] = TEXT_NOT_KNOWN_OTHER_DRAWS,
                                        [NIGHT_LOG_OTHER_ZONE] = TEXT_NOT_KNOWN_ZONE,
                                        [NIGHT_LOG_UNCHECKED] = TEXT_NOT_KNOWN_UNCHECKED};
    const struct night_log *log = page->report->log;
    if (log == NULL) {
        page_say(page, TEXT_NOT_KNOWN_LOG, NULL, NULL);
        return;
    }
    enum night_log_verdict verdict = night_log_judge(log);
    page_say(page, reasons[verdict], NULL, NULL);
    if (verdict == NIGHT_LOG_OTHER_ZONE) {
        write_mismatch(page, log_clock_example(&log->clock));
    }
}
