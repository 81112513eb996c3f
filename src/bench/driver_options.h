// What a bench sends, to which central, and how fast: set once, read by all threads.
#ifndef QUINIELA_BENCH_DRIVER_OPTIONS_H
#define QUINIELA_BENCH_DRIVER_OPTIONS_H

#include "bench/payload.h"
#include "tls/context.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum { DRIVER_MARK_BETS = 1000 * 1000, DRIVER_AGENCIES_MAX = 100 * 1000, DRIVER_THREADS_MAX = 64 };

struct driver_options {
    struct sockaddr_storage address; // of the central's port for bets
    socklen_t address_length;
    const struct payload *payload; // at least chunk_size bets; prepared if `prepared`
    uint64_t bets;                 // of all agencies together, divided evenly
    uint32_t agencies;             // one connection each
    uint32_t chunk_size;
    uint32_t window;
    uint32_t threads;
    uint64_t rate;                  // bets a second, all agencies together; 0: as fast as the window allows
    bool prepared;                  // cuts the frames from payload_prepare's JSON instead of encoding each
    bool positions;                 // sends `first`, and expects `next`
    bool finish;                    // ends each agency with a last chunk
    bool receipts;                  // asks for receipts, and expects them; they are not verified
    struct tls_context *const *tls; // one for each agency, with its certificate; NULL: plain text
    // Called once on the caller's thread: all agencies are connected, with their handshakes done, and begin
    // to send.
    void (*started)(void *context);
    // Called from time to time on the caller's thread, with the number of bets acknowledged so far.
    void (*tick)(void *context, uint64_t bets, uint64_t elapsed_ns);
    // Called on a sending thread whenever another DRIVER_MARK_BETS bets are acknowledged; `mark` counts
    // from 1.
    void (*marked)(void *context, uint64_t mark);
    void *context;
};

#endif
