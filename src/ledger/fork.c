#include "ledger/fork.h"

#include "base/clock.h"
#include "base/log.h"
#include "ledger/draw_papers.h"
#include "ledger/notes.h"
#include "ledger/open_group.h"
#include "ledger/order_group.h"
#include "ledger/sealing_show.h"
#include "ledger/signing.h"
#include "ledger/state.h"

#include <stdlib.h>
#include <string.h>

enum { FORKS_MAX = 16 }; // that are kept: one is enough

// What it means for this draw: it may have been made before anybody knew.
static const char *consequence(const struct ledger *ledger) {
    return ledger->draw.state == DRAW_DRAWN ? "this draw was made before that was known"
                                            : "this draw is not made";
}

// Within the group, with the draw locked.
static bool put(struct ledger *ledger, const struct draw_papers *papers, struct slice note,
                struct error *error) {
    struct stored_draw draw = ledger->draw;
    if (draw.forked_at[0] == '\0') {
        clock_utc_text(draw.forked_at);
    }
    bool done = open_group_begin(ledger, error) && store_put_draw(ledger->store, &draw, error) &&
                paper_store(ledger->store, PAPER_FORK, draw_papers_count(papers, PAPER_FORK), note, error);
    return state_end_draw_copy(ledger, &draw, done) && open_group_change(ledger, error);
}

static bool record(struct ledger *ledger, struct ledger_order *order, struct error *error) {
    const struct slice *note = order->context;
    struct draw_papers papers;
    uint32_t number;
    if (!order_group_lock_draw(ledger, error)) {
        return false;
    }
    bool done = draw_papers_read(ledger->store, &papers, error);
    order->answer.already = done && (draw_papers_has(&papers, PAPER_FORK, *note, &number) ||
                                     draw_papers_count(&papers, PAPER_FORK) >= FORKS_MAX);
    done = done && (order->answer.already || put(ledger, &papers, *note, error));
    draw_papers_free(&papers);
    return done;
}

bool fork_record(struct ledger *ledger, struct slice note, struct error *error) {
    struct ledger_order order = {.context = &note, .proves_no_room = true};
    if (!order_group_store(ledger, &order, record, error)) {
        return false;
    }
    if (!order.answer.already) {
        log_event(
            LOG_LEVEL_ERROR, "seal", LOG_FAIL,
            "draw: %s | error: %s | message: another seal of this draw was seen, signed with its key: %s; "
            "fork-*.note in the draw's folder is that seal",
            ledger->draw_name, error_name(ERROR_FORKED), consequence(ledger));
        notes_tell(ledger, &(struct ledger_note){.kind = LEDGER_NOTE_FORKED});
    }
    order_group_read_papers(ledger);
    return true;
}

bool fork_record_found(struct ledger *ledger, struct error *error) {
    struct sealing *sealing = &ledger->sealing;
    char *other = sealing->other;
    struct slice note = {other, sealing->other_length};
    if (other == NULL) {
        return true;
    }
    sealing->other = NULL; // a load may find it again
    bool done = fork_record(ledger, note, error);
    if (!done && sealing->other == NULL) {
        sealing->other = other; // for the next attempt
    } else {
        free(other);
    }
    return done;
}

void fork_take_shown(struct ledger *ledger, struct slice note, struct error *error) {
    struct hash root;
    struct error reason;
    if (!sealing_reads(ledger, note, &root)) {
        return;
    }
    if (!ledger->draw.has_root) {
        (void)!early_seals_add(&ledger->sealing.early, note, &root, error);
        return;
    }
    if (memcmp(root.bytes, ledger->draw.root, HASH_BYTES) == 0) {
        return;
    }
    if (fork_record(ledger, note, &reason)) {
        error_set(error, ERROR_FORKED,
                  "the seal that this agency has is another one than this server's, and both are signed with "
                  "the draw's key: %s",
                  consequence(ledger));
    } else {
        *error = reason;
    }
}

bool fork_is_known(const struct ledger *ledger, struct error *error) {
    const struct stored_draw *draw = &ledger->draw;
    if (draw->forked_at[0] != '\0') {
        return !error_set(error, ERROR_FORKED,
                          "another seal of draw \"%s\" was seen at %s: %s; find out who signed two "
                          "(fork-*.note in the draw's folder), and hold another draw",
                          ledger->draw_name, draw->forked_at, consequence(ledger));
    }
    return ledger->sealing.other != NULL &&
           !error_set(error, ERROR_FORKED,
                      "another seal of draw \"%s\" was found: %s; find out who signed two, and hold another "
                      "draw",
                      ledger->draw_name, consequence(ledger));
}
