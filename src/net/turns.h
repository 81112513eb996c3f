// Whose handshake is next. A TLS handshake costs more than anything else, and anyone can ask for one, so
// handshakes get only a part of a loop's time. When that is used up, new ones wait, and the next turn goes to
// the address that has recently cost least. An address that keeps asking waits until all others have had a
// turn.
//
// Addresses are hashed into a fixed number of places, unpredictably from outside; addresses that share a
// place share its turns (P. McKenney, "Stochastic Fairness Queueing", INFOCOM 1990). So there is nothing to
// allocate, and nothing to evict. A 64-bit IPv6 network counts as one address: a host with one of its
// addresses can use them all (RFC 4291, section 2.5.4). Pure: the time is passed in.
#ifndef QUINIELA_NET_TURNS_H
#define QUINIELA_NET_TURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TURNS_PLACES = 1024,
    TURNS_SHARE = 4,            // handshakes get one part in this many of the time,
    TURNS_SAVED_NS = 25000000,  // and may save up this much of it
    TURNS_UNFINISHED_MAX = 512, // handshakes of one place; for one more, its oldest is given up
};

// What a handshake is waiting for.
enum turn_kind {
    TURN_PEER,  // the peer
    TURN_FIRST, // its turn, before the others: it resumes a session, or has already begun
    TURN_LAST,  // its turn
    TURN_KINDS,
    TURN_NONE = TURN_KINDS // nothing: it is over
};

// A handshake; embedded in its owner's memory.
struct turn {
    struct turn *previous, *next;
    uint64_t number; // in order of arrival
    uint16_t place;
    uint8_t kind;
};

struct turn_list {
    struct turn *first, *last;
};

struct turn_place {
    struct turn_list lists[TURN_KINDS];
    uint64_t spent_ns; // recently: halved four times a second
    uint32_t count;    // in the lists
    uint8_t lied;      // it claimed to resume a session and had none; not believed until this is 0
};

struct turns {
    struct turn_place places[TURNS_PLACES];
    uint64_t seed, numbers;
    uint64_t now_ns, halved_ns;
    int64_t budget_ns; // that may be spent now
    size_t waiting;    // for their turn
};

// `turns` is all zeros. Only the seed decides which place an address gets.
void turns_begin(struct turns *turns, uint64_t seed, uint64_t now_ns);

// Advances the time.
void turns_advance(struct turns *turns, uint64_t now_ns);

// Begins a handshake from an IPv6 address (IPv4 is mapped). If the place has too many, returns the one that
// is given up for it, which is now over; else NULL.
struct turn *turns_enter(struct turns *turns, struct turn *turn, const uint8_t address[16]);

// The handshake is over. Harmless if it was already.
void turns_leave(struct turns *turns, struct turn *turn);

// Whether time may be spent on the handshake at once; otherwise it has to wait.
bool turns_may_go(const struct turns *turns, const struct turn *turn);

// The handshake waits for its turn. `first`: it claims to resume a session, or has begun; an address that has
// lied is not believed.
void turns_wait(struct turns *turns, struct turn *turn, bool first);

// The handshake whose turn it is; it no longer waits. NULL when none waits, or when there is no time left to
// spend.
struct turn *turns_next(struct turns *turns);

// Charges the time that the handshake has cost.
void turns_spend(struct turns *turns, const struct turn *turn, uint64_t ns);

// The handshake claimed to resume a session, and did not.
void turns_lied(struct turns *turns, const struct turn *turn);

#endif
