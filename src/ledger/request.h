// A request to the ledger, in three parts: the question, the answer, and the ledger's own notes while it has
// the request.
#ifndef QUINIELA_LEDGER_REQUEST_H
#define QUINIELA_LEDGER_REQUEST_H

#include "base/error.h"
#include "base/fair.h"
#include "base/queue.h"
#include "bet/chunk.h"

#include <stdbool.h>
#include <stdint.h>

struct ledger_receipt;

enum ledger_request_type {
    LEDGER_CHUNK,      // store the chunk
    LEDGER_LAST_CHUNK, // the same, and it is the agency's last one
    LEDGER_TOLD,       // the agency has been told its winners
    // Only asks whether the agency exists. The request keeps its place among the others, so that the answers
    // stay in order.
    LEDGER_PASS,
    // The same; and the agency shows a seal of this draw, rightly signed, that is not the one that the server
    // shows, or comes before that (fork.h). Another one is refused with ERROR_FORKED once it is stored.
    LEDGER_SHOWN_SEAL,
};

// What the ledger knows of a connection that sends chunks: kept by the submitter as long as it has requests
// of the connection, begun zeroed, and changed by sender.h alone, on the ledger's thread.
struct ledger_sender {
    struct sender_state {
        uint32_t agency; // whose chunk came last; 0: none has come
        uint32_t resets; // how often that agency had been reset
    } settled, current;  // as of the groups before; with the chunks of the group that is being stored
};

// Whether such a request changes nothing of the agency.
static inline bool ledger_request_only_passes(enum ledger_request_type type) {
    return type == LEDGER_PASS || type == LEDGER_SHOWN_SEAL;
}

// The submitter's, unchanged until `complete`.
struct ledger_input {
    enum ledger_request_type type;
    uint32_t agency;
    int64_t first; // bets of the agency before this chunk, or -1: append it
    const struct chunk *chunk;
    uint8_t digest[CHUNK_DIGEST_BYTES]; // of the chunk
    bool wants_list;                    // of the stored bets, starting at `list_from` (listing.h)
    uint64_t list_from;
    const char *shown; // LEDGER_SHOWN_SEAL: the note, of so many bytes
    size_t shown_length;
    bool wants_receipt;           // of a signed draw, for a chunk that has bets (receipts.h)
    struct ledger_sender *sender; // of chunks; NULL: not known
    uint64_t source;              // for the log: where it comes from, as a number; 0: unknown
    // Whose turns it uses in the worker's queue: an agency's, or another group's. Within a group, turns go
    // by `source`. All waiting requests of one connection have the same, so that their answers keep their
    // order.
    uint64_t turn_agency;
};

struct ledger_answer {
    struct error error;   // ERROR_NONE: done, and stored for good. Already set: refused before it came here
    int64_t next;         // how many bets of the agency are stored, or -1 when the answer does not say
    struct piece *pieces; // the list asked for, made with malloc, the submitter's; else NULL
    uint32_t piece_count;
    struct ledger_receipt *receipt; // the one asked for, made with malloc, the submitter's; else NULL
    uint32_t stored;                // how many bets were newly stored
    bool finished;                  // the agency has just finished
    bool was_reset; // LEDGER_PASS: it was reset, and has not finished since, as far as this server knows
    // What new bets of the agency would be refused with; NULL: they would be taken, or it is not known.
    const struct error_code *refuses;
    // Another request is completed right after this one, with which it can be handed on.
    bool more_follow;
};

// Where one attempt to store a request puts its bets.
struct ledger_attempt {
    uint32_t bets;
    uint64_t at;
    bool last;
};

struct ledger_own {
    struct fair_item turn;
    struct ledger_attempt attempt; // the current one
    struct ledger_attempt unknown; // an earlier one whose outcome is unknown
    // Refused for good, before it came here or by a verdict that stands (decide.h). It is not decided again
    // when its group starts over, and stays refused when the store fails.
    bool is_final;
};

struct ledger_request {
    struct queue_node node;
    struct ledger_input input;
    struct ledger_answer answer;
    struct ledger_own own; // begins zeroed
    // Called on the ledger's thread when a group with the request ends and the request is refused, even if
    // it was refused before it came here. The calls come in the order of the requests, each before
    // `complete`. It logs the refusal. Not called for requests still waiting when the worker stops. May be
    // NULL.
    void (*refused)(const struct ledger_request *request);
    // Called once, on the ledger's thread, when the answer is final. The request is then the submitter's
    // again.
    void (*complete)(struct ledger_request *request);
};

#endif
