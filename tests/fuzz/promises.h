// What the central has promised on its connections, held against what is stored in the end: every
// acknowledged chunk is there, nothing is there that nobody sent, each question has its answer in its order,
// and agencies are told their own winners only.
#ifndef QUINIELA_TESTS_FUZZ_PROMISES_H
#define QUINIELA_TESTS_FUZZ_PROMISES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// All that went through one connection. JSON_PADDING_BYTES must be readable behind each.
struct conversation {
    const uint8_t *heard, *said,
        *left; // frames that the central took, what it answered, what it did not take
    size_t heard_length, said_length, left_length;
    int port;
    bool settled, drawn; // nothing is on its way any more and it is still open; the draw is made
};

// Nothing is promised yet, to `agencies` agencies (10 at most).
void promises_begin(uint32_t agencies);

// Looks at a conversation that is over, and keeps what was promised in it.
void promises_take(const struct conversation *conversation);

// Looks into the store of draw "1" at `path`, which nobody has open, with this winning number; forgets all.
void promises_check(const char *path, uint16_t winning_number);

#endif
