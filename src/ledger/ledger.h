// The ledger: the one place where the draw's state changes. It takes a group of requests, decides on each,
// stores what is to be stored in one commit, and only then answers.
//
// Invariants (held by tests/unit/test_ledger.c, and by test_ledger_faults.c when the store fails):
//   1. A chunk is acknowledged only after the commit that holds it, or when all of it was stored before.
//   2. Of each agency, bet n is stored before bet n + 1, and each once.
//   3. After a failed commit nothing is acknowledged until the store was opened again and read back.
//   4. Nothing is added to an agency after its last chunk, nor to the draw after the seal.
//   5. The draw's state only goes open → sealed → drawn, and each step is stored before anyone hears of it.
//   6. All this also when other servers work on the same draw in a shared store: what the ledger has in
//   memory
//      is then a guess, the store refuses what was decided on a wrong one (ERROR_STORE_STALE), and the group
//      is decided on again with what is stored. A refusal is never a guess.
//
//   open ──seal: the last agency's last chunk (seal_if_all_finished)──→ sealed ──draw_make (ledger_draw)──→
//   drawn
//
// The functions here are for one thread; worker.h gives the ledger one of its own.
#ifndef QUINIELA_LEDGER_LEDGER_H
#define QUINIELA_LEDGER_LEDGER_H

#include "base/error.h"
#include "base/queue.h"
#include "ledger/request.h"
#include "ledger/winners.h"
#include "store/store.h"

#include <stdint.h>

struct ledger;

// Something that people may want to be able to prove later. It is stored by then, and nobody has been
// answered yet.
enum ledger_note_kind { LEDGER_NOTE_FINISHED, LEDGER_NOTE_SEALED, LEDGER_NOTE_DRAWN };

struct ledger_note {
    enum ledger_note_kind kind;
    uint32_t agency;        // FINISHED: which one
    uint64_t bets, winners; // FINISHED: the agency's bets; DRAWN: of the whole draw
    const char *at;         // when it was stored (UTC); NULL: just now
};

struct ledger_options {
    const char *draw;
    uint32_t agencies; // that the draw waits for
    uint16_t winning_number;
    // Nobody has given them: they are for a draw that is not there yet.
    bool agencies_by_default, number_by_default;
    bool change; // fewer agencies, or another number, than a draw that has begun was opened with, are meant
    // Opens the store, at the start and again after a failure. The ledger owns what it gets.
    bool (*open_store)(void *context, struct store **store, struct error *error);
    // The draw is made and stored: called once, from ledger_open when it was made before. The table lives as
    // long as the ledger.
    void (*drawn)(void *context, const struct winners *winners);
    // Every agency has been told its winners, and that is stored. Called once. NULL: nobody wants to know.
    void (*all_told)(void *context);
    // Called for what this server has done itself. NULL: nobody wants to know.
    void (*noted)(void *context, const struct ledger_note *note);
    void *context;
};

// Opens the store and goes on from what is in it: which agencies finished, how many bets each has, whether
// the draw was made and who won. A line of the log says so. `agencies` and `winning_number` are for a draw
// that is not there yet, or that no agency has sent to. One that has begun keeps its own: more agencies are
// taken, fewer or another number only with `change`, else ERROR_BAD_SETTING, whose `field` names the setting,
// as when an agency behind the last one has sent already. Once it is sealed, what is stored stays, and a
// warning is logged when they differ. What is changed is logged. ERROR_STORE_AWAY when the store may come
// back, ERROR_STORE_STALE when other servers hold the draw, and may let it go. On success the caller owns
// *ledger.
bool ledger_open(const struct ledger_options *options, struct ledger **ledger,
                 struct error *error) MUST_CHECK;

// Closes the store, frees the ledger and nulls the caller's pointer.
void ledger_close(struct ledger **ledger);

// Takes a group of requests, linked by node.next, and completes every one of them.
void ledger_process(struct ledger *ledger, struct queue_node *group);

// Calls `noted` for what was found stored: the agencies that have finished, by number, the seal, the draw.
// `at` says since when. Behind ledger_open, before anything else.
void ledger_recall(const struct ledger *ledger, void (*noted)(void *context, const struct ledger_note *note),
                   void *context);

// Whether there is work that no request will bring: the draw is to be made, or made again after a failure, or
// the store is to be opened again for what agencies have been told.
bool ledger_has_work(const struct ledger *ledger);

// Does that work.
void ledger_work(struct ledger *ledger);

// Whether other servers may change the draw, so that ledger_look has to be called now and then.
bool ledger_is_shared(const struct ledger *ledger);

// Looks at the store for what other servers have done: the draw was sealed, or made, or everyone was told.
void ledger_look(struct ledger *ledger);

// How many agencies the draw has. Another server may change that while it is open.
uint32_t ledger_agencies(const struct ledger *ledger);

// Which number wins in it.
uint16_t ledger_winning_number(const struct ledger *ledger);

#endif
