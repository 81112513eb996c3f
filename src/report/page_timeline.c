#include "report/more_steps.h"
#include "report/page.h"

#include <inttypes.h>
#include <stdlib.h>

enum { AGENCIES_EACH_MAX = 12 }; // up to so many agencies each has a line of its own

static void add(struct steps *steps, int64_t at, enum text what) {
    steps_add(steps, at, what, NULL, NULL);
}

static void add_agency(struct steps *steps, int64_t at, enum text what, uint32_t agency) {
    char number[PAGE_NUMBER_BYTES];
    snprintf(number, sizeof number, "%" PRIu32, agency);
    steps_add(steps, at, what, number, NULL);
}

static enum text how_ended(const struct agency_facts *agency) {
    return agency->ending == AGENCY_CUT     ? TEXT_CUT_BY_CLOSE
           : agency->ending == AGENCY_ENDED ? TEXT_ENDED_BY_ORDER
                                            : TEXT_AGENCY_ENDED;
}

static void add_bets(struct steps *steps, const struct page *page) {
    const struct report *report = page->report;
    const struct stretch *first = NULL, *last = NULL;
    for (size_t i = 0; i < report->facts.count; i++) {
        const struct stretch *stretch = &report->log->agencies[i];
        if (stretch->chunks > 0) {
            first = first == NULL || stretch->first < first->first ? stretch : first;
            last = last == NULL || stretch->last > last->last ? stretch : last;
        }
    }
    if (first != NULL) {
        const struct agency_facts *agencies = report->facts.agencies;
        bool lacks = page_log_lacks(page);
        add_agency(steps, first->first, lacks ? TEXT_FIRST_BETS_LOG : TEXT_FIRST_BETS,
                   agencies[first - report->log->agencies].agency);
        add_agency(steps, last->last, lacks ? TEXT_LAST_BETS_LOG : TEXT_LAST_BETS,
                   agencies[last - report->log->agencies].agency);
    }
}

// The first and the last agency in the order of a time: that of its end, or of when it was told.
static void add_ends(struct steps *steps, const struct facts *facts, bool of_told, enum text first_text,
                     enum text last_text) {
    const struct agency_facts *first = NULL, *last = NULL;
    int64_t first_at = 0, last_at = 0;
    for (size_t i = 0; i < facts->count; i++) {
        const struct agency_facts *agency = &facts->agencies[i];
        int64_t at = of_told ? agency->told_at : agency->finished_at;
        if (at != 0 && (first == NULL || at < first_at)) {
            first = agency;
            first_at = at;
        }
        if (at != 0 && (last == NULL || at >= last_at)) {
            last = agency;
            last_at = at;
        }
    }
    if (first != NULL) {
        add_agency(steps, first_at, first_text, first->agency);
        add_agency(steps, last_at, last_text, last->agency);
    }
}

static void add_agencies(struct steps *steps, const struct facts *facts) {
    if (facts->count > AGENCIES_EACH_MAX) {
        add_ends(steps, facts, false, TEXT_FIRST_ENDED, TEXT_LAST_ENDED);
        return;
    }
    for (size_t i = 0; i < facts->count; i++) {
        const struct agency_facts *agency = &facts->agencies[i];
        add_agency(steps, agency->finished_at, how_ended(agency), agency->agency);
    }
}

