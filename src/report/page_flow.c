#include "report/page.h"

#include "report/svg.h"

enum { HEIGHT = 210, LEFT = 64 };

static void write_bars(const struct svg_chart *chart, const struct flow *flow, uint64_t top) {
    fputs("<path class=bar d=\"", chart->out);
    for (int i = 0; i < FLOW_STEPS; i++) {
        int64_t from = flow->from + i * flow->step_s;
        double left = svg_x(chart, from), right = svg_x(chart, from + flow->step_s);
        double height = (double)(chart->bottom - chart->top) * (double)flow->bets[i] / (double)top;
        if (flow->bets[i] > 0) {
            fprintf(chart->out, "M%.1f %dV%.1fH%.1fV%d", left, chart->bottom, chart->bottom - height,
                    right - left > 3 ? right - 0.5 : right, chart->bottom);
        }
    }
    fputs("\"/>\n", chart->out);
}

static void write_coverage(const struct page *page) {
    uint64_t logged = page->report->log->bets, stored = page->report->facts.bets;
    char one[PAGE_NUMBER_BYTES], other[PAGE_NUMBER_BYTES];
    bool is_same = logged == stored && !page_log_lacks(page);
    enum text text = is_same ? TEXT_FLOW_ALL : logged <= stored ? TEXT_FLOW_COVERS : TEXT_FLOW_MORE;
    fputs("<p class=soft>", page->out);
    page_say(page, text, page_number(page, logged, one), page_number(page, stored, other));
    fputs("</p>\n", page->out);
}

static void write_chart(const struct page *page) {
    const struct flow *flow = &page->report->log->flow;
    struct svg_chart chart;
    char each[MOMENTS_BYTES];
    int64_t end = flow->last + flow->step_s, night = page_end_of_night(page);
    moments_duration(flow->step_s, each);
    fputs("<figure tabindex=0>\n", page->out);
    svg_begin(&chart, page->out, page_words(page, TEXT_BETS_OVER_TIME), flow->from, end > night ? end : night,
              HEIGHT, LEFT);
    uint64_t top = svg_counts(&chart, flow_most(flow), page_words(page, TEXT_THOUSANDS)[0]);
    svg_times(&chart);
    page_outages(page, &chart);
    write_bars(&chart, flow, top);
    svg_end(&chart);
    fputs("<figcaption class=legend><span>", page->out);
    page_say(page, TEXT_BETS_EACH, each, NULL);
    fputs("</span>\n", page->out);
    page_outage_legend(page);
    fputs("</figcaption>\n</figure>\n", page->out);
}

void page_flow(const struct page *page) {
    page_begin_part(page, TEXT_BETS_OVER_TIME);
    if (!page_has_log(page)) {
        fputs("<p>", page->out);
        page_no_log(page);
        fputs("</p>\n", page->out);
    } else {
        if (page->report->log->flow.total > 0) {
            write_chart(page);
        }
        write_coverage(page);
    }
    page_end_part(page);
}
