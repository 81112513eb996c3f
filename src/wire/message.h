// Messages from agencies: types 1, 2 and 3, decoded into values and encoded from them. They are described in
// docs/protocol.md.
#ifndef QUINIELA_WIRE_MESSAGE_H
#define QUINIELA_WIRE_MESSAGE_H

#include "base/error.h"
#include "bet/bet.h"
#include "bet/chunk.h"
#include "wire/decoder.h"

#include <stddef.h>
#include <stdint.h>

enum message_type {
    MESSAGE_SEND_CHUNK = 1,
    MESSAGE_SEND_LAST_CHUNK = 2,
    MESSAGE_CONSULT_WINNERS = 3,
};

struct message {
    enum message_type type;
    uint32_t agency;    // 1 … AGENCIES_MAX
    int64_t first;      // bets of this agency before this chunk, or -1 if the message does not say
    int64_t stored;     // list what is stored from this bet on, or -1 if the message does not ask for it
    bool wait;          // hold the answer until the draw
    bool returns;       // of type 3: the client looks after its bets when the connection ends, and asks again
    bool wants_time;    // of types 1 and 2: tell the central's time in the answer
    bool wants_draw;    // … and which draw it has
    bool wants_rules;   // of every type: tell the rules of the draw
    bool wants_receipt; // of types 1 and 2: give a receipt for the chunk
    bool wants_seal;    // of type 3: tell the draw's seal once it is known, and then its result
    bool wants_key;     // … and the agency's salt key
    // These are valid until the decoder is used again; a text that is NULL was not there.
    struct bet_slice only_draw; // of types 1 and 2: the only draw that it is meant for
    struct bet_slice seal;      // of type 3: the seal that the client has; wants_seal is true then
    struct chunk *chunk;        // of types 1 and 2; owned by the holder of the message. NULL for type 3
    uint32_t bets_sent;         // how many entries the payload had, even if it was refused
};

// Decodes and checks one whole message. At least JSON_PADDING_BYTES beyond `length` must be readable (their
// content does not matter). On success the caller owns message->chunk. On failure `error` is ERROR_BAD_JSON,
// ERROR_BAD_MESSAGE, ERROR_UNKNOWN_TYPE, ERROR_UNKNOWN_AGENCY (not a number), ERROR_BAD_BET or
// ERROR_NO_MEMORY; message->agency is the agency if it could be read, else 0, and message->chunk is NULL.
bool message_decode(struct message_decoder *decoder, const uint8_t *bytes, size_t length,
                    struct message *message, struct error *error) MUST_CHECK;

#define MESSAGE_CHUNK_END "]}" // what comes after the bets in a chunk's message that asks for nothing

enum { MESSAGE_DRAW_TEXT_BYTES = 128 }; // of what names a draw, with its NUL

// What a chunk's message asks for beside being stored.
struct message_asks {
    bool draw;             // which draw the central has
    bool rules, receipt;   // the rules of that draw; a receipt for the chunk
    const char *only_draw; // the only draw that it is meant for; NULL or "": any. Less than its bytes above
};

enum { MESSAGE_END_BYTES_MAX = 6 * MESSAGE_DRAW_TEXT_BYTES + 80 }; // that message_encode_end writes

// Writes what comes after the bets. Returns where the next byte goes.
char *message_encode_end(char *out, const struct message_asks *asks);

// Room for everything in a chunk's frame except the bets.
enum { MESSAGE_AROUND_BYTES_MAX = 160 + MESSAGE_END_BYTES_MAX };

// Writes what comes before the bets in the frame of a chunk of type 1 or 2. frame_write_header fills in its
// header, when the length is known. `first` < 0 and `stored` < 0 leave these fields out. Returns its length.
size_t message_encode_beginning(uint8_t frame[MESSAGE_AROUND_BYTES_MAX], enum message_type type,
                                uint32_t agency, int64_t first, int64_t stored);

// Writes a whole frame that asks and stores nothing: a chunk of type 1 without bets, which asks for the
// central's time, and which of the agency's bets are stored from bet `stored` on. Returns its length.
size_t message_encode_question(uint8_t frame[MESSAGE_AROUND_BYTES_MAX], uint32_t agency, uint64_t stored);

// The bytes that a bet's text takes in a message, including its quotes and a comma.
size_t message_bet_bytes(const char *text, size_t length);

enum { MESSAGE_CONSULT_BYTES_MAX = 160 };

// Writes a whole frame of type 3. `wait` true leaves the field out, as classic clients do. Returns its
// length.
size_t message_encode_consult(uint8_t frame[MESSAGE_CONSULT_BYTES_MAX], uint32_t agency, bool wait);

// The same for one that waits, and `returns`.
size_t message_encode_waiting(uint8_t frame[MESSAGE_CONSULT_BYTES_MAX], uint32_t agency);

// A consultation that asks for what proves the draw, too.
struct message_consultation {
    uint32_t agency;
    bool wait, returns;
    bool rules, key;       // asks for the draw's rules, and for the agency's salt key
    struct bet_slice seal; // the seal's note that the client has; text NULL: it asks for the seal
};

// The most bytes that message_encode_consultation writes.
size_t message_consultation_bytes_max(const struct message_consultation *consultation);

// Writes a whole frame of type 3. Returns its length.
size_t message_encode_consultation(uint8_t *frame, const struct message_consultation *consultation);

#endif
