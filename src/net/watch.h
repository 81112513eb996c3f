// Deadlines for very many connections, without a timer for each: one list for each thing that a connection
// may wait for. All entries of a list have the same timeout, so the first to come is the first due, and
// checking the heads finds all that are due. Pure: the time is passed in.
#ifndef QUINIELA_NET_WATCH_H
#define QUINIELA_NET_WATCH_H

#include <stdbool.h>
#include <stdint.h>

// What a connection waits for.
enum watch_kind {
    WATCH_BUSY,      // us: we owe it an answer or do not read it. Never due
    WATCH_TURN,      // its turn in a TLS handshake. Never due
    WATCH_HANDSHAKE, // the peer's part of the TLS handshake
    WATCH_SILENT,    // the first byte; no whole message has come yet
    WATCH_OPENING,   // the rest of the first message
    WATCH_IDLE,      // the next message's first byte
    WATCH_MESSAGE,   // the rest of a message
    WATCH_SENDING,   // the peer to read its data
    WATCH_LINGER,    // the peer to end
    WATCH_KINDS
};

struct watch_link {
    struct watch_link *previous, *next;
    uint64_t since_ms;
};

struct watch {
    struct watch_link lists[WATCH_KINDS]; // rings: the head's next is the oldest
    uint64_t timeouts_ms[WATCH_KINDS];    // 0: forever
    uint64_t now_ms;
};

// Empties all lists, and sets no timeout. The time is 0.
void watch_init(struct watch *watch);

// How long a kind may wait. 0: forever.
void watch_set_timeout(struct watch *watch, enum watch_kind kind, uint64_t timeout_ms);

// The watch's clock, and how long a link has waited by it.
uint64_t watch_now_ms(const struct watch *watch);
uint64_t watch_waited_ms(const struct watch *watch, const struct watch_link *link);

// Advances the time, by `longest_ms` at most: if the process did not run for a while (it was stopped, or its
// machine slept), the peers are not to blame.
void watch_advance(struct watch *watch, uint64_t elapsed_ms, uint64_t longest_ms);

// Puts a link that is in no list into one. Its time starts now.
void watch_add(struct watch *watch, struct watch_link *link, enum watch_kind kind);

// Removes a link from its list.
void watch_remove(struct watch_link *link);

// The one of a kind that has waited longest, if its timeout has passed; else NULL.
struct watch_link *watch_due(const struct watch *watch, enum watch_kind kind);

// The one of a kind that has waited longest, or NULL.
struct watch_link *watch_oldest(const struct watch *watch, enum watch_kind kind);

// Walks the links of a kind, from the one that has waited longest: returns the one after `link` (NULL: the
// first). NULL after the last.
struct watch_link *watch_next(const struct watch *watch, enum watch_kind kind, const struct watch_link *link);

// Whether anything waits that can become due.
bool watch_needed(const struct watch *watch);

#endif
