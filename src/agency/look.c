#include "agency/look.h"

// Looking comes first. But the servers that took the bets may be gone for good, or not able to tell, and
// those with the winners still there: so both are tried in turn.
void look_lost(struct look *look, bool may_ask, bool *consulting) {
    if (*consulting && look->can) {
        look->is_owed = look->is_on = true;
        *consulting = false;
    } else if (look->is_on && may_ask) {
        look->is_on = false;
        *consulting = true;
    }
}

void look_end(struct look *look) {
    look->is_on = look->is_owed = false;
}
