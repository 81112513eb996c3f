// The entries of the draw tree: entry 0 is the draw, entry a the agency a, whatever arrived.
#ifndef QUINIELA_SEAL_DRAW_ENTRY_H
#define QUINIELA_SEAL_DRAW_ENTRY_H

#include "base/error.h"
#include "seal/hash.h"
#include "seal/limits.h"
#include "seal/slice.h"

enum { DRAW_ENTRY_BYTES_MAX = 512 }; // of either

enum entry_state { ENTRY_CUT, ENTRY_FINISHED }; // finished: its own last chunk is stored

struct draw_entry {
    struct slice origin;
    struct hash rules; // H(text of the newest rules)
    uint32_t agencies; // A
    uint64_t bets;     // of all agencies
};

struct agency_entry {
    struct slice origin;
    uint32_t agency; // from 1
    enum entry_state state;
    uint64_t count; // bets
    struct hash root;
};

// "finished" or "cut": a string constant; and back. Returns false for another text.
const char *entry_state_name(enum entry_state state);
bool entry_state_parse(struct slice text, enum entry_state *state) MUST_CHECK;

// Writes the entry, without a NUL. Returns its length.
size_t draw_entry_write(const struct draw_entry *entry, char text[DRAW_ENTRY_BYTES_MAX]);
size_t agency_entry_write(const struct agency_entry *entry, char text[DRAW_ENTRY_BYTES_MAX]);

// Reads an entry; its origin points into `text`. ERROR_BAD_FORM.
bool draw_entry_parse(struct slice text, struct draw_entry *entry, struct error *error) MUST_CHECK;
bool agency_entry_parse(struct slice text, struct agency_entry *entry, struct error *error) MUST_CHECK;

// The entry's leaf in the draw tree.
void draw_entry_leaf(const struct draw_entry *entry, struct hash *leaf);
void agency_entry_leaf(const struct agency_entry *entry, struct hash *leaf);

#endif