static void gather(const struct page *page, struct steps *steps) {
    const struct facts *facts = &page->report->facts;
    const struct orders *orders = page->report->orders;
    char number[PAGE_NUMBER_BYTES];
    steps_add_placed(steps, facts->opened_at, STEP_BEGINS, TEXT_OPENED,
                     page_number(page, facts->draw.agencies, number), NULL);
    if (page_has_log(page)) {
        add_bets(steps, page);
    }
    add_agencies(steps, facts);
    bool ended_before = facts->sealed_at != 0 && facts->closed_at == 0; // all had finished: it closed nothing
    add(steps, ended_before ? 0 : facts->closes_at, TEXT_CUTOFF);
    add(steps, facts->closed_at, TEXT_CLOSED);
    add(steps, facts->sealed_at, TEXT_SEALED);
    add(steps, orders == NULL ? 0 : orders->told.root_at, TEXT_SEAL_KNOWN);
    add(steps, facts_time(facts->draw.forked_at), TEXT_SEAL_SEEN_TWICE);
    add(steps, facts->drawn_at, TEXT_DRAWN);
    add_ends(steps, facts, true, TEXT_FIRST_TOLD, TEXT_LAST_TOLD);
    add(steps, facts->erased_at, TEXT_ERASED);
    int64_t backup = page->report->backup.at;
    add(steps, backup >= facts->opened_at ? backup : 0, TEXT_BACKUP_MADE);
    change_steps(page, steps);
    server_steps(page, steps);
    steps_sort(steps);
}

static void write_step(const struct page *page, const struct step *step) {
    char since[MOMENTS_BYTES];
    int64_t opened_at = page->report->facts.opened_at;
    moments_duration(step->at > opened_at ? step->at - opened_at : 0, since);
    fputs("<tr><td>", page->out);
    page_time(page, step->at);
    fputs("</td><td>", page->out);
    page_say(page, step->what, step->one, step->other);
    fprintf(page->out, "</td><td>%s</td></tr>\n", since);
}

// How long it took ----------------------------------------------------------------------------------------

static void write_duration(const struct page *page, enum text name, int64_t from, int64_t to) {
    char text[MOMENTS_BYTES];
    if (from == 0 || to < from) {
        return;
    }
    moments_duration(to - from, text);
    page_term(page, name);
    fputs(text, page->out);
}

static void write_durations(const struct page *page) {
    const struct facts *facts = &page->report->facts;
    int64_t first = 0, last = 0;
    for (size_t i = 0; i < facts->count; i++) {
        int64_t at = facts->agencies[i].told_at;
        first = at != 0 && (first == 0 || at < first) ? at : first;
        last = at > last ? at : last;
    }
    page_begin_list(page);
    write_duration(page, TEXT_SEAL_TO_DRAW, facts->sealed_at, facts->drawn_at);
    write_duration(page, TEXT_DRAW_TO_FIRST_TOLD, facts->drawn_at, first);
    write_duration(page, TEXT_DRAW_TO_LAST_TOLD, facts->drawn_at, last);
    if (facts_is_drawn(facts) && facts->told < facts->draw.agencies) {
        char told[PAGE_NUMBER_BYTES], all[PAGE_NUMBER_BYTES];
        fputs(last != 0 ? " (" : "", page->out);
        if (last == 0) {
            page_term(page, TEXT_DRAW_TO_LAST_TOLD);
        }
        page_say(page, TEXT_NOT_ALL_TOLD, page_number(page, facts->told, told),
                 page_number(page, facts->draw.agencies, all));
        fputs(last != 0 ? ")" : "", page->out);
    }
    page_end_list(page);
}

void page_timeline(const struct page *page) {
    static const enum text heads[] = {TEXT_TIME, TEXT_EVENT, TEXT_SINCE_OPENING};
    static struct steps steps;
    steps.count = 0;
    page_begin_part(page, TEXT_TIMELINE);
    gather(page, &steps);
    page_begin_table(page, heads, 3, 2);
    for (size_t i = 0; i < steps_kept(&steps); i++) {
        write_step(page, &steps.list[i]);
    }
    page_end_table(page);
    if (steps.count > STEPS_MAX) {
        char more[PAGE_NUMBER_BYTES];
        page_paragraph(page, TEXT_AND_MORE, page_number(page, steps.count - STEPS_MAX, more), NULL);
    }
    if (!page_has_log(page)) {
        fputs("<p class=soft>", page->out);
        fprintf(page->out, "%s, %s: ", page_words(page, TEXT_FIRST_BET), page_words(page, TEXT_LAST_BET));
        page_no_log(page);
        fputs("</p>\n", page->out);
    }
    if (page->report->facts.drawn_at != 0) {
        write_durations(page);
    }
    page_end_part(page);
}
