#include "report/steps.h"

#include <stdbool.h>
#include <stdio.h>

void steps_add(struct steps *steps, int64_t at, enum text what, const char *one, const char *other) {
    steps_add_placed(steps, at, STEP_BETWEEN, what, one, other);
}

void steps_add_placed(struct steps *steps, int64_t at, enum step_place place, enum text what, const char *one,
                      const char *other) {
    if (at == 0 || steps->count++ >= STEPS_MAX) {
        return;
    }
    struct step *step = &steps->list[steps->count - 1];
    step->at = at;
    step->place = place;
    step->what = what;
    snprintf(step->one, sizeof step->one, "%s", one == NULL ? "" : one);
    snprintf(step->other, sizeof step->other, "%s", other == NULL ? "" : other);
}

static bool is_later(const struct step *step, const struct step *other) {
    return step->at != other->at ? step->at > other->at : step->place > other->place;
}

void steps_sort(struct steps *steps) {
    for (size_t i = 1; i < steps_kept(steps); i++) {
        struct step step = steps->list[i];
        size_t at = i;
        for (; at > 0 && is_later(&steps->list[at - 1], &step); at--) {
            steps->list[at] = steps->list[at - 1];
        }
        steps->list[at] = step;
    }
}
