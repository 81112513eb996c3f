#include "report/page.h"
#include "report/ranges.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 2000, ON_PAPER_MAX = 40 };

// Who has sent nothing ------------------------------------------------------------------------------------

// Of the agencies that the draw waits for.
static void write_not_sent(const struct page *page) {
    const struct facts *facts = &page->report->facts;
    struct ranges ranges = {.count = 0};
    uint64_t next = 1;
    for (size_t i = 0; i < facts->count && facts->agencies[i].agency <= facts->draw.agencies; i++) {
        if (facts->agencies[i].bets > 0) {
            ranges_add(&ranges, next, facts->agencies[i].agency - 1);
            next = (uint64_t)facts->agencies[i].agency + 1;
        }
    }
    ranges_add(&ranges, next, facts->draw.agencies);
    if (ranges.numbers == 1) {
        page_paragraph(page, TEXT_ONE_NOT_SENT, ranges.text, NULL);
    } else if (ranges.numbers > 1) {
        char count[PAGE_NUMBER_BYTES];
        page_paragraph(page, TEXT_NOT_SENT, page_number(page, ranges.numbers, count), ranges.text);
    }
}

// The table -----------------------------------------------------------------------------------------------

static void write_ending(const struct page *page, const struct agency_facts *agency) {
    char times[PAGE_NUMBER_BYTES];
    enum text how = agency->finished_at == 0         ? TEXT_NOT_ENDED
                    : agency->ending == AGENCY_ENDED ? TEXT_BY_ORDER
                    : agency->ending == AGENCY_CUT   ? TEXT_BY_CLOSE
                                                     : TEXT_BY_ITSELF;
    fputs(page_words(page, how), page->out);
    if (agency->voidings > 0) {
        fputs("; ", page->out);
        page_say(page, TEXT_RESET_TIMES, page_number(page, agency->voidings, times), NULL);
    }
}

// Of which the log lacks bets, or has others.
static void write_holes(const struct page *page) {
    const struct facts *facts = &page->report->facts;
    struct ranges ranges = {.count = 0};
    for (size_t i = 0; i < facts->count; i++) {
        if (night_log_lacks(page->report->log, i)) {
            ranges_add(&ranges, facts->agencies[i].agency, facts->agencies[i].agency);
        }
    }
    if (ranges.count > 0) {
        fputs("<p class=warn>", page->out);
        page_say(page, TEXT_LOG_HOLES, ranges.text, NULL);
        fputs("</p>\n", page->out);
    }
}

// What only the log tells: the times of its bets, and its silences. `mark`: behind what may be false.
static void write_silence(const struct page *page, const struct stretch *stretch, const char *mark) {
    const struct silent_spell *longest = stretch_longest(stretch);
    char text[MOMENTS_BYTES], count[PAGE_NUMBER_BYTES];
    if (longest == NULL) {
        fprintf(page->out, "<td>–%s</td>", mark);
        return;
    }
    moments_duration(longest->to - longest->from, text);
    fputs("<td>", page->out);
    if (stretch->spell_count == 1) {
        fputs(text, page->out);
    } else {
        page_say(page, TEXT_SILENT_UP_TO, page_number(page, stretch->spell_count, count), text);
    }
    fprintf(page->out, "%s</td>", mark);
}

static void write_bet_times(const struct page *page, const struct stretch *stretch, const char *mark) {
    for (int which = 0; which < 2; which++) {
        fputs("<td>", page->out);
        page_time(page, stretch->chunks == 0 ? 0 : which == 0 ? stretch->first : stretch->last);
        fprintf(page->out, "%s</td>", mark);
    }
}

// Of many agencies paper has those of which there is something to say: not those that finished, were told (or
// most were not), and were never silent.
static bool is_quiet(const struct page *page, size_t index) {
    const struct facts *facts = &page->report->facts;
    const struct agency_facts *agency = &facts->agencies[index];
    const struct stretch *stretch = page_has_log(page) ? &page->report->log->agencies[index] : NULL;
    bool is_silent = stretch != NULL && stretch->spell_count > 0;
    bool is_forgotten = agency->told_at == 0 && facts->told > facts->count / 2;
    return facts->count > ON_PAPER_MAX && agency->finished_at != 0 && agency->ending == AGENCY_FINISHED &&
           !is_forgotten && !is_silent && agency->voidings == 0;
}

static size_t count_quiet(const struct page *page) {
    const struct facts *facts = &page->report->facts;
    size_t quiet = 0;
    for (size_t i = 0; i < facts->count && i < ROWS_MAX; i++) {
        quiet += is_quiet(page, i);
    }
    return quiet;
}

