#include "report/page.h"

#include <inttypes.h>

static void write_tile(const struct page *page, const char *class, const char *value, enum text what,
                       const char *of) {
    fprintf(page->out, "<div class=\"tile%s\"><b>%s</b><span>", class, value);
    page_say(page, what, of, NULL);
    fputs("</span></div>\n", page->out);
}

static void write_state(const struct page *page) {
    bool is_open = page->report->facts.draw.state == DRAW_OPEN;
    write_tile(page, "", page_words(page, is_open ? TEXT_STATE_OPEN : TEXT_STATE_SEALED), TEXT_STATE, NULL);
}

static void write_draw(const struct page *page) {
    const struct facts *facts = &page->report->facts;
    char text[PAGE_NUMBER_BYTES], duration[MOMENTS_BYTES];
    snprintf(text, sizeof text, "%04u", (unsigned)facts->draw.winning_number);
    write_tile(page, " main", text, TEXT_WINNING_NUMBER, NULL);
    write_tile(page, "", page_number(page, facts->winners, text), TEXT_WINNERS, NULL);
    moments_duration(facts->drawn_at - facts->opened_at, duration);
    write_tile(page, "", duration, TEXT_FROM_OPEN_TO_DRAW, NULL);
}

static void write_tiles(const struct page *page) {
    const struct facts *facts = &page->report->facts;
    char text[PAGE_NUMBER_BYTES], of[PAGE_NUMBER_BYTES];
    fputs("<div class=tiles>\n", page->out);
    if (facts_is_drawn(facts)) {
        write_draw(page);
    } else {
        write_state(page);
    }
    write_tile(page, "", page_number(page, facts->bets, text), TEXT_BETS, NULL);
    write_tile(page, "", page_number(page, facts->finished, text), TEXT_AGENCIES_ENDED,
               page_number(page, facts->draw.agencies, of));
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
