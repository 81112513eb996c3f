// Drives a central with the chunks of many agencies, several connections a thread, and measures.
#ifndef QUINIELA_BENCH_DRIVER_H
#define QUINIELA_BENCH_DRIVER_H

#include "base/error.h"
#include "bench/histogram.h"
#include "bench/payload.h"
#include "tls/context.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum { DRIVER_MARK_BETS = 1000 * 1000, DRIVER_AGENCIES_MAX = 100 * 1000, DRIVER_THREADS_MAX = 64 };

struct driver_options {
    struct sockaddr_storage address; // of the central's port for bets
    socklen_t address_length;
    const struct payload *payload; // at least chunk_size bets; prepared when `prepared`
    uint64_t bets;                 // of all agencies together, shared out evenly
    uint32_t agencies;             // one connection each
    uint32_t chunk_size;
    uint32_t window;
    uint32_t threads;
    uint64_t rate;                  // bets a second, all agencies together; 0: as fast as the window allows
    bool prepared;                  // cut the frames from what payload_prepare made, rather than encode each
    bool positions;                 // send `first`, and expect `next`
    bool finish;                    // end each agency with a last chunk
    struct tls_context *const *tls; // one for each agency, with its certificate; NULL: plain text
    // Called now and then on the caller's thread, with the bets acknowledged so far.
    void (*tick)(void *context, uint64_t bets, uint64_t elapsed_ns);
    // Called on a sending thread each time that another DRIVER_MARK_BETS bets are acknowledged, `mark`
    // from 1.
    void (*marked)(void *context, uint64_t mark);
    void *context;
};

struct driver_result {
    uint64_t bets, chunks;
    uint64_t text_bytes; // of the bets as CSV, newlines included
    uint64_t elapsed_ns; // from the first write to the last answer
    uint64_t ended_ns;   // when the last answer was read (steady_ns)
    struct histogram ack_ns;
    uint64_t marks;     // how many times DRIVER_MARK_BETS bets were acknowledged
    uint64_t *marks_ns; // when, from the start; driver_result_free frees it
};

// Connects every agency, starts the clock, sends everything and waits for every answer. Any answer but the
// right one, and any other failure, ends the run with `error`. The caller frees `result` either way.
bool driver_run(const struct driver_options *options, struct driver_result *result,
                struct error *error) MUST_CHECK;

void driver_result_free(struct driver_result *result);

// Ends a run that is under way with an error. May be called from a signal handler.
void driver_interrupt(void);

// Whether that has been done.
bool driver_interrupted(void);

#endif
