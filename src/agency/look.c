#include "agency/look.h"

// Looking comes first. But the servers that took the bets may be gone for good, and those with the winners
// still there: so both are tried in turn.
void look_lost(struct look *look, bool has_other, bool *consulting) {
    if (*consulting && look->can) {
        *look = (struct look){.can = true, .is_owed = true, .is_on = true};
        *consulting = false;
    } else if (look->is_on && has_other) {
        look->is_on = false;
        *consulting = true;
    }
}

// The central may have come back between the two attempts.
bool look_comes_first(struct look *look) {
    look->is_on = look->is_owed && !look->was_tried;
    look->was_tried = look->is_owed = look->is_on;
    return look->is_on;
}

void look_end(struct look *look) {
    look->is_on = look->is_owed = false;
}
