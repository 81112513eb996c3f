#include "service/lottery/telling.h"

#include "service/limits.h"

#include <assert.h>
#include <stdlib.h>

enum { TELLING_MAX = HELD_MAX + REQUESTS_OUTSTANDING_MAX };

struct telling {
    unsigned count, taken;
    uint32_t agencies[TELLING_MAX]; // each once
};

bool telling_has_room(const struct telling *telling, unsigned more) {
    return telling == NULL || telling->count + more <= TELLING_MAX;
}

static bool is_there(const struct telling *telling, uint32_t agency) {
    for (unsigned i = 0; i < telling->count; i++) {
        if (telling->agencies[i] == agency) {
            return true;
        }
    }
    return false;
}

bool telling_add(struct telling **telling, uint32_t agency) {
    if (*telling == NULL && (*telling = calloc(1, sizeof **telling)) == NULL) {
        return false;
    }
    if (!is_there(*telling, agency)) {
        assert((*telling)->count < TELLING_MAX);
        (*telling)->agencies[(*telling)->count++] = agency;
    }
    return true;
}

bool telling_take(struct telling **telling, uint32_t *agency) {
    struct telling *sent = *telling;
    if (sent == NULL || sent->taken == sent->count) {
        telling_drop(telling);
        return false;
    }
    *agency = sent->agencies[sent->taken++];
    return true;
}

void telling_drop(struct telling **telling) {
    free(*telling);
    *telling = NULL;
}
