// What happened in a night, by time.
#ifndef QUINIELA_REPORT_STEPS_H
#define QUINIELA_REPORT_STEPS_H

#include "report/texts.h"

#include <stddef.h>
#include <stdint.h>

enum { STEPS_MAX = 100, STEP_VALUE_BYTES = 160 };

// Where a step stands among those of its second: times of a log of text have no parts of one.
enum step_place { STEP_BEGINS, STEP_BETWEEN, STEP_ENDS };

struct step {
    int64_t at; // seconds since 1970
    enum step_place place;
    enum text what;
    char one[STEP_VALUE_BYTES], other[STEP_VALUE_BYTES]; // values of the text
};

// All zeros: there is none.
struct steps {
    struct step list[STEPS_MAX];
    size_t count; // in all
};

// Adds one, with copies of its values (NULL: none). At 0 it did not happen, and is not added.
void steps_add(struct steps *steps, int64_t at, enum text what, const char *one, const char *other);

// As steps_add(), for one that comes before what is added with it, or after it, in the same second.
void steps_add_placed(struct steps *steps, int64_t at, enum step_place place, enum text what, const char *one,
                      const char *other);

// By time, then by place. Those of one second and place stay in the order in which they were added.
void steps_sort(struct steps *steps);

// How many are in the list.
static inline size_t steps_kept(const struct steps *steps) {
    return steps->count < STEPS_MAX ? steps->count : STEPS_MAX;
}

#endif
