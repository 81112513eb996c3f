// How many records others may cause: so many a second of each sort, each with a budget of its own, so that no
// flood of one sort takes room from another. What is left out is counted.
#ifndef QUINIELA_AUDIT_BUDGET_H
#define QUINIELA_AUDIT_BUDGET_H

#include "base/rate.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    AUDIT_LIMIT = 20,         // a second, of one sort
    AUDIT_AGENCY_LIMIT = 100, // the same of one sort and agency, where there is one
    AUDIT_SORTS = 64,
};

// What a record is about: string constants.
struct audit_sort {
    const char *event;
    const char *reason; // or NULL
    const char *agency; // in whose certificate's name, or NULL; any string
};

struct audit_suppressed {
    const char *event, *reason;
    int64_t count;
};

// All zeros is an empty one. For one thread at a time.
struct audit_budget {
    struct rate rate;
    struct audit_suppressed suppressed[AUDIT_SORTS];
    size_t sorts;
    uint64_t told_ms; // when what was left out was told last
};

// Whether a record of that sort may be written now; one that may not is counted.
bool audit_budget_allows(struct audit_budget *budget, const struct audit_sort *sort, uint64_t now_ms);

// Takes what was left out, one sort a call, once a second of the clock; with `all` at any time. False when
// there is none.
bool audit_budget_take(struct audit_budget *budget, uint64_t now_ms, bool all,
                       struct audit_suppressed *suppressed);

#endif
