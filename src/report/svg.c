#include "report/svg.h"

#include "report/moments.h"

#include <inttypes.h>
#include <stdbool.h>
#include <time.h>

enum {
    WIDTH = 900,
    RIGHT = 12,
    TOP = 8,
    BOTTOM = 22,
    TIMES_MAX = 8,
    EDGE = 24,
    MILLION = 1000000,
    DAY_S = 24 * 60 * 60
};

void svg_begin(struct svg_chart *chart, FILE *out, const char *label, int64_t from, int64_t to, int height,
               int left) {
    *chart = (struct svg_chart){.out = out,
                                .left = left,
                                .right = WIDTH - RIGHT,
                                .top = TOP,
                                .bottom = height - BOTTOM,
                                .from = from,
                                .to = to};
    fprintf(out, "<svg viewBox=\"0 0 %d %d\" role=img aria-label=\"%s\">\n", WIDTH, height, label);
}

void svg_end(const struct svg_chart *chart) {
    fputs("</svg>\n", chart->out);
}

double svg_x(const struct svg_chart *chart, int64_t at) {
    int64_t within = at < chart->from ? chart->from : at > chart->to ? chart->to : at;
    return chart->left + (double)(chart->right - chart->left) * (double)(within - chart->from) /
                             (double)(chart->to - chart->from);
}

void svg_band(const struct svg_chart *chart, const char *class, int64_t from, int64_t to) {
    double left = svg_x(chart, from), right = svg_x(chart, to);
    fprintf(chart->out, "<rect class=%s x=%.1f y=%d width=%.1f height=%d />\n", class, left, chart->top,
            right - left < 2 ? 2.0 : right - left, chart->bottom - chart->top);
}

// The smallest step between words that leaves room for each.
static int64_t time_step(int64_t seconds) {
    static const int64_t steps[] = {1,   2,   5,    10,   15,   30,    60,    120,   300,
                                    600, 900, 1800, 3600, 7200, 10800, 21600, 43200, DAY_S};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (seconds / steps[i] <= TIMES_MAX) {
            return steps[i];
        }
    }
    return DAY_S * (seconds / DAY_S / TIMES_MAX + 1);
}

static void write_time(const struct svg_chart *chart, int64_t at, int64_t step) {
    char text[32];
    time_t time = (time_t)at;
    struct tm fields;
    if (localtime_r(&time, &fields) == NULL || strftime(text, sizeof text,
                                                        step < 60      ? "%H:%M:%S"
                                                        : step < DAY_S ? "%H:%M"
                                                                       : "%m-%d",
                                                        &fields) == 0) {
        return;
    }
    double x = svg_x(chart, at);
    const char *anchor = x > chart->right - EDGE ? "end" : "middle"; // what is cut off cannot be read
    fprintf(chart->out, "<path class=grid d=\"M%.1f %dV%d\"/><text x=%.1f y=%d text-anchor=%s>%s</text>\n", x,
            chart->top, chart->bottom + 4, x, chart->bottom + 17, anchor, text);
}

void svg_times(const struct svg_chart *chart) {
    int64_t step = time_step(chart->to - chart->from), ahead = moments_ahead(chart->from);
    int64_t first = (chart->from + ahead + step - 1) / step * step - ahead;
    for (int64_t at = first; at <= chart->to; at += step) {
        write_time(chart, at, step);
    }
}

// 1, 2 or 5 with zeros, so that there are at most four steps.
static uint64_t count_step(uint64_t most) {
    for (uint64_t ten = 1;; ten *= 10) {
        for (uint64_t one = 1; one <= 5; one += one == 1 ? 1 : 3) {
            if (most / 4 < one * ten || ten >= UINT64_MAX / 100) {
                return one * ten;
            }
        }
    }
}

static void write_count(const struct svg_chart *chart, uint64_t count, uint64_t most, char thousands) {
    double y = chart->bottom - (double)(chart->bottom - chart->top) * (double)count / (double)most;
    fprintf(chart->out, "<path class=grid d=\"M%d %.1fH%d\"/><text x=%d y=%.1f text-anchor=end>", chart->left,
            y, chart->right, chart->left - 6, y + 4);
    if (count >= MILLION) {
        fprintf(chart->out, "%gM", (double)count / 1e6);
    } else if (count >= 1000) {
        fprintf(chart->out, "%" PRIu64 "%c%03u", count / 1000, thousands, (unsigned)(count % 1000));
    } else {
        fprintf(chart->out, "%" PRIu64, count);
    }
    fputs("</text>\n", chart->out);
}

uint64_t svg_counts(const struct svg_chart *chart, uint64_t most, char thousands) {
    uint64_t step = count_step(most), top = (most + step - 1) / step * step;
    top = top == 0 ? step : top;
    for (uint64_t count = 0; count <= top; count += step) {
        write_count(chart, count, top, thousands);
    }
    return top;
}
