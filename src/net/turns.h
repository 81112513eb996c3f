// Whose handshake is next. A TLS handshake costs more than anything else, and anybody can ask for one: so
// handshakes get only a part of a loop's time. When that is used up, newcomers wait, and the next turn goes
// to the address that has cost least lately: one that keeps asking waits until everybody else has had a turn.
//
// Addresses are hashed into a fixed number of places, in a way that nobody outside can predict; those that
// share a place share its turns (P. McKenney, "Stochastic Fairness Queueing", INFOCOM 1990). So there is
// nothing to allocate, and nothing to evict. An IPv6 network of 64 bits is one address: whoever has one of
// its addresses has them all (RFC 4291, section 2.5.4). Pure: the time is passed in.
#ifndef QUINIELA_NET_TURNS_H
#define QUINIELA_NET_TURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TURNS_PLACES = 1024,
    TURNS_SHARE = 4,            // handshakes get one part in so many of the time,
    TURNS_SAVED_NS = 25000000,  // and so much of it may be saved up
    TURNS_UNFINISHED_MAX = 512, // handshakes of one place; one more, and its oldest is given up
};

// What a handshake is waiting for.
enum turn_kind {
    TURN_PEER,  // the peer
    TURN_FIRST, // its turn, before the others: it resumes a session, or has begun already
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
    uint64_t spent_ns; // lately: halved four times a second
    uint32_t count;    // in the lists
    uint8_t lied;      // it announced a session to resume and had none; it is not believed until this is 0
};

struct turns {
    struct turn_place places[TURNS_PLACES];
    uint64_t seed, numbers;
    uint64_t now_ns, halved_ns;
    int64_t budget_ns; // may be spent now
    size_t waiting;    // for their turn
};

// `turns` is all zeros. Which place an address gets depends on the seed alone.
void turns_begin(struct turns *turns, uint64_t seed, uint64_t now_ns);

// Advances the time.
void turns_advance(struct turns *turns, uint64_t now_ns);

// A handshake begins, from an address of IPv6 (or IPv4, mapped). If the place has too many, returns the one
// that is given up for it, which is over now; else NULL.
struct turn *turns_enter(struct turns *turns, struct turn *turn, const uint8_t address[16]);

// It is over. Harmless when it is already.
void turns_leave(struct turns *turns, struct turn *turn);

// Whether time may be spent on it at once; else it has to wait.
bool turns_may_go(const struct turns *turns, const struct turn *turn);

// It waits for its turn. `first`: it says that it resumes a session, or has begun; not believed of an address
// that has lied.
void turns_wait(struct turns *turns, struct turn *turn, bool first);

// Whose turn it is now; it no longer waits. NULL when nobody waits, or no time is left to spend.
struct turn *turns_next(struct turns *turns);

// Charges what it has cost.
void turns_spend(struct turns *turns, const struct turn *turn, uint64_t ns);

// It said that it resumes a session, and did not.
void turns_lied(struct turns *turns, const struct turn *turn);

#endif
