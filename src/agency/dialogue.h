// The agency's half of the conversation with the central, from its first bet to its winners, as a state
// machine: events in, actions out. It knows no socket, no timer and no clock; uploader.c gives it those.
//
//   CONNECTING ──up──→ OPENING ──answer──→ STREAMING ──all acknowledged──→ CONSULTING ──winners──→ ENDED
//       ↑                 │                    │                          │        ↑↓ not yet
//       └── BACKING_OFF ←─┴── lost, or an error that may pass ────────────┘      POLLING
#ifndef QUINIELA_AGENCY_DIALOGUE_H
#define QUINIELA_AGENCY_DIALOGUE_H

#include "agency/address.h"
#include "agency/reader.h"
#include "base/error.h"
#include "bet/chunk.h"

#include <stddef.h>
#include <stdint.h>

struct dialogue;

struct dialogue_options {
    uint32_t agency;
    struct addresses bets, consult; // of the central's servers
    bool has_consult;               // else the winners are asked for on the bets' connection
    struct reader *reader;          // where the bets come from; the caller's. NULL:
    const struct chunk *single;     // this one bet instead; the caller's
    uint32_t chunk_size;            // bets in a chunk, at most
    uint32_t window;                // chunks unacknowledged, at most
    bool poll;                      // asks for the winners again and again instead of waiting for the answer
    bool print_winners;             // the documents, on standard output
    uint32_t answer_timeout_ms; // how long an answer may take that the central can give at once; 0: for ever
    uint64_t seed;              // for the waits
};

// What it asks for. There is one connection at a time, and one wait. None of these may call the dialogue back
// before it has returned.
struct dialogue_actions {
    // Begins to connect: dialogue_up or dialogue_down will follow. Returns false when there is no memory.
    bool (*connect)(void *context, const struct address *address);
    // Sends bytes made with malloc, which are then the callee's.
    void (*send)(void *context, uint8_t *bytes, size_t length);
    // Ends the connection: no event of it comes any more.
    void (*disconnect)(void *context);
    // Asks for dialogue_waited in so many milliseconds.
    void (*wait)(void *context, uint32_t wait_ms);
    // It is over. No event may come any more.
    void (*ended)(void *context);
};

// Makes a dialogue that has not begun. Options, actions and their context must outlive it. ERROR_NO_MEMORY.
// On success the caller owns *dialogue.
bool dialogue_new(const struct dialogue_options *options, const struct dialogue_actions *actions,
                  void *context, struct dialogue **dialogue, struct error *error) MUST_CHECK;

// Frees the dialogue (NULL: nothing) and nulls the caller's pointer.
void dialogue_free(struct dialogue **dialogue);

// Begins: connects.
void dialogue_start(struct dialogue *dialogue);

// The connection is made.
void dialogue_up(struct dialogue *dialogue);

// Bytes that are not consumed yet, JSON_PADDING_BYTES readable behind them. Returns how many of them are
// consumed now; to be called again with the rest, until that is none or the connection was ended.
size_t dialogue_received(struct dialogue *dialogue, const uint8_t *bytes, size_t length);

// The connection could not be made, or has ended. `reason` is for people. It is still to be disconnected,
// which is asked for.
void dialogue_down(struct dialogue *dialogue, const char *reason);

// The same, but the central does not want us, and trying again does not help.
void dialogue_refused(struct dialogue *dialogue, const char *reason);

// The connection could not be made, as the server's certificate is not one that we take: that may pass, or
// not (trust.h).
void dialogue_distrusted(struct dialogue *dialogue, const char *reason, uint64_t now_ms);

// The wait is over that was asked for last. Harmless when it is not wanted any more.
void dialogue_waited(struct dialogue *dialogue);

// Ends it, whatever it is doing.
void dialogue_stop(struct dialogue *dialogue);

// Whether it failed, once it has ended: then `error` says why.
bool dialogue_failed(const struct dialogue *dialogue, struct error *error);

#endif
