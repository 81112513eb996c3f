// Charts in SVG: axes, and where things are on them.
#ifndef QUINIELA_REPORT_SVG_H
#define QUINIELA_REPORT_SVG_H

#include <stdint.h>
#include <stdio.h>

// A chart of time, left to right; what is drawn in it is between these bounds, in pixels.
struct svg_chart {
    FILE *out;
    int left, right, top, bottom;
    int64_t from, to; // seconds since 1970; `to` is later
};

// Begins it, `height` pixels high and as wide as a page, with room for words of so many pixels at the left.
// `label`, a constant, is what it shows, for those who cannot see it.
void svg_begin(struct svg_chart *chart, FILE *out, const char *label, int64_t from, int64_t to, int height,
               int left);
void svg_end(const struct svg_chart *chart);

// Where that time is, within the chart's bounds.
double svg_x(const struct svg_chart *chart, int64_t at);

// Shades a time from top to bottom, at least as wide as can be seen; `class` is a constant.
void svg_band(const struct svg_chart *chart, const char *class, int64_t from, int64_t to);

// Writes lines and words for times: whole hours, minutes, … of this machine's zone.
void svg_times(const struct svg_chart *chart);

// Writes lines and words for counts from 0 to at least `most`. Returns the count at the top. `thousands`
// stands between digits.
uint64_t svg_counts(const struct svg_chart *chart, uint64_t most, char thousands);

#endif
