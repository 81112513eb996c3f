#include "report/page.h"

enum { SHADED_MAX = 200 }; // of a server that starts over and over, the first ones

static bool has_outage(const struct page *page) {
    struct outage outage;
    const struct report *report = page->report;
    return page_has_log(page) &&
           servers_next_outage(&report->log->servers, report->facts.opened_at, &outage) &&
           outage.from < page_end_of_night(page);
}

void page_outages(const struct page *page, const struct svg_chart *chart) {
    struct outage outage;
    int64_t after = page->report->facts.opened_at;
    if (!has_outage(page)) {
        return;
    }
    const struct servers *servers = &page->report->log->servers;
    for (int i = 0; i < SHADED_MAX && servers_next_outage(servers, after, &outage); i++) {
        if (outage.from < chart->to) {
            svg_band(chart, "down", outage.from, outage.to);
        }
        after = outage.to;
    }
}

void page_outage_legend(const struct page *page) {
    if (has_outage(page)) {
        fprintf(page->out,
                "<span><svg viewBox=\"0 0 24 12\"><rect class=down x=1 y=1 width=22 height=10 /></svg>%s"
                "</span>\n",
                page_words(page, TEXT_LEGEND_DOWN));
    }
}
