// What /metrics answers, in Prometheus' text format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/): every counter of the tables, as the tables
// have it, and what the board knows of the draw, its store and this process. No label names an agency: there
// may be a million of them. docs/metrics.md lists all of them.
#ifndef QUINIELA_BOARD_METRICS_H
#define QUINIELA_BOARD_METRICS_H

#include "base/attributes.h"
#include "board/view.h"

#include <stdbool.h>
#include <stddef.h>

// The Content-Type of the answer.
#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

// On success *text is made with malloc, the caller's, and *length its bytes, without the NUL that follows
// them. False when there is no memory.
bool metrics_write(const struct board_view *view, char **text, size_t *length) MUST_CHECK;

#endif
