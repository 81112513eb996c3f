// When a TLS handshake may proceed: at once, or when its turn comes (turns.h), which a timer checks. The
// bytes of one that has to wait stay in the kernel until then.
#ifndef QUINIELA_NET_HANDSHAKES_H
#define QUINIELA_NET_HANDSHAKES_H

#include "net/turns.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

enum { HANDSHAKES_HELLO_BYTES = 2048 }; // enough of a connection's first bytes to tell what it asks for

// Part of a connection; the fields are this file's own.
struct handshake {
    struct turn turn;
    bool has_turn;  // its bytes may be read now
    bool has_begun; // some of its bytes have been read
    bool resumes;   // a session, or so the peer says
};

// The handshakes of one loop.
struct handshakes {
    struct turns turns;
    uv_timer_t timer;
    bool is_stopped;
    void (*on_turn)(struct handshake *handshake);
};

// `on_turn` is called for a handshake that has waited and now has its turn; the call may end the handshake.
// `seed` decides which addresses share a place: it must be unpredictable from outside.
void handshakes_begin(struct handshakes *handshakes, uv_loop_t *uv, uint64_t seed,
                      void (*on_turn)(struct handshake *handshake));

// From now on no handshake gets a turn.
void handshakes_stop(struct handshakes *handshakes);

// Closes the timer, before the loop ends.
void handshakes_close(struct handshakes *handshakes);

// Begins a handshake from an IPv6 address. If that address has too many, returns the one that is given up for
// it; else NULL.
struct handshake *handshakes_enter(struct handshakes *handshakes, struct handshake *handshake,
                                   const uint8_t address[16]);

// The handshake is over. Harmless if it was already.
void handshakes_leave(struct handshakes *handshakes, struct handshake *handshake);

// Whether its bytes may be read now.
bool handshakes_may_go(struct handshakes *handshakes, const struct handshake *handshake);

// Whether handshakes_wait wants to see its first bytes.
bool handshakes_wants_hello(const struct handshake *handshake);

// The handshake has to wait for its turn. The bytes are the first ones of the connection, as many as are
// known, if handshakes_wants_hello asked for them.
void handshakes_wait(struct handshakes *handshakes, struct handshake *handshake, const uint8_t *bytes,
                     size_t length);

// Charges the time that the handshake has cost. `was_resumed`: it really resumed a session.
void handshakes_spend(struct handshakes *handshakes, struct handshake *handshake, uint64_t ns,
                      bool was_resumed);

#endif
