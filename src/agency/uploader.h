// The agency's work from its first bet to its winners: sends the bets, survives whatever happens to the
// connection and to the central, then asks who won.
//
//   CONNECTING ──up──→ OPENING ──answer──→ STREAMING ──all acknowledged──→ CONSULTING ──winners──→ ENDED
//       ↑                 │                    │                          │        ↑↓ not yet
//       └── BACKING_OFF ←─┴── lost, or an error that may pass ────────────┘      POLLING
#ifndef QUINIELA_AGENCY_UPLOADER_H
#define QUINIELA_AGENCY_UPLOADER_H

#include "agency/address.h"
#include "agency/reader.h"
#include "base/error.h"
#include "bet/chunk.h"

#include <uv.h>

struct uploader_options {
    uint32_t agency;
    struct address bets, consult;
    bool has_consult;           // else the winners are asked for on the bets' connection
    struct reader *reader;      // where the bets come from; the caller's. NULL:
    const struct chunk *single; // this one bet instead; the caller's
    uint32_t chunk_size;        // bets in a chunk, at most
    uint32_t window;            // chunks unacknowledged, at most
    bool poll;                  // asks for the winners again and again instead of waiting for the answer
    bool print_winners;         // the documents, on standard output
    uint64_t seed;              // for the waits
};

// Runs until the winners are known, until something fails that trying again does not mend, or until SIGTERM
// or SIGINT. Returns true when done, or ended by a signal; logs everything on the way. On failure `error`
// says what (it is logged, too).
bool uploader_run(const struct uploader_options *options, struct error *error) MUST_CHECK;

#endif
