#include "board/snapshot.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[BOARD_AGENCY_STATES] = {
    [BOARD_WAITING] = "waiting",   [BOARD_SENDING] = "sending", [BOARD_SILENT] = "silent",
    [BOARD_FINISHED] = "finished", [BOARD_TOLD] = "told",       [BOARD_CUT_OFF] = "cut_off",
};

const char *board_state_name(enum board_agency_state state) {
    return names[state];
}

bool board_state_parse(const char *name, enum board_agency_state *state) {
    for (size_t i = 0; i < BOARD_AGENCY_STATES; i++) {
        if (strcmp(name, names[i]) == 0) {
            *state = (enum board_agency_state)i;
            return true;
        }
    }
    return false;
}

struct board_snapshot *board_snapshot_copy(const struct board_snapshot *snapshot) {
    struct board_snapshot *copy = malloc(sizeof *copy);
    if (copy == NULL) {
        return NULL;
    }
    *copy = *snapshot;
    copy->agencies = NULL;
    if (snapshot->count > 0) {
        copy->agencies = reallocarray(NULL, snapshot->count, sizeof *copy->agencies);
        if (copy->agencies == NULL) {
            free(copy);
            return NULL;
        }
        memcpy(copy->agencies, snapshot->agencies, snapshot->count * sizeof *copy->agencies);
    }
    return copy;
}

void board_snapshot_free(struct board_snapshot *snapshot) {
    if (snapshot != NULL) {
        free(snapshot->agencies);
        free(snapshot);
    }
}
