// Back-pressure: whether a connection's next message is taken or the connection is paused, and which
// connections continue when there is room again. A connection waits because of
//   itself       it has too many messages with the ledger, or too many winners that have not arrived yet
//   doubt.h      it was refused before, and the time for such connections is used up
//   lines.h      the loop has enough with the ledger, or enough lists to make
//   admission.h  its agency, or that agency's part at its address, has enough with the ledger
#ifndef QUINIELA_SERVICE_LOTTERY_FLOW_H
#define QUINIELA_SERVICE_LOTTERY_FLOW_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct connection;
struct lottery_loop;
struct request;

// The beginning and the end for a loop; the end also works without a beginning. False when out of memory.
bool flow_begin_loop(struct lottery_loop *loop) MUST_CHECK;
void flow_end_loop(struct lottery_loop *loop);

// The connection's next message has that many bytes, and `is_whole` says whether all of them are there. This
// may pause the connection before more of the message is read.
void flow_look(struct connection *connection, size_t bytes, bool is_whole);

// Whether the connection's next message, which is whole, may be taken now. If not, the connection is paused.
bool flow_may_take(struct connection *connection);

// Whether the current message, of that agency, may ask for a list now. If not, the connection is paused and
// the message has yet to be taken: then flow_keeps_message returns true.
bool flow_may_list(struct connection *connection, uint32_t agency);
bool flow_keeps_message(struct connection *connection);

// Called around the taking of a message. flow_start returns when it began, in ns of the steady clock, or 0
// when it is not timed. flow_stop pauses a connection whose next message must wait.
uint64_t flow_start(struct connection *connection);
void flow_stop(struct connection *connection, uint64_t began_ns);

// Nothing more is taken from the connection: it is closed after the last answer.
void flow_break_off(struct connection *connection);

// Resumes a paused connection, unless something else still holds it.
void flow_resume(struct connection *connection);

// A request was answered: the connections that waited for its room continue, its own connection last.
void flow_answered(struct request *request);

// Resumes the loop's connections for which there is room, or time, now.
void flow_go_on(struct lottery_loop *loop);

// The connection is gone.
void flow_leave(struct connection *connection);

#endif
