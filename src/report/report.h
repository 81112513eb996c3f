// The report of a night: one HTML file, without scripts, that loads nothing.
#ifndef QUINIELA_REPORT_REPORT_H
#define QUINIELA_REPORT_REPORT_H

#include "report/night.h"

#include <stdio.h>

// Writes it all. What the draw's state forbids to tell is not in it.
void report_write(const struct report *report, FILE *out);

#endif
