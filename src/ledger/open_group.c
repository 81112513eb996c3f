#include "ledger/open_group.h"

#include "ledger/in_hand.h"
#include "ledger/state.h"

bool open_group_begin(struct ledger *ledger, struct error *error) {
    if (!ledger->open_group.is_begun) {
        ledger->open_group.appends = false;
        ledger->open_group.is_begun = store_begin(ledger->store, error);
    }
    return ledger->open_group.is_begun;
}

void open_group_note_bets(struct ledger *ledger) {
    ledger->open_group.appends = true;
}

void open_group_note_end(struct ledger *ledger) {
    ledger->open_group.finishing++;
}

void open_group_end(struct ledger *ledger) {
    ledger->open_group.is_begun = false;
}

void open_group_drop(struct ledger *ledger) {
    store_drop(ledger->store);
    open_group_end(ledger);
    ledger->open_group.finishing = 0;
}

bool open_group_put_agencies(struct ledger *ledger, struct error *error) {
    for (uint32_t i = 0; i < ledger->touched.count; i++) {
        struct agency *agency = &ledger->agencies[ledger->touched.numbers[i]];
        if (!store_put_agency(ledger->store, &agency->row, error)) {
            return false;
        }
    }
    state_untouch_all(ledger);
    return true;
}

// Bets may go only into the draw that they were decided on: another server may have changed it, and sealed
// it without this agency. When an agency finishes in the group, counting the finished agencies checks this.
static bool hold_draw(struct ledger *ledger, struct error *error) {
    return !ledger->open_group.appends || ledger->open_group.finishing > 0 ||
           store_hold_draw(ledger->store, ledger->draw.checksum, error);
}

// When the last agency finishes, the draw is sealed, whichever server this happens on. *seals: it is.
static bool seal_if_all_finished(struct ledger *ledger, bool *seals, struct error *error) {
    struct open_group *group = &ledger->open_group;
    uint32_t finished = ledger->finished;
    *seals = false;
    if (group->finishing == 0) {
        return true;
    }
    if (!store_count_finished(ledger->store, ledger->draw.checksum, group->finishing, &finished, error)) {
        return false;
    }
    group->finishing = 0;
    if (finished < ledger->draw.agencies) {
        return true;
    }
    state_move_draw(&ledger->draw, DRAW_SEALED);
    *seals = true;
    return store_put_draw(ledger->store, &ledger->draw, error);
}

bool open_group_commit(struct ledger *ledger, struct error *error) {
    bool seals;
    open_group_end(ledger);
    if (!open_group_put_agencies(ledger, error) || !hold_draw(ledger, error) ||
        !seal_if_all_finished(ledger, &seals, error) || !store_commit(ledger->store, error)) {
        return false;
    }
    if (seals) {
        in_hand_note_sealed(ledger);
    }
    return true;
}
