// Who may come in, and who gives way. It knows connections as entries of lists, no sockets: it is told what
// happens to them, and says what is to happen. For one thread.
#ifndef QUINIELA_HTTP_BOUNDS_H
#define QUINIELA_HTTP_BOUNDS_H

#include "base/list.h"

#include <stdbool.h>
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
};

struct bounds {
    struct list_head stages[BOUNDS_STAGES]; // whoever is there longest first
    unsigned count, streams;
    unsigned
        max; // the greatest count. Of it one peer may have half, and streams half; of that one peer a quarter
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

#endif
