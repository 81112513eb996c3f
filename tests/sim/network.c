#include "network.h"

#include "wire/limits.h"

#include "central.h"
#include "connections.h"
#include "digest.h"
#include "free_text.h"
#include "oracle.h"
#include "plan.h"
#include "wire/reply.h"
#include "world.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { CUT_CLIENT_TOLD_MS = 10000, CUT_CENTRAL_TOLD_MS = 60000 };

// One direction of a wire.
struct pipe {
    uint8_t *bytes; // in transit
    size_t length, capacity;
    bool moving; // the next piece is scheduled
    bool cut;    // nothing more enters
    bool harmed; // … because of the network
    bool ends;   // the end follows the bytes
    bool resets; // … and it is not an orderly one
};

struct wire {
    struct wire *next;
    uint32_t number, agency;
    int port;
    struct pipe up, down; // to the central, to the agency
    const struct wire_events *events;
    void *context;
    bool has_agency, is_up, spared;
    // Counts of bytes to the agency: those the central sent, those that reached the agency's system, and
    // those that the central's system knows to be acknowledged. `winners_end` is where winners end, if these
    // have not reached the agency's system yet; otherwise 0.
    uint64_t sent, taken, acknowledged, winners_end;
    struct connection *central; // NULL: not yet, or no longer
    struct questions *questions;
    uint8_t *input; // the agency's: bytes that it has not yet consumed
    size_t input_length;
};

static struct {
    struct wire *wires;
    uint32_t count;
} network;

void network_begin(void) {
    network.wires = NULL;
    network.count = 0;
}

void network_end(void) {
    for (struct wire *wire = network.wires, *next; wire != NULL; wire = next) {
        next = wire->next;
        questions_free(wire->questions);
        free(wire->up.bytes);
        free(wire->down.bytes);
        free(wire->input);
        free(wire);
    }
    network.wires = NULL;
}

static uint32_t some_delay_ms(void) {
    return world_chance(50) ? world_below(plan.delay_ms_max + 1) : 0;
}

// Bytes on their way ----------------------------------------------------------------------------------------

static void move_up(void *context, uint64_t number);
static void move_down(void *context, uint64_t number);

static void move_soon(struct wire *wire, struct pipe *pipe) {
    bool has_any = pipe->length > 0 || pipe->ends;
    if (has_any && !pipe->moving) {
        pipe->moving = true;
        world_after(some_delay_ms(), pipe == &wire->up ? move_up : move_down, wire, 0);
    }
}

static void put(struct wire *wire, struct pipe *pipe, const uint8_t *bytes, size_t length) {
    if (pipe->cut || pipe->ends) {
        return;
    }
    if (pipe->capacity - pipe->length < length) {
        pipe->capacity = (pipe->length + length) * 2;
        pipe->bytes = realloc(pipe->bytes, pipe->capacity);
        if (pipe->bytes == NULL) {
            abort();
        }
    }
    memcpy(pipe->bytes + pipe->length, bytes, length);
    pipe->length += length;
    move_soon(wire, pipe);
}

// How many of the bytes arrive in one piece.
static size_t some_bytes(size_t length) {
    uint32_t kind = world_below(4);
    if (length <= 1 || kind == 0) {
        return length;
    }
    uint32_t most = (uint32_t)length;
    if (plan.single_bytes) {
        return 1 + world_below(most < 3 ? most : 3);
    }
    return kind == 1 ? 1 + world_below(most < 8 ? most : 8) : 1 + world_below(most);
}

static void take_out(struct pipe *pipe, size_t length) {
    memmove(pipe->bytes, pipe->bytes + length, pipe->length - length);
    pipe->length -= length;
}

static void acknowledge(struct wire *wire, uint64_t taken) {
    wire->acknowledged = taken > wire->acknowledged ? taken : wire->acknowledged;
    if (wire->central != NULL && wire->acknowledged == wire->sent) {
        connections_arrived(wire->central);
    }
}

// The acknowledgement reaches the central, unless it is lost on the way.
static void come_acknowledged(void *context, uint64_t taken) {
    struct wire *wire = context;
    if (!wire->up.harmed && wire->central != NULL) {
        world_trace("wire %" PRIu32 ": %" PRIu64 " bytes are acknowledged", wire->number, taken);
        acknowledge(wire, taken);
        central_after_event();
    }
}

// Bytes have reached the agency's system. The central does not learn whether the agency ever reads them.
static void take_down(struct wire *wire, size_t length) {
    wire->taken += length;
    if (wire->winners_end > 0 && wire->taken >= wire->winners_end) {
        wire->winners_end = 0;
        oracle_arrived(wire->questions);
    }
    world_after(some_delay_ms(), come_acknowledged, wire, wire->taken);
}

