// A connection's state, and what follows from it. Whatever changes a connection passes here: then it is
// settled once, when the callback that runs now has returned (socket.c), and nobody has to think of its
// reading or its deadline.
//
//   TURN ⇄ HANDSHAKE → OPEN ──connection_finish──→ FINISHING ──all sent──→ LINGERING ──the peer ends, or
//   time──→ CLOSED
//                                                    ↕ until what was sent has arrived, if that is awaited
//                                                  ARRIVING
//   and from each to FINISHING, when TLS fails, and to CLOSED, by connection_abort or an error.
//
// Lingering: our end is sent, and what still comes in is thrown away for a while. Closing at once would
// answer it with a reset, and a reset can destroy the last message before the peer has read it.
#ifndef QUINIELA_NET_STAGE_H
#define QUINIELA_NET_STAGE_H

#include "net/connection_parts.h"

// Moves to another stage. The move must be one of the chart's.
void stage_change(struct connection *connection, enum connection_stage stage);

// Sets one of the connection's facts.
void stage_set(struct connection *connection, bool *fact, bool value);

// Something else has changed: its input or output, or what the service owes.
void stage_touch(struct connection *connection);

// Takes the connection that has waited longest to be settled; the caller releases it (connection_release).
// NULL when there is none.
struct connection *stage_next_changed(struct connections *all);

// Whether the service's bytes still go both ways, or will.
bool stage_is_running(const struct connection *connection);

// Whether everything of ours has left, and only the peer is waited for.
bool stage_is_over(const struct connection *connection);

// Gives what the connection waits for its whole time from now on: something whole has come, or a slice has
// left.
void stage_restart_deadline(struct connection *connection, enum watch_kind kind);

// Works out what the connection waits for now. The deadline of the same thing as before goes on.
void stage_settle_deadline(struct connection *connection);

// Those that wait for `kind`, from the one that has waited longest. NULL after the last.
struct connection *stage_first(const struct connections *all, enum watch_kind kind);
struct connection *stage_next(const struct connection *connection, enum watch_kind kind);

// For a walk through them in which each may be closed, which may change others, too: `next` followed before
// that. When it no longer waits for `kind`, the walk begins again.
struct connection *stage_next_after_change(const struct connections *all, enum watch_kind kind,
                                           struct connection *next);

#endif
