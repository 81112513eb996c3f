#include "http/bounds.h"

#include "base/container.h"
#include "http/limits.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

// Peers ---------------------------------------------------------------------------------------------------

static uint64_t peer_v4(uint32_t address) {
    enum { LOOPBACK = 127 };
    return address >> 24 == LOOPBACK ? 0 : (uint64_t)0xffff << 32 | address;
}

uint64_t bounds_peer(const struct sockaddr *address) {
    uint32_t words[4];
    if (address->sa_family == AF_INET) {
        return peer_v4(ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
    }
    if (address->sa_family != AF_INET6) {
        return 0;
    }
    const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    memcpy(words, v6, sizeof words);
    if (IN6_IS_ADDR_V4MAPPED(v6)) {
        return peer_v4(ntohl(words[3]));
    }
    return IN6_IS_ADDR_LOOPBACK(v6) ? 0 : (uint64_t)ntohl(words[0]) << 32 | ntohl(words[1]);
}

// Room ----------------------------------------------------------------------------------------------------

static struct bounds_entry *entry_of(struct list_node *node) {
    return node == NULL ? NULL : CONTAINER_OF(node, struct bounds_entry, node);
}

static bool is_peers(const struct bounds_entry *entry, uint64_t peer) {
    return peer == 0 || entry->peer == peer;
}

// Whether the peer has as many as it may; this machine never has.
static bool peer_is_full(const struct bounds *bounds, uint64_t peer) {
    unsigned count = 0;
    for (int stage = 0; peer != 0 && stage < BOUNDS_STAGES; stage++) {
        for (struct list_node *node = bounds->stages[stage].first; node != NULL; node = node->next) {
            count += entry_of(node)->peer == peer;
        }
    }
    return count >= bounds->max / 2;
}

void bounds_begin(struct bounds *bounds, unsigned max) {
    *bounds = (struct bounds){.max = max};
}

bool bounds_have_room(const struct bounds *bounds, uint64_t peer) {
    return bounds->count < bounds->max && !peer_is_full(bounds, peer);
}

struct bounds_entry *bounds_give_way(const struct bounds *bounds, uint64_t peer) {
    uint64_t whose = peer_is_full(bounds, peer) ? peer : 0;
    for (int stage = BOUNDS_ASKING; stage <= BOUNDS_ANSWERING; stage++) {
        for (struct list_node *node = bounds->stages[stage].first; node != NULL; node = node->next) {
            if (is_peers(entry_of(node), whose)) {
                return entry_of(node);
            }
        }
    }
    return NULL;
}

// Connections ---------------------------------------------------------------------------------------------

// A stream comes or goes: the others of its peer, whose number is returned, have one more or less beside
// them.
static unsigned tell_streams(struct bounds *bounds, uint64_t peer, bool has_come) {
    unsigned others = 0;
    for (struct list_node *node = bounds->stages[BOUNDS_STREAMING].first; node != NULL; node = node->next) {
        struct bounds_entry *entry = entry_of(node);
        if (entry->peer == peer) {
            entry->peer_streams = has_come ? entry->peer_streams + 1 : entry->peer_streams - 1;
            others++;
        }
    }
    return others;
}

static void add(struct bounds *bounds, struct bounds_entry *entry, enum bounds_stage stage, uint64_t now_ms) {
    entry->stage = stage;
    entry->since_ms = now_ms;
    if (stage == BOUNDS_STREAMING) {
        entry->peer_streams = tell_streams(bounds, entry->peer, true) + 1;
        bounds->streams++;
    }
    list_add_last(&bounds->stages[stage], &entry->node);
}

static void take(struct bounds *bounds, struct bounds_entry *entry) {
    list_remove(&bounds->stages[entry->stage], &entry->node);
    if (entry->stage == BOUNDS_STREAMING) {
        (void)tell_streams(bounds, entry->peer, false);
        bounds->streams--;
    }
}

void bounds_enter(struct bounds *bounds, struct bounds_entry *entry, uint64_t peer, uint64_t now_ms) {
    entry->peer = peer;
    bounds->count++;
    add(bounds, entry, BOUNDS_ASKING, now_ms);
}

void bounds_move(struct bounds *bounds, struct bounds_entry *entry, enum bounds_stage stage,
                 uint64_t now_ms) {
    take(bounds, entry);
    add(bounds, entry, stage, now_ms);
}

void bounds_leave(struct bounds *bounds, struct bounds_entry *entry) {
    take(bounds, entry);
    bounds_hold(bounds, entry, 0, 0);
    bounds->count--;
}

// Streams -------------------------------------------------------------------------------------------------

static unsigned streams_max(const struct bounds *bounds) {
    return bounds->max / 2;
}

static unsigned peer_streams_max(const struct bounds *bounds) {
    enum { PART = 4 };
    return streams_max(bounds) < PART ? 1 : streams_max(bounds) / PART;
}

struct bounds_entry *bounds_stream_gives_way(const struct bounds *bounds, uint64_t peer) {
    struct bounds_entry *most = NULL;
    for (struct list_node *node = bounds->stages[BOUNDS_STREAMING].first; node != NULL; node = node->next) {
        struct bounds_entry *entry = entry_of(node);
        if (peer != 0 && entry->peer == peer && entry->peer_streams >= peer_streams_max(bounds)) {
            return entry;
        }
        most = most == NULL || entry->peer_streams > most->peer_streams ? entry : most;
    }
    return bounds->streams < streams_max(bounds) ? NULL : most;
}

// Memory --------------------------------------------------------------------------------------------------

void bounds_hold(struct bounds *bounds, struct bounds_entry *entry, size_t bytes, uint64_t now_ms) {
    bounds->bytes -= entry->bytes;
    entry->bytes = bytes <= HTTP_SMALL_BYTES ? 0 : bytes;
    entry->held_since_ms = now_ms;
    bounds->bytes += entry->bytes;
}

static bool peer_holds_much(const struct bounds *bounds, uint64_t peer) {
    enum { PART = 4 };
    size_t bytes = 0;
    for (int stage = 0; peer != 0 && stage < BOUNDS_STAGES; stage++) {
        for (struct list_node *node = bounds->stages[stage].first; node != NULL; node = node->next) {
            bytes += entry_of(node)->peer == peer ? entry_of(node)->bytes : 0;
        }
    }
    return bytes >= HTTP_TEXTS_BYTES_MAX / PART;
}

bool bounds_may_hold(const struct bounds *bounds, const struct bounds_entry *entry) {
    return bounds->bytes < HTTP_TEXTS_BYTES_MAX && !peer_holds_much(bounds, entry->peer);
}

struct bounds_entry *bounds_holds_longest(const struct bounds *bounds, const struct bounds_entry *entry) {
    uint64_t whose = peer_holds_much(bounds, entry->peer) ? entry->peer : 0;
    struct bounds_entry *longest = NULL;
    for (int stage = 0; !bounds_may_hold(bounds, entry) && stage < BOUNDS_STAGES; stage++) {
        for (struct list_node *node = bounds->stages[stage].first; node != NULL; node = node->next) {
            struct bounds_entry *other = entry_of(node);
            bool is_older = longest == NULL || other->held_since_ms < longest->held_since_ms;
            longest = other->bytes > 0 && is_peers(other, whose) && is_older ? other : longest;
        }
    }
    return longest;
}
