// What the central answers: replies 1 to 4, encoded and decoded. The page is docs/protocol.md.
#ifndef QUINIELA_WIRE_REPLY_H
#define QUINIELA_WIRE_REPLY_H

#include "base/error.h"
#include "bet/bet.h"
#include "bet/chunk.h"
#include "wire/message.h"

#include <stddef.h>
#include <stdint.h>

enum reply_type {
    REPLY_CHUNK_PROCESSED = 1,
    REPLY_WINNERS = 2,
    REPLY_WINNERS_NOT_READY = 3,
    REPLY_ERROR = 4,
};

enum { REPLY_SMALL_BYTES_MAX = 3072 }; // room for any reply but the winners, header included

struct reply {
    enum reply_type type;
    int64_t next; // bets of the agency that are stored, or -1 when the reply does not say
    // What is stored, where the central listed it: valid until the decoder is used again. NULL when not.
    const struct piece *pieces;
    size_t piece_count;
    int64_t retry_after_ms;   // WINNERS_NOT_READY, or -1
    struct bet_slice winners; // WINNERS: documents joined by commas; valid until the decoder is used again
    char error_name[32];      // ERROR: the code as the central named it
    bool retryable;           // ERROR
    struct error error;       // ERROR: its text; code is ERROR_NONE for a name that we do not know
};

// Each writes a whole frame and returns its length, header included.
size_t reply_encode_processed(uint8_t frame[REPLY_SMALL_BYTES_MAX], uint64_t next);

// The most bytes that reply_encode_stored writes for so many pieces.
size_t reply_stored_bytes_max(size_t pieces);

// An acknowledgement with a list of what is stored.
size_t reply_encode_stored(uint8_t *frame, uint64_t next, const struct piece *pieces, size_t count);

// That the draw has not been made, and when to ask again, in ms.
size_t reply_encode_not_ready(uint8_t frame[REPLY_SMALL_BYTES_MAX], uint32_t retry_after_ms);

// `next` < 0 leaves the field out. The error's text is escaped as JSON needs it.
size_t reply_encode_error(uint8_t frame[REPLY_SMALL_BYTES_MAX], const struct error *error, int64_t next);

// Whether winners' documents of `length` bytes in all, commas included, fit a message that every client takes
// (REPLY_BYTES_MAX).
bool reply_winners_fit(size_t length);

enum { REPLY_WINNERS_AROUND_BYTES = 40 }; // room for what a frame of winners has around the documents

// `documents` are ASCII letters, digits and commas, and fit. Writes REPLY_WINNERS_AROUND_BYTES more than
// `length` at most, and returns the frame's length.
size_t reply_encode_winners(uint8_t *frame, const char *documents, size_t length);

// What such a frame has before its documents, and after them. Each returns how many bytes it wrote.
size_t reply_encode_winners_begin(uint8_t begin[REPLY_WINNERS_AROUND_BYTES], size_t length);
size_t reply_encode_winners_end(uint8_t end[REPLY_WINNERS_AROUND_BYTES]);

enum { REPLY_KIND_BYTES = 32 }; // the first bytes of a reply, enough to tell its type

// Whether a message that begins like this (REPLY_KIND_BYTES of it, without its header) has winners. For one
// that is too long to be decoded.
bool reply_begins_winners(const uint8_t begin[REPLY_KIND_BYTES]);

// Decodes a message from the central; JSON_PADDING_BYTES must be readable after it. ERROR_BAD_JSON or
// ERROR_BAD_MESSAGE when it is not one, ERROR_NO_MEMORY.
bool reply_decode(struct message_decoder *decoder, const uint8_t *bytes, size_t length, struct reply *reply,
                  struct error *error) MUST_CHECK;

#endif
