// Back-pressure: whether the next message of a connection is taken or the connection is paused, and which
// ones go on when there is room again. A connection waits because of
//   itself       too many of its messages are with the ledger, or too many winners have not arrived yet
//   doubt.h      it was refused before, and the time for such connections is used up
//   lines.h      the loop has enough with the ledger, or enough lists to make
//   admission.h  its agency, or its address there, has enough with the ledger
#ifndef QUINIELA_SERVICE_LOTTERY_FLOW_H
#define QUINIELA_SERVICE_LOTTERY_FLOW_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct connection;
struct lottery_loop;
struct request;

// The beginning and the end for a loop; the end also for one that has not begun. False when out of memory.
bool flow_begin_loop(struct lottery_loop *loop) MUST_CHECK;
void flow_end_loop(struct lottery_loop *loop);

// The next message of the connection has so many bytes, and is whole, or not. It may be paused before more of
// it is read.
void flow_look(struct connection *connection, size_t bytes, bool is_whole);

// Whether the next message of the connection, which is whole, may be taken now. When not, it is paused.
bool flow_may_take(struct connection *connection);

// Whether the message that is being taken, for that agency, may ask for a list now. When not, the connection
// is paused with the message still to be taken: flow_keeps_message says so.
bool flow_may_list(struct connection *connection, uint32_t agency);
bool flow_keeps_message(struct connection *connection);

// Around the taking of a message. flow_start returns when it began, in ns of the steady clock, or 0: it is
// not timed. flow_stop pauses a connection whose next message must wait.
uint64_t flow_start(struct connection *connection);
void flow_stop(struct connection *connection, uint64_t began_ns);

// Nothing more is taken from the connection: it is closed after the last answer.
void flow_break_off(struct connection *connection);

// Resumes a paused connection, unless something else still holds it.
void flow_resume(struct connection *connection);

// A request was answered: the connections that waited for its room go on, its own one last.
void flow_answered(struct request *request);

// Resumes those connections of the loop for which there is room, or time, now.
void flow_go_on(struct lottery_loop *loop);

// The connection is gone.
void flow_leave(struct connection *connection);

#endif
