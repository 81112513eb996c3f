// The rows that every kind of store keeps: that of a draw, those of its agencies, their chunks, the winners
// and the papers.
#ifndef QUINIELA_STORE_ROWS_H
#define QUINIELA_STORE_ROWS_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum { STORE_DIGEST_BYTES = 32, STORE_TIME_BYTES = 24, STORE_TEXT_BYTES = 64 };
enum { STORE_SECRET_BYTES = 32, STORE_ROOT_BYTES = 32, STORE_PAPER_BYTES_MAX = 128 * 1024 };
enum { STORE_JOINED_BYTES_MAX = 48 * 1024 }; // a store may join an agency's small chunks to one of up to that

enum draw_state { DRAW_OPEN, DRAW_SEALED, DRAW_DRAWN };

// How a draw gets its winning number: by a setting at its opening, by an order after its seal, or from a
// beacon's pulse after its seal.
enum number_mode { NUMBER_FIXED, NUMBER_MANUAL, NUMBER_BEACON };

// How an agency came to its end: by its own last chunk, by an order, or cut off by the close.
enum agency_ending {
    AGENCY_UNFINISHED,
    AGENCY_FINISHED,
    AGENCY_ENDED,
    AGENCY_CUT,
    AGENCY_ENDING_UNKNOWN, // of a damaged row
};

// A signed or proving text that belongs to a draw, kept as it is. Its place among those of its kind is its
// `number`.
enum store_paper {
    PAPER_RULES,       // n: the note of record n of the rules
    PAPER_SEAL,        // 0: the seal's note, as the server signed it
    PAPER_COSIGNATURE, // n: a note of the same text, with a witness' line
    PAPER_TIMESTAMP,   // n: an RFC 3161 token or response, DER
    PAPER_APPROVAL,    // n: an approver's note
    PAPER_PULSE,       // 0: the beacon's JSON
    PAPER_RESULT,      // 0: the result's note
    PAPER_FORK,        // n: another seal's note, which was shown or found
    PAPER_UNKNOWN,     // of a damaged row
};

// In each of these, `checksum` covers all the rest of the row (of a chunk: all but `rows` and `digest`) and
// the draw's name. store.h's functions set it and check it; a backend only keeps it. To replace a row, the
// caller leaves in `checksum` the value it read, the value set by store_put_…, or 0 for no row. This tells
// which row to replace (`replaces`, for the backend).
//
// A column that the first version of the tables did not have counts in the checksum only where it says
// something else than every row of before (which has a fixed number, and otherwise 0, "" or nothing there);
// it then counts with a number of its own before its value. So a row that says nothing new has the checksum
// that it had before, and no upgrade computes it anew.
//
// A time is "YYYY-MM-DDTHH:MM:SSZ", or "" for none yet.
//
// Of a draw that is not signed, all from `rules` to `forked_at` is 0, false or "".
struct stored_draw {
    enum draw_state state;
    uint32_t agencies;
    enum number_mode number_mode;
    bool has_number;         // store_put_draw sets it where the number is fixed: that is always known
    uint16_t winning_number; // 0 while it is not known
    char opened_at[STORE_TIME_BYTES], sealed_at[STORE_TIME_BYTES], drawn_at[STORE_TIME_BYTES];
    char closes_at[STORE_TIME_BYTES];   // the cut-off: from then on nothing is taken
    char closes_text[STORE_TEXT_BYTES]; // the cut-off as it was given
    char closed_at[STORE_TIME_BYTES];   // when the close was made; "" when all had finished before
    char erased_at[STORE_TIME_BYTES];   // since then only rows without personal data are left
    char changed_at[STORE_TIME_BYTES];  // when an order last changed what the settings had said
    uint64_t voided;                    // bets of agencies that were reset
    uint32_t rules;  // how many records of the rules are stored (PAPER_RULES); 0: the draw is not signed
    bool has_secret; // the salts' secret is there: exactly when rules > 0 and the draw is not erased
    uint8_t secret[STORE_SECRET_BYTES]; // stored_draw_forget wipes it
    bool has_root;                      // the root of the draw's tree has been computed: the seal is known
    uint8_t root[STORE_ROOT_BYTES];
    char forked_at[STORE_TIME_BYTES]; // when another seal of this draw was seen: then no server draws it
    uint32_t number; // stands for the draw's name in the other rows; 0 in a store whose rows have the name
    uint64_t winners_checksum; // once drawn: the sum of the winners' checksums; kept as `checksum` is
    uint64_t checksum, replaces;
};