static void move_up(void *context, uint64_t number) {
    (void)number;
    struct wire *wire = context;
    struct pipe *pipe = &wire->up;
    pipe->moving = false;
    if (wire->central == NULL) {
        pipe->length = 0;
        return;
    }
    if (pipe->length > 0) {
        if (!connections_reads(wire->central)) {
            return; // wire_central_reads is called when it does
        }
        size_t length = some_bytes(pipe->length);
        world_trace("wire %" PRIu32 ": %zu bytes to the central", wire->number, length);
        connections_receive(wire->central, pipe->bytes, length);
        if (pipe->length >= length) { // otherwise the central has closed its end
            take_out(pipe, length);
        }
    } else if (pipe->resets) {
        world_trace("wire %" PRIu32 ": reset to the central", wire->number);
        connections_lose(wire->central);
    } else if (pipe->ends && connections_reads(wire->central)) {
        world_trace("wire %" PRIu32 ": end to the central", wire->number);
        pipe->ends = false;
        pipe->cut = true;
        acknowledge(wire, wire->taken); // the end acknowledges them, too
        connections_end(wire->central);
    } else {
        return;
    }
    central_after_event();
    if (wire->central != NULL && (pipe->length == 0 || connections_reads(wire->central))) {
        move_soon(wire, pipe);
    }
}

// Hands bytes over as agency/link.c does to its owner.
static void hand_over(struct wire *wire) {
    size_t consumed = 0, now = 1;
    while (wire->has_agency && now > 0 && consumed < wire->input_length) {
        now = wire->events->received(wire->context, wire->input + consumed, wire->input_length - consumed);
        consumed += now;
    }
    memmove(wire->input, wire->input + consumed, wire->input_length - consumed);
    wire->input_length -= consumed;
}

static void lose_agency(struct wire *wire, const char *reason) {
    if (wire->has_agency) {
        world_trace("wire %" PRIu32 ": agency %" PRIu32 " learns: %s", wire->number, wire->agency, reason);
        wire->events->down(wire->context, reason); // which closes its end
    }
}

static void move_down(void *context, uint64_t number) {
    (void)number;
    struct wire *wire = context;
    struct pipe *pipe = &wire->down;
    pipe->moving = false;
    if (!wire->has_agency || !wire->is_up) {
        return; // come_up will continue
    }
    if (pipe->length == 0) {
        pipe->ends = false;
        pipe->cut = true;
        lose_agency(wire, "the central closed the connection");
        return;
    }
    size_t length = some_bytes(pipe->length);
    world_trace("wire %" PRIu32 ": %zu bytes to agency %" PRIu32, wire->number, length, wire->agency);
    wire->input = realloc(wire->input, wire->input_length + length + JSON_PADDING_BYTES);
    if (wire->input == NULL) {
        abort();
    }
    memcpy(wire->input + wire->input_length, pipe->bytes, length);
    wire->input_length += length;
    take_out(pipe, length);
    take_down(wire, length);
    hand_over(wire);
    move_soon(wire, pipe);
}

// Connecting ------------------------------------------------------------------------------------------------

static void come_up(void *context, uint64_t number) {
    (void)number;
    struct wire *wire = context;
    if (wire->has_agency && !wire->down.cut) {
        wire->is_up = true;
        wire->events->up(wire->context);
        move_soon(wire, &wire->down);
    }
}

static void arrive(void *context, uint64_t number) {
    (void)number;
    struct wire *wire = context;
    bool is_gone = !wire->has_agency && world_chance(50); // otherwise the central takes it, and learns later
    if (is_gone || wire->up.cut) {
        return;
    }
    wire->central = central_accept(wire, wire->port);
    if (wire->central == NULL) {
        lose_agency(wire, "connection refused");
        return;
    }
    world_trace("wire %" PRIu32 ": agency %" PRIu32 " at port %d", wire->number, wire->agency, wire->port);
    central_after_event();
    world_after(some_delay_ms(), come_up, wire, 0);
    move_soon(wire, &wire->up);
}

struct wire *wire_connect(uint32_t agency, const struct planned_agency *bets, int port,
                          const struct wire_events *events, void *context) {
    struct wire *wire = calloc(1, sizeof *wire);
    if (wire == NULL) {
        abort();
    }
    wire->number = ++network.count;
    wire->agency = agency;
    wire->port = port;
    wire->events = events;
    wire->context = context;
    wire->has_agency = true;
    wire->questions = questions_new(agency, bets);
    wire->next = network.wires;
    network.wires = wire;
    world_after(some_delay_ms(), arrive, wire, 0);
    return wire;
}

