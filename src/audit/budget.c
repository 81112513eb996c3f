#include "audit/budget.h"

#include <string.h>

enum { SECOND_MS = 1000 };

static bool is_same(const char *one, const char *other) {
    return one == NULL || other == NULL ? one == other : strcmp(one, other) == 0;
}

// The program has fewer than AUDIT_SORTS sorts. Any more would share the last place.
static struct audit_suppressed *place_of(struct audit_budget *budget, const struct audit_sort *sort) {
    for (size_t i = 0; i < budget->sorts; i++) {
        struct audit_suppressed *place = &budget->suppressed[i];
        if (is_same(place->event, sort->event) && is_same(place->reason, sort->reason)) {
            return place;
        }
    }
    if (budget->sorts < AUDIT_SORTS) {
        budget->suppressed[budget->sorts++] =
            (struct audit_suppressed){.event = sort->event, .reason = sort->reason};
    }
    return &budget->suppressed[budget->sorts - 1];
}

static uint64_t key_of(const struct audit_sort *sort) {
    uint64_t key = rate_key(0, sort->event, strlen(sort->event));
    key = sort->reason == NULL ? key : rate_key(key, sort->reason, strlen(sort->reason));
    return sort->agency == NULL ? key : rate_key(key + 1, sort->agency, strlen(sort->agency));
}

bool audit_budget_allows(struct audit_budget *budget, const struct audit_sort *sort, uint64_t now_ms) {
    uint32_t most = sort->agency == NULL ? AUDIT_LIMIT : AUDIT_AGENCY_LIMIT;
    if (rate_count(&budget->rate, key_of(sort), now_ms / SECOND_MS + 1) <= most) {
        return true;
    }
    place_of(budget, sort)->count++;
    return false;
}

bool audit_budget_take(struct audit_budget *budget, uint64_t now_ms, bool all,
                       struct audit_suppressed *suppressed) {
    if (!all && now_ms / SECOND_MS == budget->told_ms / SECOND_MS) {
        return false;
    }
    for (size_t i = 0; i < budget->sorts; i++) {
        if (budget->suppressed[i].count > 0) {
            *suppressed = budget->suppressed[i];
            budget->suppressed[i].count = 0;
            return true;
        }
    }
    budget->told_ms = now_ms;
    return false;
}
