// What a ledger is opened with, and the callbacks it makes.
#ifndef QUINIELA_LEDGER_OPTIONS_H
#define QUINIELA_LEDGER_OPTIONS_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct store;
struct winners;

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
    bool agencies_by_default, number_by_default; // nobody has given them: they are for a new draw
    bool change; // to give a draw that has begun fewer agencies, or another number, is meant
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

#endif
