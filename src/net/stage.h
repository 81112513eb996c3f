// A connection's state and what follows from it. Every change of a connection goes through this file, and is
// settled once, at the end of the current callback (connections.c). Other code need not think of reading or
// deadlines.
//
//   TURN ⇄ HANDSHAKE → OPEN → FINISHING ⇄ ARRIVING
//                                 ↓
//                             LINGERING → CLOSED
//
//   OPEN → FINISHING        connection_finish; also from TURN and HANDSHAKE, and when TLS fails
//   FINISHING → ARRIVING    all but our end has left; our end waits until that has arrived, and then follows
//   FINISHING → LINGERING   our end has left
//   any → CLOSED            connection_abort, an error, a timeout; LINGERING also when the peer has ended
//
// Lingering: bytes that still come in are thrown away for a while. If we closed at once, they would be
// answered with a reset, which can destroy the last message before the peer has read it.
#ifndef QUINIELA_NET_STAGE_H
#define QUINIELA_NET_STAGE_H

#include "net/connection_parts.h"

// Moves to another stage, by one of the moves above.
void stage_change(struct connection *connection, enum connection_stage stage);

// Sets one of the connection's facts.
void stage_set(struct connection *connection, bool *fact, bool value);

// Something else has changed: its input or output, or what the service owes.
void stage_touch(struct connection *connection);

// Takes the connection that has waited longest to be settled; the caller releases it (connection_release).
// NULL when there is none.
struct connection *stage_next_changed(struct connections *all);

// Whether any connection waits to be settled.
bool stage_any_changed(const struct connections *all);

// Whether the service's bytes pass both ways, or will: true until the connection is finishing.
bool stage_is_running(const struct connection *connection);

// Whether everything that was queued has left, and only the peer is waited for.
bool stage_is_over(const struct connection *connection);

// Restarts the deadline of `kind`: a whole message has come, or another slice follows.
void stage_restart_deadline(struct connection *connection, enum watch_kind kind);

// Works out what the connection waits for now. Its deadline continues if that has not changed.
void stage_settle_deadline(struct connection *connection);

// The connections that wait for `kind`, from the one that has waited longest. NULL after the last.
struct connection *stage_first(const struct connections *all, enum watch_kind kind);
struct connection *stage_next(const struct connection *connection, enum watch_kind kind);

// For loops that close connections, which may change others: `next` is the connection that came next before
// the change. If it no longer waits for `kind`, the walk starts again.
struct connection *stage_next_after_change(const struct connections *all, enum watch_kind kind,
                                           struct connection *next);

#endif
