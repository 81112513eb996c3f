// What the files of the dialogue share and nobody else sees.
//
//   dialogue.c   the connection, answers, winners, trying again
//   sending.c    the file's bets to chunks, and what is stored compared with the file
#ifndef QUINIELA_AGENCY_INTERNAL_H
#define QUINIELA_AGENCY_INTERNAL_H

#include "agency/backoff.h"
#include "agency/comparison.h"
#include "agency/dialogue.h"
#include "agency/route.h"
#include "agency/trust.h"
#include "base/limits.h"
#include "wire/message.h"
#include "wire/reply.h"

enum phase { CONNECTING, OPENING, COMPARING, STREAMING, CONSULTING, POLLING, BACKING_OFF, ENDED };

// A chunk that was sent and is not acknowledged yet.
struct sent {
    uint64_t end; // the agency's bets, this chunk's included
    uint32_t count;
    bool last;
    bool asks; // what is stored from there on
};

struct dialogue {
    const struct dialogue_options *options;
    const struct dialogue_actions *actions;
    void *context; // of the actions
    struct message_decoder *decoder;
    struct chunk *chunk;           // the one that is being read
    struct comparison *comparison; // of what is stored with what the file has; NULL until it is needed
    uint64_t stored;               // how many bets the central has, while they are compared
    struct route bets, consult;    // which server to use
    struct backoff backoff;
    struct backoff polling; // between one question for the winners and the next
    uint32_t answer_ms;     // how long the next answer may take
    enum phase phase;
    bool linked;           // there is a connection, or one is being made
    bool consulting;       // every bet is stored; what is left is to ask
    uint64_t acknowledged; // bets that the central has said are stored
    bool classic;          // the central does not know `next`: one chunk at a time
    bool resynced;         // gone back (or on) to where the central is, and nothing acknowledged since
    struct sent sent[WINDOW_MAX];
    uint32_t sent_first, sent_count; // a ring
    bool last_sent;
    bool reading_failed; // a bad line: what was sent before it may still be acknowledged
    struct trust trust;  // in whoever answers as a server
    struct error error;  // why it failed
    bool failed;
};

// dialogue.c: ends it, failed.
void dialogue_fail(struct dialogue *dialogue, const struct error *error);

// dialogue.c: gives the connection up and comes back later, or soon when there is another server to try. What
// was on its way is forgotten: the central says what it has.
void dialogue_back_off(struct dialogue *dialogue, const char *action, const char *reason);

// dialogue.c: from now on an answer is due.
void dialogue_expect_answer(struct dialogue *dialogue);

// sending.c: sends chunks while the window has room and there are any.
void sending_fill_window(struct dialogue *dialogue);

// sending.c: goes to the bet at `index`: the central may have more than we knew, or less. Fails when it has
// more than there are.
bool sending_go_to(struct dialogue *dialogue, uint64_t index);

// sending.c: the answer to `sent` says that the central has more than was sent on this connection: from an
// earlier start, or from somebody else. It is not skipped before it is known to be what the file has there. A
// central that does not know how to list it can only be believed.
void sending_on_ahead(struct dialogue *dialogue, const struct sent *sent, const struct reply *reply);

// sending.c: goes on with comparing what is stored, behind a moment for other events.
void sending_compare_on(struct dialogue *dialogue);

#endif
