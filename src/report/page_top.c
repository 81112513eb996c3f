#include "report/page.h"
#include "report/ranges.h"

#include <inttypes.h>

enum { NAMED_MAX = 12 }; // agencies that a tile names

static void write_tile(const struct page *page, const char *class, const char *value, enum text what) {
    fprintf(page->out, "<div class=\"tile%s\"><b>%s</b><span>%s</span></div>\n", class, value,
            page_words(page, what));
}

static void write_state(const struct page *page) {
    bool is_open = page->report->facts.draw.state == DRAW_OPEN;
    write_tile(page, "", page_words(page, is_open ? TEXT_STATE_OPEN : TEXT_STATE_SEALED), TEXT_STATE);
}

static void write_draw(const struct page *page) {
    const struct facts *facts = &page->report->facts;
    char text[PAGE_NUMBER_BYTES], duration[MOMENTS_BYTES];
    snprintf(text, sizeof text, "%04u", (unsigned)facts->draw.winning_number);
    write_tile(page, " main", text, TEXT_WINNING_NUMBER);
    write_tile(page, "", page_number(page, facts->winners, text), TEXT_WINNERS);
    moments_duration(facts->drawn_at - facts->opened_at, duration);
    write_tile(page, "", duration, TEXT_FROM_OPEN_TO_DRAW);
}

// Those who were cut off by the close, or ended by an order.
static struct ranges find_cut_off(const struct facts *facts) {
    struct ranges cut = {.count = 0};
    for (size_t i = 0; i < facts->count; i++) {
        const struct agency_facts *agency = &facts->agencies[i];
        if (agency->finished_at != 0 && agency->ending != AGENCY_FINISHED) {
            ranges_add(&cut, agency->agency, agency->agency);
        }
    }
    return cut;
}

static void write_agencies(const struct page *page) {
    const struct facts *facts = &page->report->facts;
    const struct ranges cut = find_cut_off(facts);
    char one[PAGE_NUMBER_BYTES], other[PAGE_NUMBER_BYTES];
    fprintf(page->out, "<div class=\"tile%s\"><b>", cut.numbers > 0 ? " bad" : "");
    page_say(page, TEXT_OF, page_number(page, facts->finished - cut.numbers, one),
             page_number(page, facts->draw.agencies, other));
    fprintf(page->out, "</b><span>%s", page_words(page, TEXT_AGENCIES_FINISHED));
    if (cut.numbers > 0) {
        fputs(" · ", page->out);
        page_say(page, TEXT_CUT_OFF, page_number(page, cut.numbers, one),
                 cut.count > NAMED_MAX ? "…" : cut.text);
    }
    fputs("</span></div>\n", page->out);
}

static void write_tiles(const struct page *page) {
    const struct facts *facts = &page->report->facts;
    char text[PAGE_NUMBER_BYTES];
    fputs("<div class=tiles>\n", page->out);
    if (facts_is_drawn(facts)) {
        write_draw(page);
    } else {
        write_state(page);
    }
    write_tile(page, "", page_number(page, facts->bets, text), TEXT_BETS);
    write_agencies(page);
    fputs("</div>\n", page->out);
}

void page_top(const struct page *page) {
    const struct report *report = page->report;
    char text[MOMENTS_BYTES];
    fputs("<header>\n<h1>", page->out);
    page_say(page, TEXT_TITLE, report->draw, NULL);
    fputs("</h1>\n<p class=soft>", page->out);
    moments_time(report->now, 0, text);
    page_say(page, TEXT_MADE, text, report->version);
    moments_zone(report->facts.opened_at, text);
    page_say(page, TEXT_ZONE, text, NULL);
    fputs("</p>\n</header>\n", page->out);
    if (!facts_is_drawn(&report->facts)) {
        fprintf(page->out, "<p class=warn>%s</p>\n", page_words(page, TEXT_SO_FAR));
    }
    if (report->facts.signing.forks > 0 || report->facts.draw.forked_at[0] != '\0') {
        fprintf(page->out, "<p class=warn>%s</p>\n", page_words(page, TEXT_FORKS));
    }
    if (report->orders != NULL && report->orders->broken[0] != '\0') {
        fputs("<p class=warn>", page->out);
        page_say(page, TEXT_CHAIN_BROKEN, report->orders->broken, NULL);
        fputs("</p>\n", page->out);
    }
    if (report->orders != NULL && report->orders->broken[0] == '\0' &&
        (report->orders->told.records == 0 || agreement_find(&report->orders->agreement) != 0)) {
        fprintf(page->out, "<p class=warn>%s</p>\n",
                page_words(page, report->orders->told.records == 0 ? TEXT_NO_RECORD : TEXT_DIFFERS));
    }
    write_tiles(page);
}
