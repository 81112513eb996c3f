// The longest silences of all agencies.
#include "report/page.h"

#include <inttypes.h>
#include <string.h>

enum { LISTED = 10 };

struct silences {
    struct silence {
        uint32_t agency;
        bool may_be_false; // the log lacks bets of it
        struct silent_spell spell;
    } list[LISTED]; // the longest first
    size_t count;
};

static int64_t length_of(const struct silent_spell *spell) {
    return spell->to - spell->from;
}

// Puts it behind those that are as long or longer, if it is one of the longest.
static void add(struct silences *silences, uint32_t agency, bool may_be_false,
                const struct silent_spell *spell) {
    size_t place = silences->count;
    while (place > 0 && length_of(&silences->list[place - 1].spell) < length_of(spell)) {
        place--;
    }
    if (place == LISTED) {
        return;
    }
    silences->count += silences->count < LISTED;
    struct silence *at = silences->list + place;
    memmove(at + 1, at, (silences->count - 1 - place) * sizeof *at);
    *at = (struct silence){agency, may_be_false, *spell};
}

static void write_one(const struct page *page, const struct silence *silence) {
    char text[MOMENTS_BYTES];
    moments_duration(length_of(&silence->spell), text);
    fprintf(page->out, "<tr><td>%" PRIu32 "</td><td>%s%s</td><td>", silence->agency, text,
            silence->may_be_false ? PAGE_MARK : "");
    page_time(page, silence->spell.from);
    fputs("</td><td>", page->out);
    page_time(page, silence->spell.to);
    fputs("</td></tr>\n", page->out);
}

void page_silences(const struct page *page) {
    static const enum text heads[] = {TEXT_AGENCY, TEXT_HOW_LONG, TEXT_FROM, TEXT_TO};
    const struct facts *facts = &page->report->facts;
    const struct night_log *log = page->report->log;
    struct silences silences = {.count = 0};
    bool may_be_false = false;
    for (size_t i = 0; i < facts->count; i++) {
        const struct stretch *stretch = &log->agencies[i];
        for (size_t spell = 0; spell < stretch->spell_count; spell++) {
            add(&silences, facts->agencies[i].agency, night_log_lacks(log, i), &stretch->spells[spell]);
        }
    }
    if (silences.count == 0) {
        return;
    }
    fprintf(page->out, "<h3>%s</h3>\n", page_words(page, TEXT_LONGEST_SILENCES));
    for (size_t i = 0; i < silences.count; i++) {
        may_be_false = may_be_false || silences.list[i].may_be_false;
    }
    if (may_be_false) {
        page_paragraph(page, TEXT_SILENCES_HOLES, NULL, NULL);
    }
    page_begin_table(page, heads, 4, 1);
    for (size_t i = 0; i < silences.count; i++) {
        write_one(page, &silences.list[i]);
    }
    page_end_table(page);
}
