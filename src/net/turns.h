// Whose handshake is next. A TLS handshake costs more than all else, and anybody can ask for one: so they get
// a part of a loop's time only. When that is used up who comes waits, and the next turn is for the address
// that has cost least lately: one that asks and asks waits behind everybody else.
//
// Addresses are kept in a fixed number of places, by a hash that nobody outside can foresee; those that share
// a place share their turns (P. McKenney, "Stochastic Fairness Queueing", INFOCOM 1990). So there is nothing
// to allocate, and nothing to throw out. An IPv6 network of 64 bits is one address: whoever has one of those
// has them all (RFC 4291, section 2.5.4). Pure: the time comes from outside.
#ifndef QUINIELA_NET_TURNS_H
#define QUINIELA_NET_TURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TURNS_PLACES = 1024,
    TURNS_SHARE = 4,            // handshakes have this part of the time,
    TURNS_SAVED_NS = 25000000,  // and so much of it may be saved up
    TURNS_UNFINISHED_MAX = 512, // handshakes of one place; with one more, its oldest is given up
};

// What a handshake is waiting for.
enum turn_kind {
    TURN_PEER,  // the other side
    TURN_FIRST, // its turn, before the others: an earlier session is gone on with, or it has begun already
    TURN_LAST,  // its turn
    TURN_KINDS,
    TURN_NONE = TURN_KINDS // nothing: it is over
};

// A handshake's part in all that; its owner's memory.
struct turn {
    struct turn *previous, *next;
    uint64_t number; // in the order in which they came
    uint16_t place;
    uint8_t kind;
};

struct turn_list {
    struct turn *first, *last;
};

struct turn_place {
    struct turn_list lists[TURN_KINDS];
    uint64_t spent_ns; // lately: half of it is forgotten four times a second
    uint32_t count;    // in the lists
    uint8_t lied;      // said that it went on with a session, and did not; it is not believed until that is 0
};

struct turns {
    struct turn_place places[TURNS_PLACES];
    uint64_t seed, numbers;
    uint64_t now_ns, halved_ns;
    int64_t budget_ns; // that may be spent now
    size_t waiting;    // for their turn
};

// `turns` is all zero. The places that addresses get follow from the seed alone.
void turns_begin(struct turns *turns, uint64_t seed, uint64_t now_ns);

// Lets the time go on.
void turns_advance(struct turns *turns, uint64_t now_ns);

// A handshake begins, from an address of IPv6 (or IPv4, mapped). Returns another one of the same place that
// is given up for it, and is over, as there are too many; NULL when there are not.
struct turn *turns_enter(struct turns *turns, struct turn *turn, const uint8_t address[16]);

// It is over. Harmless when it is already.
void turns_leave(struct turns *turns, struct turn *turn);

// Whether something may be spent on it at once: else it has to wait.
bool turns_may_go(const struct turns *turns, const struct turn *turn);

// It waits for its turn. `first`: it says that it goes on with a session, or has begun. Of those whose
// address has lied that is not believed.
void turns_wait(struct turns *turns, struct turn *turn, bool first);

// Whose turn it is now: it waits no more. NULL when nobody waits, or there is nothing left to spend.
struct turn *turns_next(struct turns *turns);

// What it has cost.
void turns_spend(struct turns *turns, const struct turn *turn, uint64_t ns);

// It said that it goes on with a session, and did not.
void turns_lied(struct turns *turns, const struct turn *turn);

#endif
