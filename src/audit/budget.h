// Limits how many records clients can cause: a number a second for each sort of record, so that a flood of
// one sort leaves room for the others. Records left out are counted.
#ifndef QUINIELA_AUDIT_BUDGET_H
#define QUINIELA_AUDIT_BUDGET_H

#include "base/rate.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    AUDIT_LIMIT = 20,         // records a second of one sort
    AUDIT_AGENCY_LIMIT = 100, // the same for one sort and agency, if it names one
    AUDIT_SORTS = 64,
};

// What a record is about: string constants.
struct audit_sort {
    const char *event;
    const char *reason; // or NULL
    const char *agency; // the name in its certificate, or NULL; any string
};

struct audit_suppressed {
    const char *event, *reason;
    int64_t count;
};

// Zero-initialised it is empty. Not thread-safe.
struct audit_budget {
    struct rate rate;
    struct audit_suppressed suppressed[AUDIT_SORTS];
    size_t sorts;
    uint64_t told_ms; // when the counts were last taken
};

// Whether a record of this sort may be written now; if not, it is counted.
bool audit_budget_allows(struct audit_budget *budget, const struct audit_sort *sort, uint64_t now_ms);

// Takes the count of one sort, at most once each second of the clock; with `all`, at any time. False when
// none is left.
bool audit_budget_take(struct audit_budget *budget, uint64_t now_ms, bool all,
                       struct audit_suppressed *suppressed);

#endif
