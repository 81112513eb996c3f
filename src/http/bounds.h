// Who may come in, and who gives way. It knows connections as entries of lists, no sockets: it is told what
// happens to them, and says what is to happen. For one thread.
#ifndef QUINIELA_HTTP_BOUNDS_H
#define QUINIELA_HTTP_BOUNDS_H

#include "base/list.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum bounds_stage {
    BOUNDS_ASKING,    // it is idle, or its request is not whole yet
    BOUNDS_ANSWERING, // its answer is on its way
    BOUNDS_STREAMING,
    BOUNDS_STAGES,
};

struct bounds_entry { // part of a connection
    struct list_node node;
    enum bounds_stage stage;
    uint64_t since_ms; // when it came to that stage
    uint64_t peer;
    unsigned peer_streams; // of a stream: how many its peer has
    size_t bytes;          // of its answer, or piece of a stream, that is on its way; 0: hardly any
    uint64_t held_since_ms;
};

struct bounds {
    struct list_head stages[BOUNDS_STAGES]; // whoever is there longest first
    unsigned count, streams;
    // The greatest count. Of it one peer may have half, and streams half; of those one peer a quarter.
    unsigned max;
    size_t bytes; // that all entries hold
};

// The peer that has an address, as a number: all of a network's addresses of IPv6 (a /64) are one. 0: this
// machine, whose connections are those of anybody here, or of a reverse proxy; they have no bound of their
// own. The same for addresses that are not of IP.
uint64_t bounds_peer(const struct sockaddr *address);

// All zeros but `max`.
void bounds_begin(struct bounds *bounds, unsigned max);

// Whether one more connection of that peer may come.
bool bounds_have_room(const struct bounds *bounds, uint64_t peer);

// Who gives way so that it may: of the peer, if that has too many, else of all, whoever has been idle or slow
// longest; first those who have asked nothing. NULL: nobody can. Streams give way to streams alone.
struct bounds_entry *bounds_give_way(const struct bounds *bounds, uint64_t peer);

// A connection has come, goes to another stage, is gone.
void bounds_enter(struct bounds *bounds, struct bounds_entry *entry, uint64_t peer, uint64_t now_ms);
void bounds_move(struct bounds *bounds, struct bounds_entry *entry, enum bounds_stage stage, uint64_t now_ms);
void bounds_leave(struct bounds *bounds, struct bounds_entry *entry);

// Which stream gives way so that one more of that peer may begin: if the peer has its part, its oldest; else,
// where there are too many, the oldest of whoever has most, and there this machine is a peer, too. NULL:
// there is room.
struct bounds_entry *bounds_stream_gives_way(const struct bounds *bounds, uint64_t peer);

// Whether the entry may hold a large text: all have less than HTTP_TEXTS_BYTES_MAX, and its peer, unless that
// is this machine, less than a quarter of it. One text may go beyond.
bool bounds_may_hold(const struct bounds *bounds, const struct bounds_entry *entry);

// The entry holds a text of so many bytes instead of what it held. Small ones (HTTP_SMALL_BYTES) are bounded
// by the number of connections, and count for nothing.
void bounds_hold(struct bounds *bounds, struct bounds_entry *entry, size_t bytes, uint64_t now_ms);

// Of those because of whom the entry may not, whoever has held a text longest. NULL: it may.
struct bounds_entry *bounds_holds_longest(const struct bounds *bounds, const struct bounds_entry *entry);

#endif
