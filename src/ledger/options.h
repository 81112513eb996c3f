// What a ledger is opened with, and the callbacks it makes.
#ifndef QUINIELA_LEDGER_OPTIONS_H
#define QUINIELA_LEDGER_OPTIONS_H

#include "base/error.h"
#include "store/rows.h"

#include <stdbool.h>
#include <stdint.h>

struct notary;
struct notice;
struct store;
struct winners;

// An event that people may need to prove later. By then it is stored, and nobody has been answered yet.
enum ledger_note_kind {
    LEDGER_NOTE_RESET,
    LEDGER_NOTE_RESET_ELSEWHERE, // another server has reset some agency
    LEDGER_NOTE_FINISHED,
    LEDGER_NOTE_SEALED,
    LEDGER_NOTE_ROOT,   // of a signed draw: its seal is known, and this server shows it
    LEDGER_NOTE_FORKED, // another seal of this draw was seen
    LEDGER_NOTE_DRAWN
};

struct ledger_note {
    enum ledger_note_kind kind;
    uint32_t agency;           // FINISHED, RESET: which one …
    enum agency_ending ending; // … and how it came to its end
    uint32_t voiding;          // RESET: which time it is, from 1
    uint64_t bets, winners; // FINISHED: the agency's bets; RESET: those set aside; DRAWN: of the whole draw
    const uint8_t *root;    // ROOT: STORE_ROOT_BYTES
    const char *at;         // when it was stored (UTC), or "" for not known; NULL: just now
};

struct ledger_options {
    const char *draw;
    uint32_t agencies; // how many the draw waits for
    uint16_t winning_number;
    enum number_mode number_mode; // NUMBER_MANUAL: the number comes by an order, and winning_number is none
    // Not given by anybody, so only for a new draw.
    bool agencies_by_default, number_by_default, mode_by_default;
    const char *closes_text; // the cut-off (base/moment.h); NULL: not given by anybody
    bool change;             // the settings may give a draw that has begun fewer agencies or another number
    // What this server signs the draw with that it opens, and keeps until the ledger is closed; NULL: it
    // signs none, and opens no draw that is signed.
    const struct notary *notary;
    // With a notary: the folder outside the store for what is signed (notary/folder.h), in which that of the
    // draw has been made (folder_make). NULL: none, as in tests.
    const char *seal_dir;
    struct notice *notice; // where everybody sees what is signed. NULL: nobody looks
    // Opens the store, at startup and again after a failure. The ledger owns the result.
    bool (*open_store)(void *context, struct store **store, struct error *error);
    // Opens the same store once more, for reading, and for the draw of that name. The ledger owns the result.
    // Set where `notary` is. May be called on any thread of the ledger's.
    bool (*open_reader)(void *context, const char *draw, struct store **store, struct error *error);
    // The draw is made and stored, and the result of a signed one is kept and shown. Called once; from
    // ledger_open if all that was before. The table lives as long as the ledger.
    void (*drawn)(void *context, const struct winners *winners);
    // Every agency has been told its winners, and that is stored. Called once. May be NULL.
    void (*all_told)(void *context);
    // Called for what this server itself has done. May be NULL.
    void (*noted)(void *context, const struct ledger_note *note);
    void *context;
};

#endif
