// A connection's state, and what follows from it. Whatever changes a connection passes through here, and is
// then settled once, at the end of the callback that runs now (connections.c): nobody has to think of its
// reading or its deadline.
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
// Lingering: what still comes in is thrown away for a while. Closing at once would answer it with a reset,
// and a reset can destroy the last message before the peer has read it.
#ifndef QUINIELA_NET_STAGE_H
#define QUINIELA_NET_STAGE_H

#include "net/connection_parts.h"

// Moves to another stage. It must be one of the moves above.
void stage_change(struct connection *connection, enum connection_stage stage);

// Sets one of the connection's facts.
void stage_set(struct connection *connection, bool *fact, bool value);

// Something else has changed: its input or output, or what the service owes.
void stage_touch(struct connection *connection);

// Takes the connection that has waited longest to be settled; the caller releases it (connection_release).
// NULL when there is none.
struct connection *stage_next_changed(struct connections *all);

// Whether there is one.
bool stage_any_changed(const struct connections *all);

// Whether the service's bytes go both ways, or will: until it is finishing.
bool stage_is_running(const struct connection *connection);

// Whether everything that was queued has left, and only the peer is waited for.
bool stage_is_over(const struct connection *connection);

// Restarts the deadline, of `kind`: something whole has come, or a slice is next.
void stage_restart_deadline(struct connection *connection, enum watch_kind kind);

// Works out what the connection waits for now. Its deadline goes on if that is the same as before.
void stage_settle_deadline(struct connection *connection);

// Those that wait for `kind`, from the one that has waited longest. NULL after the last.
struct connection *stage_first(const struct connections *all, enum watch_kind kind);
struct connection *stage_next(const struct connection *connection, enum watch_kind kind);

// For a walk in which connections are closed, which may change others: `next` followed before that. If it no
// longer waits for `kind`, the walk begins again.
struct connection *stage_next_after_change(const struct connections *all, enum watch_kind kind,
                                           struct connection *next);

#endif