struct stored_agency {
    uint32_t agency;
    uint64_t bets;                      // how many are stored, and thus the next expected `first`
    char finished_at[STORE_TIME_BYTES]; // when it came to its end
    enum agency_ending ending; // set exactly when `finished_at` is; store_put_agency takes it for its own end
    char told_at[STORE_TIME_BYTES]; // when it was first told its winners
    uint32_t voidings;              // how often it was reset
    bool receipted;                 // a receipt was given to it: then it is not reset any more
    uint64_t checksum, replaces;
};

// What the rows of a draw's agencies come to.
struct stored_totals {
    uint32_t rows, last; // how many there are, and the largest number of an agency
    uint64_t bets;
    uint32_t finished, told; // how many agencies
};

struct stored_chunk {
    uint32_t agency;
    uint64_t first;                     // bets of this agency before this chunk
    uint32_t count;                     // bets
    const uint8_t *numbers;             // `count` numbers, little-endian, 2 bytes each
    const char *rows;                   // the bets' texts, each ended by '\n'
    size_t rows_length;                 // bytes
    uint8_t digest[STORE_DIGEST_BYTES]; // SHA-256 of numbers and rows
    uint64_t checksum;
};

// A chunk without its bets.
struct stored_piece {
    uint64_t first;
    uint32_t count;
    const uint8_t *digest; // STORE_DIGEST_BYTES; NULL if the column has another size
};

struct stored_winner {
    uint32_t agency;
    uint64_t bet;         // its index among the agency's bets
    const char *document; // ended by a NUL
};

struct stored_paper {
    enum store_paper kind;
    uint32_t number;
    const uint8_t *bytes;
    size_t length; // 1 to STORE_PAPER_BYTES_MAX
    uint64_t checksum;
};

// Called for each row; its arguments live until it returns. Returns false to stop, with `error` set.
typedef bool (*store_each_draw)(void *context, const char *name, const struct stored_draw *draw,
                                struct error *error);
typedef bool (*store_each_agency)(void *context, const struct stored_agency *agency, struct error *error);
typedef bool (*store_each_chunk)(void *context, const struct stored_chunk *chunk, struct error *error);
typedef bool (*store_each_piece)(void *context, const struct stored_piece *piece, struct error *error);
typedef bool (*store_each_voided)(void *context, uint32_t voiding, const struct stored_chunk *chunk,
                                  struct error *error);
typedef bool (*store_each_winner)(void *context, const struct stored_winner *winner, struct error *error);
typedef bool (*store_each_paper)(void *context, const struct stored_paper *paper, struct error *error);

// "open", "sealed" or "drawn".
const char *draw_state_name(enum draw_state state);

// Sets *state to the state with this name. False when there is none.
bool draw_state_parse(const char *name, enum draw_state *state) MUST_CHECK;

// "fixed", "manual" or "beacon"; and back, as draw_state_parse.
const char *number_mode_name(enum number_mode mode);
bool number_mode_parse(const char *name, enum number_mode *mode) MUST_CHECK;

// "", "finished", "operator" or "close"; and back: AGENCY_ENDING_UNKNOWN when there is none of this name.
const char *agency_ending_name(enum agency_ending ending);
enum agency_ending agency_ending_of(const char *name);

// "rules", "seal", "cosignature", "timestamp", "approval", "pulse", "result" or "fork"; and back:
// PAPER_UNKNOWN when there is none of this name. "" for PAPER_UNKNOWN.
const char *store_paper_name(enum store_paper kind);
enum store_paper store_paper_of(const char *name);

// Wipes the secret of a copy of the row, for whoever does not need it (any more). What is left is no whole
// row: it is not to be put, and does not match its checksum.
void stored_draw_forget(struct stored_draw *draw);

// The value that `checksum` must have for the rest of the row.
uint64_t stored_draw_checksum(const char *draw_name, const struct stored_draw *draw);
uint64_t stored_agency_checksum(const char *draw_name, const struct stored_agency *agency);
uint64_t stored_chunk_checksum(const char *draw_name, const struct stored_chunk *chunk);
uint64_t stored_paper_checksum(const char *draw_name, const struct stored_paper *paper);

// That of a chunk that an agency's reset number `voiding` has voided. The databases compute it when they move
// the chunk: a bit is set where the two differ.
uint64_t stored_voided_checksum(const char *draw_name, uint32_t voiding, const struct stored_chunk *chunk);

// Winners have no checksums of their own: the sum of these is kept with the draw.
uint64_t stored_winner_checksum(const char *draw_name, const struct stored_winner *winner);

// Called with one sentence for each damage that a survey finds.
typedef void (*store_on_damage)(void *context, const char *damage);

#endif
