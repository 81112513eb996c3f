#include "claims/tally.h"

#include <stdlib.h>

bool tallies_add(struct tallies *tallies, const struct tally *tally, struct error *error) {
    if (tallies->count == tallies->room) {
        size_t room = tallies->room * 2 + 64;
        struct tally *list = reallocarray(tallies->list, room, sizeof *list);
        if (list == NULL) {
            return error_set(error, ERROR_NO_MEMORY, "no memory for what was counted of agencies");
        }
        tallies->list = list;
        tallies->room = room;
    }
    tallies->list[tallies->count++] = *tally;
    return true;
}

void tallies_free(struct tallies *tallies) {
    free(tallies->list);
    *tallies = (struct tallies){.list = NULL};
}

bool tally_is_equal(const struct tally *tally) {
    return tally->is_sealed && tally->sealed == tally->counted &&
           (tally->sealed == 0 || hash_equal(&tally->sealed_root, &tally->counted_root));
}