// Both ends -------------------------------------------------------------------------------------------------

void wire_send(struct wire *wire, const uint8_t *frame, size_t length) {
    oracle_sent(wire->questions, frame, length);
    digest_frame(wire->number, frame, length);
    put(wire, &wire->up, frame, length);
}

static void end_pipe(struct wire *wire, struct pipe *pipe, bool orderly) {
    if (pipe->cut || pipe->ends) {
        return;
    }
    if (!orderly) {
        pipe->length = world_below((uint32_t)pipe->length + 1);
        pipe->resets = true;
    }
    pipe->ends = true;
    move_soon(wire, pipe);
}

void wire_close(struct wire *wire) {
    wire->has_agency = false;
    wire->down.length = 0;
    end_pipe(wire, &wire->up, world_chance(50));
}

void wire_close_cleanly(struct wire *wire) {
    wire->has_agency = false;
    wire->down.length = wire->up.length = 0;
    wire->up.cut = wire->down.cut = true;
    wire->up.harmed = wire->down.harmed = true;
    if (wire->central != NULL) {
        connections_lose(wire->central);
        central_after_event();
    }
}

void wire_answer(struct wire *wire, const uint8_t *frame, size_t length) {
    uint8_t room[REPLY_SMALL_BYTES_MAX];
    bool has_winners = oracle_answered(wire->questions, frame, length);
    frame = free_text_replace(frame, &length, room);
    digest_frame(wire->number, frame, length);
    wire->sent += length;
    wire->winners_end = has_winners ? wire->sent : wire->winners_end;
    put(wire, &wire->down, frame, length);
}

void wire_answer_ends(struct wire *wire) {
    end_pipe(wire, &wire->down, true);
}

void wire_central_closed(struct wire *wire) {
    wire->central = NULL;
    wire->up.length = 0;
    end_pipe(wire, &wire->down, world_chance(50));
}

void wire_central_reads(struct wire *wire) {
    move_soon(wire, &wire->up);
}

struct connection *wire_central(const struct wire *wire) {
    return wire->central;
}

void wire_spare(struct wire *wire) {
    wire->spared = true;
}

// Harm ------------------------------------------------------------------------------------------------------

static void tell_agency(void *context, uint64_t number) {
    (void)number;
    lose_agency(context, "connection timed out");
}

static void tell_central(void *context, uint64_t number) {
    (void)number;
    struct wire *wire = context;
    if (wire->central != NULL) {
        world_trace("wire %" PRIu32 ": the central learns that it is cut", wire->number);
        connections_lose(wire->central);
        central_after_event();
    }
}

static void cut_pipe(struct pipe *pipe) {
    pipe->length = world_below((uint32_t)pipe->length + 1);
    pipe->cut = pipe->harmed = true;
    pipe->ends = pipe->resets = false;
}

static struct wire *some_wire(void) {
    uint32_t count = 0;
    for (struct wire *wire = network.wires; wire != NULL; wire = wire->next) {
        count += !wire->spared && (wire->has_agency || wire->central != NULL);
    }
    uint32_t wanted = count == 0 ? 0 : world_below(count) + 1;
    for (struct wire *wire = network.wires; wire != NULL && wanted > 0; wire = wire->next) {
        if (!wire->spared && (wire->has_agency || wire->central != NULL) && --wanted == 0) {
            return wire;
        }
    }
    return NULL;
}

void network_cut(void) {
    struct wire *wire = some_wire();
    if (wire == NULL) {
        return;
    }
    uint32_t directions = world_between(1, 3);
    world_trace("FAULT: wire %" PRIu32 " is cut%s%s", wire->number, directions & 1 ? ", up" : "",
                directions & 2 ? ", down" : "");
    if (directions & 1) {
        cut_pipe(&wire->up);
    }
    if (directions & 2) {
        cut_pipe(&wire->down);
    }
    world_after(world_below(CUT_CLIENT_TOLD_MS), tell_agency, wire, 0);
    world_after(world_below(CUT_CENTRAL_TOLD_MS), tell_central, wire, 0);
}

void network_shut(void) {
    struct wire *wire = some_wire();
    if (wire != NULL && wire->central != NULL) {
        world_trace("FAULT: wire %" PRIu32 ": the central's descriptor is closed", wire->number);
        connections_lose(wire->central);
        central_after_event();
    }
}
