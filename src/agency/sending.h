// An agency's bets on their way to the central: what to send next, from the first chunk to the last
// acknowledgement. It sends through its window and returns the next step; the caller provides connections
// and waits.
//
//   OPENING ──── acknowledged ─────────────────────────────────────────→ STREAMING ──→ SENDING_DONE
//      └── more is stored than was sent ──→ COMPARING ──→ all the same ──────┘
//
// With the central's key (dialogue_options.promises) it begins with ASKING instead of OPENING: no bet leaves
// before the central's rules are known to be those of this agency's draw.
//
// Bets stored earlier, by an earlier run or by somebody else, are compared with the file before they are
// skipped. A central that cannot list its stored bets is believed, with a warning.
#ifndef QUINIELA_AGENCY_SENDING_H
#define QUINIELA_AGENCY_SENDING_H

#include "agency/comparison.h"
#include "agency/dialogue_options.h"
#include "agency/window.h"
#include "base/error.h"
#include "wire/reply.h"

#include <stdbool.h>
#include <stdint.h>

enum sending_mode {
    SENDING_ASKING,    // no bets: for the draw's rules, and which bets the central has
    SENDING_OPENING,   // one chunk, to learn which bets the central has
    SENDING_COMPARING, // the stored bets with those of the file
    SENDING_STREAMING, // a window of chunks
    SENDING_LOOKING,   // the end once more, to learn whether the central still has all that came before
};

// The next step.
enum sending_step {
    SENDING_WAITS,   // for the answer to the last message
    SENDING_PAUSES,  // so that other events are not kept waiting; continue with sending_compare
    SENDING_DONE,    // nothing more to send: every bet is stored, and the central knows that it is the last
    SENDING_RESYNCS, // reconnect immediately and continue from the central's position
    SENDING_RETRIES, // drop the connection and reconnect later: `action`, `error`
    SENDING_FAILED,  // for good: `error`
};

struct sending {
    const struct dialogue_options *options;
    enum sending_mode mode;
    struct window window;
    struct chunk_writer writer;       // of the chunk being read
    struct chunk *copy;               // of its bets, where receipts are asked for; else NULL
    struct comparison *comparison;    // NULL until needed
    uint64_t acknowledged;            // how many bets the central has said are stored
    uint64_t stored;                  // how many it has, during a comparison
    char draw[REPLY_DRAW_TEXT_BYTES]; // the one in which they are stored; "": not known
    bool is_same_draw;                // the central has said so on this connection
    bool was_another;                 // it has fewer bets, and did not say that it has this draw
    bool classic;                     // the central does not send `next`: one chunk at a time
    uint64_t farthest;                // the most bets that were ever acknowledged
    bool is_further;                  // the last acknowledgement was, than all before it
    bool resynced;                    // since the last one that was
    bool last_sent;                   // on this connection
    bool reading_failed;              // a bad line; the chunks before it may still be acknowledged
    struct error reading_error;
    const char *action; // what is retried, for the log
    struct error error; // the reason
};

// Makes `sending` ready for sending_begin. `send` takes bytes made with memory_allocate. The caller ends it
// with sending_end.
void sending_init(struct sending *sending, const struct dialogue_options *options,
                  void (*send)(void *context, uint8_t *bytes, size_t length), void *context);

// Frees what `sending` holds.
void sending_end(struct sending *sending);

// A new connection is up: sends the first chunk that is not acknowledged, or asks for the rules.
enum sending_step sending_begin(struct sending *sending);

// Whether sending_look can tell anything, once SENDING_DONE was returned.
bool sending_can_look(const struct sending *sending);

// A new connection is up, after SENDING_DONE: sends the end again. What is stored is acknowledged and stays
// as it is, so that SENDING_DONE follows; a central that has fewer bets or another file's refuses it, and one
// that lacks only the end takes it.
enum sending_step sending_look(struct sending *sending);

// Looks at every answer first. False, with `error`, when the central has another draw than the one in which
// the bets were acknowledged: then nothing more is to be sent.
bool sending_check_draw(struct sending *sending, const struct reply *reply) MUST_CHECK;

// Takes an acknowledgement; *sent describes the chunk it is for. SENDING_WAITS: it was accepted, and
// sending_go_on comes next. SENDING_RESYNCS, SENDING_RETRIES; SENDING_FAILED when the rules or the receipt
// that came with it are false, or cannot be kept.
enum sending_step sending_acknowledged(struct sending *sending, const struct reply *reply, struct sent *sent);

// Continues after the acknowledgement `reply` of `sent`.
enum sending_step sending_go_on(struct sending *sending, const struct sent *sent, const struct reply *reply);

// Continues comparing after SENDING_PAUSES.
enum sending_step sending_compare(struct sending *sending);

// The central has `next` bets; `reason` says how that was learnt. SENDING_RESYNCS, or SENDING_RETRIES if
// nothing more than ever before has been acknowledged since the last resync. SENDING_DONE after sending_look,
// where it may be another draw: what was stored in one is never sent to another.
enum sending_step sending_resync(struct sending *sending, uint64_t next, const char *reason);

// The central has refused the oldest chunk for good: reports it, and names its lines in `error`.
void sending_refused(const struct sending *sending, const struct reply *reply, struct error *error);

// The central takes no more, and has `stored` bets. SENDING_DONE; SENDING_FAILED if that is more than exist
// here, as far as that is known: then another file was sent.
enum sending_step sending_closed(struct sending *sending, uint64_t stored);

#endif
