// The rows that every kind of store keeps: that of a draw, those of its agencies, their chunks and the
// winners.
#ifndef QUINIELA_STORE_ROWS_H
#define QUINIELA_STORE_ROWS_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum { STORE_DIGEST_BYTES = 32, STORE_TIME_BYTES = 24 };
enum { STORE_JOINED_BYTES_MAX = 48 * 1024 }; // a store may join an agency's small chunks to one of up to that

enum draw_state { DRAW_OPEN, DRAW_SEALED, DRAW_DRAWN };

// In each of these, `checksum` covers all the rest of the row (of a chunk: all but `rows` and `digest`) and
// the draw's name. store.h's functions set it and check it; a backend only keeps it. To replace a row, the
// caller leaves in `checksum` the value it read, the value set by store_put_…, or 0 for no row. This tells
// which row to replace (`replaces`, for the backend).
//
// A time is "YYYY-MM-DDTHH:MM:SSZ", or "" for none yet.
struct stored_draw {
    enum draw_state state;
    uint32_t agencies;
    uint16_t winning_number;
    char opened_at[STORE_TIME_BYTES], sealed_at[STORE_TIME_BYTES], drawn_at[STORE_TIME_BYTES];
    uint32_t number; // stands for the draw's name in the other rows; 0 in a store whose rows have the name
    uint64_t winners_checksum; // once drawn: the sum of the winners' checksums; kept as `checksum` is
    uint64_t checksum, replaces;
};

struct stored_agency {
    uint32_t agency;
    uint64_t bets;                      // how many are stored, and thus the next expected `first`
    char finished_at[STORE_TIME_BYTES]; // when its last chunk was stored
    char told_at[STORE_TIME_BYTES];     // when it was first told its winners
    uint64_t checksum, replaces;
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

// Called for each row; its arguments live until it returns. Returns false to stop, with `error` set.
typedef bool (*store_each_agency)(void *context, const struct stored_agency *agency, struct error *error);
typedef bool (*store_each_chunk)(void *context, const struct stored_chunk *chunk, struct error *error);
typedef bool (*store_each_piece)(void *context, const struct stored_piece *piece, struct error *error);
typedef bool (*store_each_winner)(void *context, const struct stored_winner *winner, struct error *error);

// "open", "sealed" or "drawn".
const char *draw_state_name(enum draw_state state);

// Sets *state to the state with this name. False when there is none.
bool draw_state_parse(const char *name, enum draw_state *state) MUST_CHECK;

// The value that `checksum` must have for the rest of the row.
uint64_t stored_draw_checksum(const char *draw_name, const struct stored_draw *draw);
uint64_t stored_agency_checksum(const char *draw_name, const struct stored_agency *agency);
uint64_t stored_chunk_checksum(const char *draw_name, const struct stored_chunk *chunk);

// Winners have no checksums of their own: the sum of these is kept with the draw.
uint64_t stored_winner_checksum(const char *draw_name, const struct stored_winner *winner);

// Called with one sentence for each damage that a survey finds.
typedef void (*store_on_damage)(void *context, const char *damage);

#endif
