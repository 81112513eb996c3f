// The central's answers: replies 1 to 4, encoded and decoded. They are described in docs/protocol.md.
#ifndef QUINIELA_WIRE_REPLY_H
#define QUINIELA_WIRE_REPLY_H

#include "base/error.h"
#include "bet/bet.h"
#include "bet/chunk.h"
#include "wire/json_writer.h"
#include "wire/message.h"
#include "wire/receipt_json.h"

#include <stddef.h>
#include <stdint.h>

enum reply_type {
    REPLY_CHUNK_PROCESSED = 1,
    REPLY_WINNERS = 2,
    REPLY_WINNERS_NOT_READY = 3,
    REPLY_ERROR = 4,
};

extern const struct error_code ERROR_UNKNOWN[1]; // the central's error has a name that we do not know

enum { REPLY_DRAW_TEXT_BYTES = MESSAGE_DRAW_TEXT_BYTES }; // of what names a draw, with its NUL

enum { REPLY_SMALL_BYTES_MAX = 3584 }; // room for any reply except the winners, including the header

struct reply {
    enum reply_type type;
    int64_t next; // how many bets of the agency are stored, or -1 if the reply does not say
    // The stored pieces, if the central listed them: valid until the decoder is used again. Otherwise NULL.
    const struct piece *pieces;
    size_t piece_count;
    int64_t retry_after_ms; // WINNERS_NOT_READY, or -1
    int64_t time_ms;        // the central's time, in ms since 1970 (UTC), or -1
    // The code that new bets of the agency would be refused with; NULL: none, or the reply does not say.
    const struct error_code *refuses;
    char draw[REPLY_DRAW_TEXT_BYTES]; // what tells the central's draw from any other; "" if it does not say
    struct bet_slice winners; // WINNERS: documents joined by commas; valid until the decoder is used again
    char error_name[32];      // ERROR: the code as the central named it, fit to be shown
    bool retryable;           // ERROR
    struct error error;       // ERROR: its text; the code is ERROR_UNKNOWN if we do not know the name
    // What proves the draw, as far as the reply has it; a text that is NULL is not there. Valid until the
    // decoder is used again.
    struct bet_slice rules;        // the notes of all records, joined
    bool is_unsigned;              // it says that the draw has no rules: it is not signed
    struct bet_slice seal, result; // notes
    struct bet_slice key;          // the agency's salt key, base64
    bool has_receipt;
    struct reply_receipt receipt; // CHUNK_PROCESSED
};

// Each writes a whole frame and returns its length, including the header.
size_t reply_encode_processed(uint8_t frame[REPLY_SMALL_BYTES_MAX], uint64_t next);

// The most bytes that reply_encode_stored writes for that many pieces.
size_t reply_stored_bytes_max(size_t pieces);

// An acknowledgement with a list of what is stored.
size_t reply_encode_stored(uint8_t *frame, uint64_t next, const struct piece *pieces, size_t count);

// Says that the draw has not been made, and when to ask again, in ms.
size_t reply_encode_not_ready(uint8_t frame[REPLY_SMALL_BYTES_MAX], uint32_t retry_after_ms);

// `next` < 0 leaves the field out. The error's text is escaped for JSON.
size_t reply_encode_error(uint8_t frame[REPLY_SMALL_BYTES_MAX], const struct error *error, int64_t next);

enum { REPLY_TIME_BYTES_MAX = 40 }; // of the field that reply_add_time adds

// Adds the central's time, in ms since 1970 (UTC), to a whole frame that has room for REPLY_TIME_BYTES_MAX
// more. Not for winners. Returns the frame's length.
size_t reply_add_time(uint8_t *frame, size_t length, uint64_t time_ms);

enum { REPLY_REFUSES_BYTES_MAX = 48 }; // of the field that reply_add_refuses adds

// Adds the code that new bets of the agency would be refused with to a whole frame that has room for
// REPLY_REFUSES_BYTES_MAX more. Not for winners. Returns the frame's length.
size_t reply_add_refuses(uint8_t *frame, size_t length, const struct error_code *code);

enum { REPLY_DRAW_BYTES_MAX = 6 * REPLY_DRAW_TEXT_BYTES + 16 }; // of the field that reply_add_draw adds

// Adds what tells the central's draw from any other to a whole frame that has room for REPLY_DRAW_BYTES_MAX
// more. `draw` has less than REPLY_DRAW_TEXT_BYTES. Not for winners. Returns the frame's length.
size_t reply_add_draw(uint8_t *frame, size_t length, const char *draw);

// Adds the fields of an object that was begun with json_begin, not ended, and has one field or more, to a
// whole frame that has room for as many bytes. Not for winners. Returns the frame's length.
size_t reply_add_fields(uint8_t *frame, size_t length, const struct json_writer *fields);

// Whether winners' documents of `length` bytes in total, including commas, fit a message that every client
// accepts (REPLY_BYTES_MAX), with `fields` bytes of further fields.
bool reply_winners_fit(size_t length, size_t fields);

enum { REPLY_WINNERS_AROUND_BYTES = 40 }; // room for the bytes around the documents in a frame of winners

// `documents` are ASCII letters, digits and commas, and fit. Writes at most `length` +
// REPLY_WINNERS_AROUND_BYTES bytes, and returns the frame's length.
size_t reply_encode_winners(uint8_t *frame, const char *documents, size_t length);

// The bytes of such a frame before its documents, and after them. `fields`: further fields, as in
// reply_add_fields, or NULL; the end then takes their bytes, too. Each returns how many bytes it wrote.
size_t reply_encode_winners_begin(uint8_t begin[REPLY_WINNERS_AROUND_BYTES], size_t length,
                                  const struct json_writer *fields);
size_t reply_encode_winners_end(uint8_t *end, const struct json_writer *fields);

enum { REPLY_KIND_BYTES = 32 }; // the first bytes of a reply, enough to tell its type

// Whether a message that begins like this (REPLY_KIND_BYTES of it, without its header) has winners. For
// messages that are too long to decode.
bool reply_begins_winners(const uint8_t begin[REPLY_KIND_BYTES]);

// Decodes a message from the central; JSON_PADDING_BYTES must be readable after it. ERROR_BAD_JSON or
// ERROR_BAD_MESSAGE if it is not a valid reply, or ERROR_NO_MEMORY.
bool reply_decode(struct message_decoder *decoder, const uint8_t *bytes, size_t length, struct reply *reply,
                  struct error *error) MUST_CHECK;

#endif
