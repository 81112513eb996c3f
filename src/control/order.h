// One order, from its line to its answer.
#ifndef QUINIELA_CONTROL_ORDER_H
#define QUINIELA_CONTROL_ORDER_H

#include "base/error.h"
#include "base/queue.h"
#include "control/state.h"
#include "ledger/order.h"
#include "wire/control_line.h"
#include "wire/json_writer.h"

struct control_order;

// A word of the protocol, with its keys and what it does: words.c has the table.
struct control_word {
    const char *name;
    const char *keys[CONTROL_PAIRS_MAX + 1]; // that it may have
    bool is_recorded;                        // in log and audit log: it changes something
    bool asks_ledger;                        // `begin` fills order->ledger, which the ledger then carries out
    // Reads the line's values, and does what needs no ledger. False, with `error`: refused, nothing is done.
    // May be NULL.
    bool (*begin)(struct control_order *order, struct error *error);
    // Writes what the answer has behind "ok": true. May be NULL.
    void (*answer)(const struct control_order *order, struct json_writer *writer);
    // Writes what would be done, when the ledger's answer is ERROR_NEEDS_YES. May be NULL.
    void (*would)(const struct control_order *order, struct json_writer *writer);
};

enum { ORDER_RECORDED_BYTES = 80 };

struct control_order {
    struct ledger_order ledger; // while the ledger has it, the rest is not touched
    struct control *control;
    struct session *session; // NULL: the connection is gone
    struct control_peer peer;
    const struct control_word *word;     // NULL: the line was none
    uint64_t connections;                // of `drain`
    char *bytes;                         // of `paper`: what it holds, made with malloc
    char recorded[ORDER_RECORDED_BYTES]; // what log and audit log say in place of that
    struct control_line line;
};

// Whether the line says yes=1. ERROR_BAD_ORDER when it says yes=something else.
bool order_says_yes(const struct control_order *order, bool *yes, struct error *error) MUST_CHECK;

// Whether the line has that key, whose only value is 1. ERROR_BAD_ORDER when it has another one.
bool order_says_one(const struct control_order *order, const char *key, bool *says,
                    struct error *error) MUST_CHECK;

// The number of that key, from `least` to `most`. ERROR_BAD_ORDER when the key is missing or has another
// value.
bool order_number(const struct control_order *order, const char *key, uint64_t least, uint64_t most,
                  uint64_t *number, struct error *error) MUST_CHECK;

// Records it in log and audit log, once it is done or refused, if its word says so.
void order_record(const struct control_order *order);

// Writes its answer, with its end of line.
void order_write_answer(const struct control_order *order, struct json_writer *writer);

#endif
