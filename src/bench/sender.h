// One agency of the bench: sends its chunks over a non-blocking connection, keeps a window of them in flight,
// and checks every answer.
//
// A chunk's latency starts when its first byte is offered to the kernel or, if chunks are sent at a given
// rate, when the chunk was due. A central that stalls is then charged for every chunk that the stall
// delayed, not only for those in flight. The latency ends when the answer has been read.
#ifndef QUINIELA_BENCH_SENDER_H
#define QUINIELA_BENCH_SENDER_H

#include "agency/limits.h"
#include "base/error.h"
#include "bench/channel.h"
#include "bench/histogram.h"
#include "bench/payload.h"
#include "wire/chunk_writer.h"
#include "wire/limits.h"
#include "wire/message.h"

#include <stdbool.h>
#include <stdint.h>

enum { SENDER_INPUT_BYTES = 4096 };

// Data shared by the senders of a thread.
struct sender_shared {
    const struct payload *payload;
    uint32_t chunk_size;
    uint32_t window;
    bool prepared;  // cuts chunks from payload->json; otherwise each is checked and encoded when sent
    bool positions; // chunks have `first`
    bool finish;    // each agency's last chunk says that it is the last
    bool receipts;  // asks for a receipt for each chunk; an answer without one is wrong. It is not verified
    uint64_t start_ns;
    double chunk_interval_ns; // between an agency's chunks; 0: as fast as the window allows
    struct message_decoder *decoder;
    struct histogram ack_ns;
    uint64_t text_bytes; // of acknowledged bets, as CSV
};

// A chunk in flight.
struct sender_flight {
    uint64_t since_ns;
    uint64_t text_bytes;
    uint32_t bets;
};

struct sender {
    struct channel channel;
    uint32_t agency;
    uint64_t place;            // of its first bet in the payload
    double offset_ns;          // of its first chunk after the start, at a given rate
    uint64_t bets, bets_begun; // in total, and in chunks whose sending has begun
    uint64_t bets_acknowledged;
    uint64_t chunks, chunks_begun, chunks_acknowledged;
    bool blocked;                             // the kernel took no more of a chunk
    uint8_t around[MESSAGE_AROUND_BYTES_MAX]; // what a chunk that is cut has before and after its bets
    struct chunk_writer writer;               // of one that is encoded when sent
    struct sender_flight flights[WINDOW_MAX]; // a ring
    uint32_t flight_first, flight_count;
    size_t input_length;
    uint8_t input[SENDER_INPUT_BYTES + JSON_PADDING_BYTES];
};

// Makes `sender` ready for the bets of `agency`, except for its channel: the caller opens that next
// (channel_open), and makes it non-blocking. `place` is where its bets begin in the payload. sender_end ends
// it.
void sender_init(struct sender *sender, const struct sender_shared *shared, uint32_t agency, uint64_t bets,
                 uint64_t place);

// Closes the connection and frees the sender's memory.
void sender_end(struct sender *sender);

// Whether every chunk is acknowledged.
bool sender_done(const struct sender *sender);

// When the next chunk may be sent according to the rate; UINT64_MAX while the sender waits for something
// else: an answer, or the kernel.
uint64_t sender_due_ns(const struct sender *sender, const struct sender_shared *shared);

// Writes what may be written now. ERROR_NETWORK, ERROR_BAD_BET or ERROR_NO_MEMORY.
bool sender_write(struct sender *sender, struct sender_shared *shared, struct error *error) MUST_CHECK;

// Reads and checks the answers that have arrived; *bets is how many bets they acknowledge. A wrong answer is
// an error.
bool sender_read(struct sender *sender, struct sender_shared *shared, uint64_t *bets,
                 struct error *error) MUST_CHECK;

#endif
