// The ledger: the one place where the draw's state changes. It takes a group of requests, decides on each,
// stores the results in one commit, and only then answers.
//
// Invariants (held by tests/unit/test_ledger.c, by test_ledger_faults.c when the store fails, and by
// tests/sim/ in any order of events):
//   1. A chunk is acknowledged only after the commit that holds it, or when all of it was stored before.
//   2. For each agency, bet n is stored before bet n + 1, and each only once.
//   3. After a failed commit nothing is acknowledged until the store has been reopened and read back.
//   4. Nothing is added to an agency after its last chunk, nor to the draw after the seal.
//   5. The draw's state only goes open → sealed → drawn, and each step is stored before anyone hears of it.
//   6. All this also holds when other servers work on the same draw in a shared store. What the ledger has in
//      memory is then a guess. If it was wrong the store refuses the group (ERROR_STORE_STALE), which is then
//      decided again with the stored rows. A refusal is never a guess. Held by
//      tests/unit/test_ledger_shared.c.
//   7. A receipt of a signed draw is given only after the commit that holds its bets and says that the agency
//      has one, under rules that are stored, kept and shown. From then on the agency is not reset. Held by
//      tests/unit/test_receipts.c.
//
//         every agency has finished                     the winners are found and stored
//   OPEN ────────────────────────────────────→ SEALED ──────────────────────────────────→ DRAWN
//         open_group.c: seal_if_all_finished             work.c: store_drawn
//         load.c: store_loaded, or an order: changing.c, with fewer agencies
//         or an operator closes it: closing.c; that is an end for each agency, too
//                                                        number.c: by an order, with the number
//
// A signed draw is also not drawn before its seal is stored, kept and shown (sealing.h).
//
// One function makes each of these moves in memory (state.h: state_move_draw). It moves either the
// ledger's own draw, within the group that stores it, or a copy, before that group begins. The ledger takes
// the copy over once it is stored.
//
// group.h handles requests, and work.h the work that no request causes. worker.h gives the ledger a thread
// of its own; all these functions then belong to that thread.
#ifndef QUINIELA_LEDGER_LEDGER_H
#define QUINIELA_LEDGER_LEDGER_H

#include "base/error.h"
#include "ledger/options.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger;

// Opens the store and continues from its contents: which agencies have finished, how many bets each has,
// whether the draw was made and who won. Logs a line about that. The agencies, the number, where it comes
// from, and the cut-off are for a draw that does not exist yet, or to which no agency has sent anything. A
// draw that has begun keeps its own terms. It accepts more agencies, but fewer agencies, another number or
// another cut-off only with `change`. Otherwise the error is ERROR_AGENCIES_MISMATCH, ERROR_NUMBER_MISMATCH
// or ERROR_CUTOFF_MISMATCH (terms.h); likewise when an agency beyond the
// last one has already sent bets. A sealed draw keeps its stored terms, and a warning is logged when the
// settings differ. Changes are logged. ERROR_STORE_AWAY when the store may come back. ERROR_STORE_STALE when
// other servers hold the draw and may release it. On success the caller owns *ledger.
bool ledger_open(const struct ledger_options *options, struct ledger **ledger,
                 struct error *error) MUST_CHECK;

// Closes the store, frees the ledger and nulls the caller's pointer.
void ledger_close(struct ledger **ledger);

// Calls `noted` for what was found stored: the agencies that were reset (the last time) or have finished, by
// number; the end of the intake; the seal of a signed draw; the draw.
// `at` says when each was stored. Call it after ledger_open, before anything else. False, with `error` set,
// when the agencies' rows cannot be read: then some may have been noted.
bool ledger_recall(const struct ledger *ledger, void (*noted)(void *context, const struct ledger_note *note),
                   void *context, struct error *error) MUST_CHECK;

// Whether other servers may change the draw, so that work_look must be called now and then.
bool ledger_is_shared(const struct ledger *ledger);

enum { LEDGER_DRAW_BYTES = 128 };

// What tells the draw from any other, of the same name too: its name and when it was opened. That is restored
// with a backup.
void ledger_tell_draw(const struct ledger *ledger, char text[LEDGER_DRAW_BYTES]);

// How many agencies the draw waits for. Another server may change that while it is open.
uint32_t ledger_agencies(const struct ledger *ledger);

// Why the store failed last, if nothing has been stored since, as a cause (struct error), a string constant;
// otherwise NULL. The log has the store's own words.
const char *ledger_store_failure(const struct ledger *ledger);

// The notice that it was opened with (options.h). Any thread.
struct notice *ledger_notice(const struct ledger *ledger);

// Has `wake` called, on any thread, when something that the ledger does on a thread of its own has ended:
// then work_do is to be called.
void ledger_on_task_end(struct ledger *ledger, void (*wake)(void *context), void *context);

// Any thread: what the ledger computes of the draw's bets ends soon.
void ledger_interrupt(struct ledger *ledger);

// Waits for the end of what the ledger does on threads of its own. None is begun, and nobody woken, after it.
void ledger_end_tasks(struct ledger *ledger);

// The draw's winning number. False, with *number 0, while it is to come by an order.
bool ledger_winning_number(const struct ledger *ledger, uint16_t *number);

// Where the draw's number comes from.
enum number_mode ledger_number_mode(const struct ledger *ledger);

#endif
