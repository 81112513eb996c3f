// Prometheus' text format 0.0.4: families of samples. Each family is written once, and its samples follow it
// at once.
#ifndef QUINIELA_BOARD_METRICS_TEXT_H
#define QUINIELA_BOARD_METRICS_TEXT_H

#include "base/counters.h"

#include <stdint.h>
#include <stdio.h>

struct metrics_label {
    const char *name, *value; // UTF-8; bytes of the value that are none become '?'
};

enum { METRICS_LABELS_MAX = 4 };

// The lines before the samples of `name`; `type` is "counter", "gauge" or "histogram".
void metrics_begin(FILE *out, const char *name, const char *type, const char *help);

// A sample. Labels end with one whose name is NULL, or after METRICS_LABELS_MAX of them; NULL: there are
// none. The number is written with three decimals.
void metrics_sample(FILE *out, const char *name, const struct metrics_label *labels, double value);

// The same of a whole number, exactly.
void metrics_whole(FILE *out, const char *name, const struct metrics_label *labels, int64_t value);

// A family with one whole number, a gauge.
void metrics_gauge(FILE *out, const char *name, const char *help, int64_t value);

// All counters of a table: quiniela_TABLE_NAME, a COUNTER's with "_total" behind it.
void metrics_table(FILE *out, const struct counter_table *table);

#endif
