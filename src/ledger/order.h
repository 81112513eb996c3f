// What an operator asks of the ledger (`quiniela status`, `close` …), beside the requests of agencies. An
// order is a group of its own: the ledger's thread carries out one at a time, between two groups of requests.
#ifndef QUINIELA_LEDGER_ORDER_H
#define QUINIELA_LEDGER_ORDER_H

#include "base/error.h"
#include "base/queue.h"
#include "seal/hash.h"
#include "seal/limits.h"
#include "store/rows.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ledger_order_kind {
    // How the draw stands (survey.h). It stores nothing.
    ORDER_STATUS,
    // Nothing more is taken from now on: agencies that have not finished are cut off, and the draw is sealed.
    // The answer's `missing` are those that are cut off.
    ORDER_CLOSE,
    // One agency has no more bets, as if it had sent its last chunk.
    ORDER_FINISH,
    // All bets of one agency are set aside, and it begins anew: it has sent the wrong file. While the draw is
    // open.
    ORDER_RESET,
    // The winning number, of a draw that is sealed and has been opened for it (NUMBER_MANUAL): the draw is
    // made with it.
    ORDER_DRAW,
    // Other terms for a draw that is open.
    ORDER_CHANGE,
    // The seal of a signed draw, as it is shown. It stores nothing.
    ORDER_SEAL,
    // A paper of a signed draw that is sealed: an approval, a cosignature, a time stamp, the beacon's pulse.
    ORDER_PAPER,
};

// Agencies `from` to `to`.
struct order_range {
    uint32_t from, to;
};

enum { ORDER_RANGES_MAX = 1000, ORDER_TEXT_BYTES = 128 }; // of one answer; of their text

struct order_status {
    struct stored_draw draw;
    uint32_t finished, told;                 // how many agencies
    uint64_t bets;                           // stored, of all agencies
    uint64_t winners;                        // once drawn
    char signed_by[SIGN_NAME_BYTES_MAX + 1]; // the key's name; "": the draw is not signed
    bool store_fails;                        // it has failed, and not proved since that it is good (trial.h)
    // "": the counts are of now. Otherwise of then, as a shared store cannot be read, and with what this
    // server has stored since; of the missing agencies it does not know which.
    char counted_at[STORE_TIME_BYTES];
    // The agencies that have not finished, by number. Made with malloc, the submitter's.
    struct order_range *missing;
    size_t missing_count;
    bool more_missing; // there are further ones
};

struct ledger;

// What is ordered, beside the kind.
struct order_input {
    bool is_sure;           // not set: an order that changes something only answers what it would do
    uint32_t agency;        // FINISH, RESET
    uint16_t number;        // DRAW, CHANGE; PAPER: what the approval is to be for …
    bool without_number;    // DRAW, PAPER: none is given; a beacon's number follows from its pulse
    bool is_dry_run;        // DRAW: only count the bets that would win; PAPER: only see whether it is right
    bool is_unproved;       // DRAW, without is_sure: the papers that prove the number are not stored yet
    enum store_paper paper; // PAPER: its kind, and its bytes, the submitter's
    const char *bytes;
    size_t length;
    bool changes_agencies, changes_number, changes_cutoff, changes_pulse; // CHANGE: what, to this:
    uint32_t agencies;
    char closes_at[STORE_TIME_BYTES], closes_text[STORE_TEXT_BYTES]; // "": there is to be no cut-off
    char pulse[STORE_TIME_BYTES]; // the time of a signed draw's pulse, with NUMBER_BEACON
};

// An order that cannot be undone is not meant yet (`is_sure`): nothing is done, and the answer says what
// would be.
extern const struct error_code ERROR_NEEDS_YES[1];

// DRAW is refused: the number was fixed at the opening; the draw still takes bets; it has another number.
extern const struct error_code ERROR_NUMBER_FIXED[1], ERROR_NOT_SEALED[1], ERROR_NUMBER_STORED[1];

// DRAW is refused: people turn the number, and it was not given.
extern const struct error_code ERROR_NO_NUMBER[1];

// SEAL, PAPER are refused: the draw is not signed.
extern const struct error_code ERROR_UNSIGNED[1];

// CHANGE, RESET are refused: the draw is sealed; the draw cannot be so; the agency has receipts.
extern const struct error_code ERROR_NOT_OPEN[1], ERROR_BAD_CHANGE[1], ERROR_RECEIPTED[1];

struct order_answer {
    struct error error;          // ERROR_NONE: done, and stored for good
    bool already;                // what was ordered was so before: nothing has changed
    struct order_status status;  // afterwards; with ERROR_NEEDS_YES as it is
    struct stored_agency agency; // FINISH: its row, likewise; RESET: its row before
    uint64_t voided;             // RESET: how many bets were set aside, or would be
    uint64_t winners;            // DRAW: with the number …
    uint16_t number;             // … which is this one; PAPER: of an approval, or of the pulse
    uint32_t place;              // PAPER: its number among those of its kind
    uint64_t seen_at;            // PAPER: when a witness or an authority saw the seal: seconds since 1970
    char *note;                  // SEAL: made with malloc, the submitter's
    size_t note_length;
    struct hash hash;          // SEAL: of the seal's text
    struct stored_draw before; // CHANGE
};

// What an earlier attempt to store the order changed, when nobody knows whether that was stored. The next one
// finds it by this, and answers it as done (unknown.h).
struct order_unknown {
    bool is_set;
    struct stored_draw draw, before; // as it put the draw; as it was
    struct stored_agency agency;     // FINISH: its row; RESET: its row before
    uint64_t voided;
};

// Everything up to `answer` is the submitter's, and stays unchanged until `complete`. The rest begins zeroed.
struct ledger_order {
    struct queue_node node;
    enum ledger_order_kind kind;
    struct order_input input;
    // Called once, on the ledger's thread, when the answer is final. The order is then the submitter's again.
    void (*complete)(struct ledger_order *order);
    void *context; // of `complete`
    struct order_answer answer;
    struct order_unknown unknown; // the ledger's own notes, from here on
    // Comes before each attempt to store it, or is NULL: a draw whose cut-off has come is closed first.
    bool (*before)(struct ledger *ledger, struct error *error);
    bool proves_no_room; // a store that has failed for want of room may take it, and still no chunk
};

// Completes the order with this error: nothing of it is done.
void order_refuse(struct ledger_order *order, const struct error *error);

// Frees what an answer holds, not the order.
void order_free_answer(struct ledger_order *order);

#endif