static void write_quiet(const struct page *page, size_t quiet) {
    char count[PAGE_NUMBER_BYTES];
    if (quiet > 0) {
        fputs("<p class=\"soft paper\">", page->out);
        page_say(page, TEXT_NOT_ON_PAPER, page_number(page, quiet, count), NULL);
        fputs("</p>\n", page->out);
    }
}

static void write_row(const struct page *page, size_t index) {
    const struct facts *facts = &page->report->facts;
    const struct agency_facts *agency = &facts->agencies[index];
    const struct stretch *stretch = page_has_log(page) ? &page->report->log->agencies[index] : NULL;
    const char *mark = stretch != NULL && night_log_lacks(page->report->log, index) ? PAGE_MARK : "";
    fprintf(page->out, "<tr%s><td>%" PRIu32 "</td><td>", is_quiet(page, index) ? " class=quiet" : "",
            agency->agency);
    write_ending(page, agency);
    fputs("</td><td>", page->out);
    page_count(page, agency->bets);
    fputs("</td>", page->out);
    if (stretch != NULL) {
        write_bet_times(page, stretch, mark);
    }
    fputs("<td>", page->out);
    page_time(page, agency->finished_at);
    fputs("</td>", page->out);
    if (facts_is_drawn(facts)) {
        fputs("<td>", page->out);
        page_time(page, agency->told_at);
        fprintf(page->out, "</td><td>%" PRIu32 "</td>", agency->winners);
    }
    if (stretch != NULL) {
        write_silence(page, stretch, mark);
    }
    fputs("</tr>\n", page->out);
}

static void write_table(const struct page *page) {
    const struct facts *facts = &page->report->facts;
    enum text heads[9] = {TEXT_AGENCY, TEXT_HOW_IT_ENDED, TEXT_BETS};
    size_t count = 3;
    if (page_has_log(page)) {
        heads[count++] = TEXT_FIRST_BET;
        heads[count++] = TEXT_LAST_BET;
    }
    heads[count++] = TEXT_END;
    if (facts_is_drawn(facts)) {
        heads[count++] = TEXT_TOLD;
        heads[count++] = TEXT_WINNERS;
    }
    if (page_has_log(page)) {
        heads[count++] = TEXT_SILENT;
    }
    size_t quiet = count_quiet(page);
    fprintf(page->out, "<div%s>\n", quiet == facts->count ? " class=quiet" : "");
    page_begin_table(page, heads, count, 2);
    for (size_t i = 0; i < facts->count && i < ROWS_MAX; i++) {
        write_row(page, i);
    }
    page_end_table(page);
    fputs("</div>\n", page->out);
    write_quiet(page, quiet);
    if (facts->count > ROWS_MAX) {
        char more[PAGE_NUMBER_BYTES];
        page_paragraph(page, TEXT_ROWS_LEFT_OUT, page_number(page, facts->count - ROWS_MAX, more), NULL);
    }
}

static void write_notes(const struct page *page) {
    char text[MOMENTS_BYTES];
    fputs("<p class=soft>", page->out);
    if (page_has_log(page)) {
        moments_duration(page->report->log->silence_s, text);
        page_say(page, TEXT_SILENCE_NOTE, text, NULL);
        fputs(page->report->log->has_no_room ? " " : "", page->out);
        fputs(page->report->log->has_no_room ? page_words(page, TEXT_SPELLS_LEFT_OUT) : "", page->out);
    } else {
        fprintf(page->out, "%s, %s, %s: ", page_words(page, TEXT_FIRST_BET), page_words(page, TEXT_LAST_BET),
                page_words(page, TEXT_SILENT));
        page_no_log(page);
    }
    fputs("</p>\n", page->out);
}

void page_agencies(const struct page *page) {
    const struct facts *facts = &page->report->facts;
    char bets[PAGE_NUMBER_BYTES];
    page_begin_part(page, TEXT_AGENCIES);
    write_not_sent(page);
    if (facts->draw.voided > 0) {
        page_paragraph(page, TEXT_VOIDED, page_number(page, facts->draw.voided, bets), NULL);
    }
    if (page_has_log(page)) {
        write_holes(page);
    }
    if (facts->count > 0) {
        page_agency_chart(page);
        write_table(page);
    }
    write_notes(page);
    if (page_has_log(page)) {
        page_silences(page);
    }
    page_end_part(page);
}
