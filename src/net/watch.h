// Deadlines for very many connections, without a timer for each: a list for each thing that a connection may
// be waiting for. All of one list wait equally long, so the one that came first is due first, and a look at
// the heads finds all that are due. Pure: the time comes from outside.
#ifndef QUINIELA_NET_WATCH_H
#define QUINIELA_NET_WATCH_H

#include <stdbool.h>
#include <stdint.h>

// What a connection waits for.
enum watch_kind {
    WATCH_BUSY,      // us: we owe it an answer or do not read it. Never due
    WATCH_TURN,      // its turn in a TLS handshake. Never due
    WATCH_HANDSHAKE, // its part of the TLS handshake
    WATCH_SILENT,    // its first word; it has not said a whole message yet
    WATCH_OPENING,   // the rest of its first message
    WATCH_IDLE,      // its next word
    WATCH_MESSAGE,   // the rest of a message
    WATCH_SENDING,   // the other side to read what it was sent
    WATCH_LINGER,    // the other side to end
    WATCH_KINDS
};

struct watch_link {
    struct watch_link *previous, *next;
    uint64_t since_ms;
};

struct watch {
    struct watch_link lists[WATCH_KINDS]; // rings: the head's next is the oldest
    uint64_t timeouts_ms[WATCH_KINDS];    // 0: for ever
    uint64_t now_ms;
};

// All lists empty, no timeouts, the time 0.
void watch_init(struct watch *watch);

// Lets the time go on. A step is never longer than `longest_ms`: when the process did not run for a while (it
// was stopped, or its machine slept), the others are not to blame for that.
void watch_advance(struct watch *watch, uint64_t elapsed_ms, uint64_t longest_ms);

// Puts a link that is in no list into one, its time beginning now.
void watch_add(struct watch *watch, struct watch_link *link, enum watch_kind kind);

// Takes a link out of its list.
void watch_remove(struct watch_link *link);

// The first of a kind when it has waited for as long as it may, else NULL.
struct watch_link *watch_due(const struct watch *watch, enum watch_kind kind);

// The one of a kind that has waited longest, or NULL.
struct watch_link *watch_oldest(const struct watch *watch, enum watch_kind kind);

// Goes through those of a kind, from the one that has waited longest: the one that follows `link` (NULL: the
// first). NULL after the last.
struct watch_link *watch_next(const struct watch *watch, enum watch_kind kind, const struct watch_link *link);

// Whether anything waits that may become due.
bool watch_needed(const struct watch *watch);

#endif
