// When a TLS handshake may go on: at once, or when it is its turn (turns.h), which a timer looks for. The
// bytes of one that has to wait stay with the kernel until then.
#ifndef QUINIELA_NET_HANDSHAKES_H
#define QUINIELA_NET_HANDSHAKES_H

#include "net/turns.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

enum { HANDSHAKES_HELLO_BYTES = 2048 }; // enough of a connection's first bytes to see what it asks for

// Part of a connection; the fields are this file's own.
struct handshake {
    struct turn turn;
    bool has_turn;  // its bytes may be read now
    bool has_begun; // some of them were
    bool resumes;   // a session, or so it says
};

// The handshakes of one loop.
struct handshakes {
    struct turns turns;
    uv_timer_t timer;
    bool is_stopped;
    void (*on_turn)(struct handshake *handshake);
};

// `on_turn` is called for a handshake that waited and has its turn now, which may be over then. `seed`
// decides which addresses share a place: nobody outside may know it.
void handshakes_begin(struct handshakes *handshakes, uv_loop_t *uv, uint64_t seed,
                      void (*on_turn)(struct handshake *handshake));

// From now on nobody gets a turn.
void handshakes_stop(struct handshakes *handshakes);

// Closes the timer, before the loop ends.
void handshakes_close(struct handshakes *handshakes);

// A handshake begins, from an address of IPv6. If the address has too many, returns the one that is given up
// for it; else NULL.
struct handshake *handshakes_enter(struct handshakes *handshakes, struct handshake *handshake,
                                   const uint8_t address[16]);

// It is over. Harmless if it was already.
void handshakes_leave(struct handshakes *handshakes, struct handshake *handshake);

// Whether its bytes may be read now.
bool handshakes_may_go(struct handshakes *handshakes, const struct handshake *handshake);

// Whether handshakes_wait wants to see its first bytes.
bool handshakes_wants_hello(const struct handshake *handshake);

// It has to wait for its turn. The bytes are the connection's first, if they are wanted; as many as
// are known.
void handshakes_wait(struct handshakes *handshakes, struct handshake *handshake, const uint8_t *bytes,
                     size_t length);

// Charges what it has cost. `was_resumed`: it really does resume a session.
void handshakes_spend(struct handshakes *handshakes, struct handshake *handshake, uint64_t ns,
                      bool was_resumed);

#endif
