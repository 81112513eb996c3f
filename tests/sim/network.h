// The simulated network: one wire for each connection that an agency makes, with bytes in transit in both
// directions. Bytes are late, arrive in pieces, and stop arriving. When one end closes, the other learns of
// it immediately, late, or much later.
#ifndef QUINIELA_TESTS_SIM_NETWORK_H
#define QUINIELA_TESTS_SIM_NETWORK_H

#include <stddef.h>
#include <stdint.h>

struct wire;
struct connection;
struct planned_agency;

// What the agency's end is told, as in agency/link.h.
struct wire_events {
    void (*up)(void *context);
    size_t (*received)(void *context, const uint8_t *bytes, size_t length);
    void (*down)(void *context, const char *reason);
};

void network_begin(void);

// Frees every wire. The central must be gone.
void network_end(void);

// Begins to connect to a port of the central, for an agency that has these bets; NULL: for a stranger who
// asks for this agency's winners. The network owns the wire; the agency closes its end.
struct wire *wire_connect(uint32_t agency, const struct planned_agency *bets, int port,
                          const struct wire_events *events, void *context);

// The agency sends a whole frame, or a stranger sends any bytes. The caller keeps them.
void wire_send(struct wire *wire, const uint8_t *frame, size_t length);

// The agency's end is closed: no further event comes. Bytes in transit to the central may still arrive.
void wire_close(struct wire *wire);

// The agency's end vanishes with everything in transit, and the central is told before anything else happens.
void wire_close_cleanly(struct wire *wire);

// The central sends a whole frame; sends no more; and has closed its end.
void wire_answer(struct wire *wire, const uint8_t *frame, size_t length);
void wire_answer_ends(struct wire *wire);
void wire_central_closed(struct wire *wire);

// The central's end; NULL when there is none yet, or no longer.
struct connection *wire_central(const struct wire *wire);

// The central reads again.
void wire_central_reads(struct wire *wire);

// Harms a wire, in one direction or both: nothing passes from then on, and each end learns of it at some
// time. Spares the wires of classic clients, because these could not know what has become of their bets.
void network_cut(void);

// Closes the central's descriptor of a wire, whatever it is doing: the central loses the connection
// immediately, and the other side hears of it as of any end. Spares the same wires.
void network_shut(void);

// Marks the wire as a classic client's.
void wire_spare(struct wire *wire);

#endif
