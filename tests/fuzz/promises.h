// Compares what the central has promised on its connections with what is stored in the end. Every
// acknowledged chunk is there, and nothing is there that nobody sent. Questions are answered in their order,
// and agencies are told only their own winners.
#ifndef QUINIELA_TESTS_FUZZ_PROMISES_H
#define QUINIELA_TESTS_FUZZ_PROMISES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Everything that went through one connection. JSON_PADDING_BYTES must be readable after each of these.
struct conversation {
    const uint8_t *heard, *said,
        *left; // frames that the central took, what it answered, what it did not take
    size_t heard_length, said_length, left_length;
    int port;
    bool settled, drawn; // nothing is in transit and it is still open; the draw has been made
};

// Starts without promises, for `agencies` agencies (10 at most).
void promises_begin(uint32_t agencies);

// Checks a finished conversation, and keeps what was promised in it.
void promises_take(const struct conversation *conversation);

// Checks the store of draw "1" at `path`, which nobody has open, with this winning number. Then forgets
// everything.
void promises_check(const char *path, uint16_t winning_number);

#endif
