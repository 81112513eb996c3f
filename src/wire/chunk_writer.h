// The message of a chunk, written bet by bet as they are read: a bet's text is checked and goes into the
// frame in one pass. The payload is in ASCII alone.
#ifndef QUINIELA_WIRE_CHUNK_WRITER_H
#define QUINIELA_WIRE_CHUNK_WRITER_H

#include "base/error.h"
#include "wire/message.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chunk_writer {
    uint8_t *frame; // NULL: to be allocated
    size_t room;    // of the frame, or of the next one
    uint32_t agency;
    int64_t first;
    size_t bets;      // where the bets begin in the frame
    size_t end;       // where the next one goes
    size_t bytes_max; // that the bets may take
    uint32_t count;   // bets
    struct message_asks asks;
    struct chunk *copy; // the same bets, where their digest is needed; the owner's. NULL: none
};

// Makes a writer that has no message; chunk_writer_free ends it.
void chunk_writer_init(struct chunk_writer *writer);

void chunk_writer_free(struct chunk_writer *writer);

// Begins a message; what is in the writer is dropped. `first` < 0 leaves the field out. The bets, as
// message_bet_bytes counts them, will take at most `bytes_max` bytes. ERROR_NO_MEMORY.
bool chunk_writer_begin(struct chunk_writer *writer, uint32_t agency, int64_t first, size_t bytes_max,
                        struct error *error) MUST_CHECK;

// Checks a bet's text and appends it, unless the bets would take more than their bytes: *fits tells which,
// and a text that does not fit has not been checked. ERROR_BAD_BET, with the index that the bet would have
// had, and the field; ERROR_NO_MEMORY. The message is then as it was.
bool chunk_writer_add(struct chunk_writer *writer, const char *text, size_t length, bool *fits,
                      struct error *error) MUST_CHECK;

// Sets what the message asks for; a new one asks for nothing. The text of `only_draw` must last until the
// message is ended.
void chunk_writer_ask(struct chunk_writer *writer, const struct message_asks *asks);

// Ends the message as one of type 1 or 2, and returns the frame's length, including its header. The frame is
// the writer's until it is taken. `stored` >= 0 asks for a list of what is stored from that bet on; < 0
// leaves the field out.
size_t chunk_writer_end(struct chunk_writer *writer, enum message_type type, int64_t stored);

// Hands the frame over: made with malloc, and the caller's from then on. The writer has no message then.
uint8_t *chunk_writer_take(struct chunk_writer *writer);

#endif
