#include "board/states.h"

enum board_agency_state board_state_of(const struct stored_agency *agency, bool is_quiet) {
    if (agency->told_at[0] != '\0') {
        return BOARD_TOLD;
    }
    if (agency->finished_at[0] != '\0') {
        return agency->ending == AGENCY_FINISHED ? BOARD_FINISHED : BOARD_CUT_OFF;
    }
    return agency->bets == 0 ? BOARD_WAITING : is_quiet ? BOARD_SILENT : BOARD_SENDING;
}

static const char *sealed_waits_for(const struct board_snapshot *snapshot) {
    const struct stored_draw *draw = &snapshot->draw;
    if (draw->rules > 0 && !draw->has_root) {
        return "seal";
    }
    if (draw->has_number) {
        return "draw";
    }
    return draw->number_mode == NUMBER_BEACON                 ? "pulse"
           : snapshot->approvals < snapshot->approvals_wanted ? "approvals"
                                                              : "number";
}

const char *board_waits_for(const struct board_snapshot *snapshot) {
    const uint64_t *by_state = snapshot->by_state;
    switch (snapshot->draw.state) {
    case DRAW_DRAWN:
        return by_state[BOARD_FINISHED] + by_state[BOARD_CUT_OFF] > 0 ? "telling" : "nothing";
    case DRAW_SEALED:
        return snapshot->draw.forked_at[0] != '\0' ? "fork" : sealed_waits_for(snapshot);
    default:
        return "agencies";
    }
}

uint64_t board_finished(const struct board_snapshot *snapshot) {
    return snapshot->by_state[BOARD_FINISHED] + snapshot->by_state[BOARD_TOLD];
}
