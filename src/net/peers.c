#include "net/peers.h"

#include "base/container.h"
#include "base/random.h"
#include "net/tally.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 8192 };

struct peer {
    struct tally_entry by_connections;
    struct peer *next; // in its bucket
    uint64_t who;      // the identity it has proved, or its address
    bool proven;
    struct tally claims; // its places
};

struct peer_place {
    struct tally_entry by_connections; // in its peer's `claims`
    struct peer_place *next;           // in its bucket
    struct peer *peer;
    uint32_t claim;
    uint64_t number;
};

struct peers {
    pthread_mutex_t mutex;
    struct tally all;
    uint64_t last_number;
    uint64_t seed; // so that a peer cannot choose to share a bucket with many others
    struct peer *peers[BUCKETS];
    struct peer_place *places[BUCKETS];
};

struct peers *peers_new(void) {
    struct peers *peers = calloc(1, sizeof *peers);
    if (peers != NULL) {
        peers->seed = random_seed();
        pthread_mutex_init(&peers->mutex, NULL);
    }
    return peers;
}

void peers_free(struct peers *peers) {
    if (peers != NULL) {
        tally_free(&peers->all);
        pthread_mutex_destroy(&peers->mutex);
        free(peers);
    }
}

uint64_t peers_source(const struct in6_addr *address) {
    uint32_t words[4];
    memcpy(words, address, sizeof words);
    return IN6_IS_ADDR_V4MAPPED(address) ? (uint64_t)0xffff << 32 | ntohl(words[3])
                                         : (uint64_t)ntohl(words[0]) << 32 | ntohl(words[1]);
}

static size_t bucket_of(const struct peers *peers, uint64_t what, uint64_t more) {
    uint64_t state = peers->seed ^ what;
    state = random_next(&state) ^ more;
    return random_next(&state) % BUCKETS;
}

// Peers and their places, found or made -------------------------------------------------------------------

static struct peer **find_peer(struct peers *peers, uint64_t who, bool proven) {
    struct peer **link = &peers->peers[bucket_of(peers, who, proven)];
    while (*link != NULL && ((*link)->who != who || (*link)->proven != proven)) {
        link = &(*link)->next;
    }
    return link;
}

static struct peer_place **find_place(struct peers *peers, const struct peer *peer, uint32_t claim) {
    struct peer_place **link = &peers->places[bucket_of(peers, (uintptr_t)peer, claim)];
    while (*link != NULL && ((*link)->peer != peer || (*link)->claim != claim)) {
        link = &(*link)->next;
    }
    return link;
}

// Frees a peer for which no connection is counted.
static void drop_peer(struct peers *peers, struct peer *peer) {
    if (peer->by_connections.count == 0) {
        *find_peer(peers, peer->who, peer->proven) = peer->next;
        tally_free(&peer->claims);
        free(peer);
    }
}

static void drop_place(struct peers *peers, struct peer_place *place) {
    if (place->by_connections.count == 0) {
        *find_place(peers, place->peer, place->claim) = place->next;
        free(place);
    }
}

static struct peer *get_peer(struct peers *peers, uint64_t who, bool proven) {
    struct peer **link = find_peer(peers, who, proven);
    if (*link == NULL && (*link = calloc(1, sizeof **link)) != NULL) {
        (*link)->who = who;
        (*link)->proven = proven;
    }
    return *link;
}

static struct peer_place *get_place(struct peers *peers, struct peer *peer, uint32_t claim) {
    struct peer_place **link = find_place(peers, peer, claim);
    if (*link == NULL && (*link = calloc(1, sizeof **link)) != NULL) {
        (*link)->peer = peer;
        (*link)->claim = claim;
        (*link)->number = ++peers->last_number;
    }
    return *link;
}

// Counting ------------------------------------------------------------------------------------------------

static struct peer_place *count_in(struct peers *peers, struct peer *peer, uint32_t claim) {
    struct peer_place *place = get_place(peers, peer, claim);
    if (place == NULL || !tally_more(&peer->claims, &place->by_connections)) {
        if (place != NULL) {
            drop_place(peers, place);
        }
        return NULL;
    }
    if (!tally_more(&peers->all, &peer->by_connections)) {
        tally_less(&peer->claims, &place->by_connections);
        drop_place(peers, place);
        return NULL;
    }
    return place;
}

static struct peer_place *count(struct peers *peers, uint64_t who, bool proven, uint32_t claim) {
    struct peer *peer = get_peer(peers, who, proven);
    struct peer_place *place = peer == NULL ? NULL : count_in(peers, peer, claim);
    if (peer != NULL && place == NULL) {
        drop_peer(peers, peer);
    }
    return place;
}

static void discount(struct peers *peers, struct peer_place *place) {
    struct peer *peer = place->peer;
    tally_less(&peer->claims, &place->by_connections);
    tally_less(&peers->all, &peer->by_connections);
    drop_place(peers, place);
    drop_peer(peers, peer);
}

struct peer_place *peers_enter(struct peers *peers, const struct in6_addr *address) {
    pthread_mutex_lock(&peers->mutex);
    struct peer_place *place = count(peers, peers_source(address), false, 0);
    pthread_mutex_unlock(&peers->mutex);
    return place;
}

struct peer_place *peers_move(struct peers *peers, struct peer_place *place, const struct in6_addr *address,
                              uint32_t claim, bool proven) {
    pthread_mutex_lock(&peers->mutex);
    uint64_t who = proven ? claim : peers_source(address);
    struct peer_place *moved = count(peers, who, proven, proven ? 0 : claim);
    if (moved != NULL) {
        discount(peers, place);
        place = moved;
    }
    pthread_mutex_unlock(&peers->mutex);
    return place;
}

void peers_leave(struct peers *peers, struct peer_place *place) {
    pthread_mutex_lock(&peers->mutex);
    discount(peers, place);
    pthread_mutex_unlock(&peers->mutex);
}

// Who loses one -------------------------------------------------------------------------------------------

// Of equal claims, first the connections that have sent nothing yet: they have not claimed anything.
static struct peer_place *most_claimed(struct peers *peers, struct peer *peer) {
    struct peer_place *silent = *find_place(peers, peer, 0);
    if (silent != NULL && silent->by_connections.count == peer->claims.most) {
        return silent;
    }
    return CONTAINER_OF(tally_most(&peer->claims), struct peer_place, by_connections);
}

uint64_t peers_with_most(struct peers *peers) {
    pthread_mutex_lock(&peers->mutex);
    struct tally_entry *most = tally_most(&peers->all);
    uint64_t number = 0;
    if (most != NULL) {
        number = most_claimed(peers, CONTAINER_OF(most, struct peer, by_connections))->number;
    }
    pthread_mutex_unlock(&peers->mutex);
    return number;
}

uint64_t peers_number(const struct peer_place *place) {
    return place->number;
}

uint32_t peers_count(struct peers *peers, const struct peer_place *place) {
    pthread_mutex_lock(&peers->mutex);
    uint32_t count = place->peer->by_connections.count;
    pthread_mutex_unlock(&peers->mutex);
    return count;
}
