// When each agency sent, was silent and ended; of many agencies only how many had ended at each time.
#include "report/page.h"
#include "report/svg.h"

#include <inttypes.h>
#include <stdlib.h>

enum { ROWS_MAX = 40, ROW = 16, AROUND = 34, LEFT = 64, CURVE_HEIGHT = 170, CURVE_POINTS = 800 };

// A row for each ------------------------------------------------------------------------------------------

static void write_bar(const struct svg_chart *chart, const char *class, int64_t from, int64_t to, int y) {
    double left = svg_x(chart, from), right = svg_x(chart, to);
    fprintf(chart->out, "<rect class=%s x=%.1f y=%d width=%.1f height=%d />\n", class, left, y + 3,
            right - left < 2 ? 2.0 : right - left, ROW - 6);
}

static void write_row(const struct page *page, const struct svg_chart *chart, size_t index, int y) {
    const struct agency_facts *agency = &page->report->facts.agencies[index];
    const struct stretch *stretch = page_has_log(page) ? &page->report->log->agencies[index] : NULL;
    fprintf(chart->out, "<text x=%d y=%d text-anchor=end>%" PRIu32 "</text>\n", chart->left - 6, y + 12,
            agency->agency);
    if (stretch != NULL && stretch->chunks > 0) {
        write_bar(chart, "bar", stretch->first, stretch->last, y);
        bool is_sure = !night_log_lacks(page->report->log, index); // that a gap is not one of the log
        for (size_t i = 0; is_sure && i < stretch->spell_count; i++) {
            write_bar(chart, "gap", stretch->spells[i].from, stretch->spells[i].to, y);
        }
    }
    if (agency->finished_at != 0) {
        fprintf(chart->out, "<path class=%s d=\"M%.1f %dv%d\"/>\n",
                agency->ending == AGENCY_FINISHED ? "mark" : "cut", svg_x(chart, agency->finished_at), y + 1,
                ROW - 2);
    }
}

static void write_legend(const struct page *page) {
    static const char bar[] = "<span><svg viewBox=\"0 0 24 12\"><rect class=%s x=1 y=2 width=22 height=8 />"
                              "</svg>%s</span>\n",
                      mark[] = "<span><svg viewBox=\"0 0 24 12\"><path class=%s d=\"M12 0v12\"/></svg>%s"
                               "</span>\n";
    fputs("<figcaption class=legend>\n", page->out);
    if (page_has_log(page)) {
        fprintf(page->out, bar, "bar", page_words(page, TEXT_LEGEND_BAR));
        fprintf(page->out, bar, "gap", page_words(page, TEXT_LEGEND_GAP));
    }
    fprintf(page->out, mark, "mark", page_words(page, TEXT_LEGEND_END));
    fprintf(page->out, mark, "cut", page_words(page, TEXT_LEGEND_CUT));
    page_outage_legend(page);
    fputs("</figcaption>\n", page->out);
}

static void write_rows(const struct page *page) {
    const struct facts *facts = &page->report->facts;
    struct svg_chart chart;
    svg_begin(&chart, page->out, page_words(page, TEXT_AGENCIES), facts->opened_at, page_end_of_night(page),
              (int)facts->count * ROW + AROUND, LEFT);
    svg_times(&chart);
    for (size_t i = 0; i < facts->count; i++) {
        write_row(page, &chart, i, chart.top + (int)i * ROW);
    }
    page_outages(page, &chart); // nobody sent then: above the bars
    svg_end(&chart);
    write_legend(page);
}

// A curve for all -----------------------------------------------------------------------------------------

static void count_ends(const struct page *page, const struct svg_chart *chart, uint64_t ends[CURVE_POINTS]) {
    const struct facts *facts = &page->report->facts;
    for (size_t i = 0; i < facts->count; i++) {
        double x = svg_x(chart, facts->agencies[i].finished_at) - chart->left;
        size_t point = (size_t)(x * (CURVE_POINTS - 1) / (chart->right - chart->left));
        ends[point < CURVE_POINTS ? point : CURVE_POINTS - 1] += facts->agencies[i].finished_at != 0;
    }
}

static void write_curve(const struct page *page) {
    const struct facts *facts = &page->report->facts;
    uint64_t ends[CURVE_POINTS] = {0}, sum = 0;
    struct svg_chart chart;
    svg_begin(&chart, page->out, page_words(page, TEXT_ENDED_OVER_TIME), facts->opened_at,
              page_end_of_night(page), CURVE_HEIGHT, LEFT);
    uint64_t top = svg_counts(&chart, facts->draw.agencies, page_words(page, TEXT_THOUSANDS)[0]);
    svg_times(&chart);
    page_outages(page, &chart);
    count_ends(page, &chart, ends);
    fprintf(page->out, "<path class=curve d=\"M%d %d", chart.left, chart.bottom);
    for (size_t i = 0; i < CURVE_POINTS; i++) {
        sum += ends[i];
        if (ends[i] > 0 || i == CURVE_POINTS - 1) {
            double width = chart.right - chart.left, height = chart.bottom - chart.top;
            fprintf(page->out, "H%.1fV%.1f", chart.left + width * (double)i / (CURVE_POINTS - 1),
                    chart.bottom - height * (double)sum / (double)top);
        }
    }
    fputs("\"/>\n", page->out);
    svg_end(&chart);
    fprintf(page->out, "<figcaption class=legend><span>%s</span>\n", page_words(page, TEXT_ENDED_OVER_TIME));
    page_outage_legend(page);
    fputs("</figcaption>\n", page->out);
}

void page_agency_chart(const struct page *page) {
    fputs("<figure tabindex=0>\n", page->out);
    if (page->report->facts.count <= ROWS_MAX) {
        write_rows(page);
    } else {
        write_curve(page);
    }
    fputs("</figure>\n", page->out);
}
