// The agency's half of the conversation with the central, from its first bet to its winners, as a state
// machine: events in, actions out. It knows nothing of sockets, timers and clocks; lib/agency.c provides
// them.
//
//   CONNECTING ──up──→ SENDING ⇄ COMPARING ──all acknowledged──→ CONSULTING ──winners──→ HOLDING ──→ ENDED
//       ↑                 │          │                            │        ↑↓ not yet
//       └── BACKING_OFF ←─┴──────────┴── lost, or retryable ──────┴──── POLLING
//
// HOLDING, the winners against the agency's own bets, is only where the draw is signed.
//
// Whoever comes back to ask for its winners looks first, in SENDING, whether the central still has its bets:
// it may have been reset meanwhile, or a backup restored.
#ifndef QUINIELA_AGENCY_DIALOGUE_H
#define QUINIELA_AGENCY_DIALOGUE_H

#include "agency/address.h"
#include "agency/dialogue_options.h"
#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct dialogue;

// The dialogue's requests. There is at most one connection at a time, and one wait. None of these may call
// back into the dialogue before returning.
struct dialogue_actions {
    // Starts connecting: dialogue_up or dialogue_down will follow. Returns false when out of memory.
    bool (*connect)(void *context, const struct address *address);
    // Sends bytes made with memory_allocate; the callee frees them.
    void (*send)(void *context, uint8_t *bytes, size_t length);
    // Closes the connection. No event of it may follow.
    void (*disconnect)(void *context);
    // Asks for dialogue_waited in this many milliseconds. It replaces the previous wait.
    void (*wait)(void *context, uint32_t wait_ms);
    // The dialogue is over. No event may follow.
    void (*ended)(void *context);
};

// Makes a dialogue that has not started. Options, actions and their context must outlive it. ERROR_NO_MEMORY.
// On success the caller owns *dialogue.
bool dialogue_new(const struct dialogue_options *options, const struct dialogue_actions *actions,
                  void *context, struct dialogue **dialogue, struct error *error) MUST_CHECK;

// Frees the dialogue (NULL: does nothing) and nulls the caller's pointer.
void dialogue_free(struct dialogue **dialogue);

// Starts it: connects.
void dialogue_start(struct dialogue *dialogue);

// The connection is up.
void dialogue_up(struct dialogue *dialogue);

// Bytes that are not consumed yet, followed by JSON_PADDING_BYTES that may be read. Returns how many of them
// are consumed now. Call it again with the rest, until it returns 0 or the connection was closed.
size_t dialogue_received(struct dialogue *dialogue, const uint8_t *bytes, size_t length);

// The connection failed or was lost. `reason` is for people. The dialogue still asks to disconnect.
void dialogue_down(struct dialogue *dialogue, const char *reason);

// As dialogue_down, but the central rejects us, and trying again does not help.
void dialogue_refused(struct dialogue *dialogue, const char *reason);

// The connection failed because we reject the server's certificate. This may pass, or not (trust.h).
// `now_ms` comes from a clock that never goes back.
void dialogue_distrusted(struct dialogue *dialogue, const char *reason, uint64_t now_ms);

// The last requested wait is over. Harmless if nothing waits for it any longer.
void dialogue_waited(struct dialogue *dialogue);

// Ends it, whatever it is doing.
void dialogue_stop(struct dialogue *dialogue);

// Whether it failed, once it has ended; `error` then says why.
bool dialogue_failed(const struct dialogue *dialogue, struct error *error);

#endif
