#include "net/turns.h"

#include "base/random.h"

#include <string.h>

enum {
    FORGET_NS = 250000000, // the time spent is halved after each such interval
    LIE_HALVINGS = 40,     // ten seconds
    ADDRESS_BYTES = 16,
    NETWORK_BYTES = 8, // of an IPv6 address
};

void turns_begin(struct turns *turns, uint64_t seed, uint64_t now_ns) {
    turns->seed = seed;
    turns->now_ns = turns->halved_ns = now_ns;
    turns->budget_ns = TURNS_SAVED_NS;
}

// The time ----------------------------------------------------------------------------------------------

static void forget(struct turns *turns, uint64_t halvings) {
    for (size_t i = 0; i < TURNS_PLACES; i++) {
        struct turn_place *place = &turns->places[i];
        place->spent_ns = halvings < 64 ? place->spent_ns >> halvings : 0;
        place->lied = place->lied > halvings ? (uint8_t)(place->lied - halvings) : 0;
    }
}

void turns_advance(struct turns *turns, uint64_t now_ns) {
    uint64_t more_ns = (now_ns - turns->now_ns) / TURNS_SHARE;
    turns->now_ns += more_ns * TURNS_SHARE;
    turns->budget_ns = more_ns < TURNS_SAVED_NS && turns->budget_ns + (int64_t)more_ns < TURNS_SAVED_NS
                           ? turns->budget_ns + (int64_t)more_ns
                           : TURNS_SAVED_NS;
    uint64_t halvings = (now_ns - turns->halved_ns) / FORGET_NS;
    if (halvings > 0) {
        turns->halved_ns += halvings * FORGET_NS;
        forget(turns, halvings);
    }
}

void turns_spend(struct turns *turns, const struct turn *turn, uint64_t ns) {
    turns->places[turn->place].spent_ns += ns;
    turns->budget_ns -= (int64_t)ns;
}

void turns_lied(struct turns *turns, const struct turn *turn) {
    turns->places[turn->place].lied = LIE_HALVINGS;
}

// The lists ---------------------------------------------------------------------------------------------

static uint16_t place_of(const struct turns *turns, const uint8_t address[ADDRESS_BYTES]) {
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}; // RFC 4291, section 2.5.5.2
    uint64_t network, host = 0;
    memcpy(&network, address, NETWORK_BYTES);
    if (memcmp(address, mapped, sizeof mapped) == 0) {
        memcpy(&host, address + NETWORK_BYTES, ADDRESS_BYTES - NETWORK_BYTES);
    }
    uint64_t state = turns->seed ^ network;
    state = random_next(&state) ^ host;
    return (uint16_t)(random_next(&state) % TURNS_PLACES);
}

static void add(struct turns *turns, struct turn *turn, enum turn_kind kind) {
    struct turn_place *place = &turns->places[turn->place];
    struct turn_list *list = &place->lists[kind];
    turn->kind = (uint8_t)kind;
    turn->next = NULL;
    turn->previous = list->last;
    *(list->last == NULL ? &list->first : &list->last->next) = turn;
    list->last = turn;
    place->count++;
    turns->waiting += kind != TURN_PEER;
}

void turns_leave(struct turns *turns, struct turn *turn) {
    if (turn->kind == TURN_NONE) {
        return;
    }
    struct turn_place *place = &turns->places[turn->place];
    struct turn_list *list = &place->lists[turn->kind];
    *(turn->previous == NULL ? &list->first : &turn->previous->next) = turn->next;
    *(turn->next == NULL ? &list->last : &turn->next->previous) = turn->previous;
    place->count--;
    turns->waiting -= turn->kind != TURN_PEER;
    turn->kind = TURN_NONE;
}

// One that keeps us waiting is given up first; one that waits for its turn, only if there is no other.
static struct turn *oldest(const struct turn_place *place) {
    for (int kind = TURN_PEER; kind < TURN_KINDS; kind++) {
        if (place->lists[kind].first != NULL) {
            return place->lists[kind].first;
        }
    }
    return NULL;
}

struct turn *turns_enter(struct turns *turns, struct turn *turn, const uint8_t address[16]) {
    struct turn *given_up = NULL;
    turn->place = place_of(turns, address);
    turn->number = turns->numbers++;
    struct turn_place *place = &turns->places[turn->place];
    if (place->count >= TURNS_UNFINISHED_MAX) {
        given_up = oldest(place);
        turns_leave(turns, given_up);
    }
    add(turns, turn, TURN_PEER);
    return given_up;
}

// Whose turn it is ----------------------------------------------------------------------------------------

bool turns_may_go(const struct turns *turns, const struct turn *turn) {
    return turn->kind == TURN_NONE || (turns->waiting == 0 && turns->budget_ns > 0);
}

void turns_wait(struct turns *turns, struct turn *turn, bool first) {
    bool believed = first && turns->places[turn->place].lied == 0;
    turns_leave(turns, turn);
    add(turns, turn, believed ? TURN_FIRST : TURN_LAST);
}

// Of those whose addresses have cost equally little, the earliest.
static struct turn *cheapest(const struct turns *turns, enum turn_kind kind) {
    struct turn *found = NULL;
    uint64_t found_ns = 0;
    for (size_t i = 0; i < TURNS_PLACES; i++) {
        const struct turn_place *place = &turns->places[i];
        struct turn *first = place->lists[kind].first;
        if (first != NULL && (found == NULL || place->spent_ns < found_ns ||
                              (place->spent_ns == found_ns && first->number < found->number))) {
            found = first;
            found_ns = place->spent_ns;
        }
    }
    return found;
}

struct turn *turns_next(struct turns *turns) {
    if (turns->waiting == 0 || turns->budget_ns <= 0) {
        return NULL;
    }
    struct turn *next = cheapest(turns, TURN_FIRST);
    if (next == NULL) {
        next = cheapest(turns, TURN_LAST);
    }
    turns_leave(turns, next);
    add(turns, next, TURN_PEER);
    return next;
}
