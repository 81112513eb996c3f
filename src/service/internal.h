// What the files of the lottery's service share and nobody else sees.
//
//   requests.c   bytes → messages → requests for the ledger
//   answers.c    answered requests → answers
//   telling.c    winners that were sent and may not have arrived
//   admission.c  how much of the ledger one agency, and one address, may ask for at once
//   doubt.c      whoever sent what was refused has a part of the time only
//   lines.c      who waits for what the connections of a loop share
//   waiting.c    consultations that are held until the draw
//   lottery.c    what the loops share, and the table of functions that net/ calls
#ifndef QUINIELA_SERVICE_INTERNAL_H
#define QUINIELA_SERVICE_INTERNAL_H

#include "base/fair.h"
#include "base/queue.h"
#include "base/share.h"
#include "net/connection.h"
#include "net/limits.h"
#include "net/net.h"
#include "service/service.h"
#include "wire/message.h"

#include <assert.h>
#include <stdatomic.h>

struct lottery {
    struct worker *worker;
    struct audit *audit;                     // or NULL
    uint32_t refusals_max;                   // of one connection in a row; 0: any number
    _Atomic(const struct winners *) winners; // NULL before the draw
    struct loop *loops[LOOPS_MAX];
    int loop_count;
};

// doubt.c's part of a loop.
struct doubt {
    struct share share; // of the loop's time, for those that are doubted
    struct fair *waiting;
};

// What a loop has of its own.
struct lottery_loop {
    struct lottery *lottery;
    struct loop *loop;
    struct message_decoder *decoder;
    struct queue done;                  // requests that the ledger has answered
    size_t chunk_bytes;                 // of requests that are with the ledger, and their chunks
    unsigned lists;                     // of what is stored, that are asked for
    bool gives_lists;                   // turns for more of them are being given
    struct fair *for_room, *for_list;   // connections that wait for either to become less
    struct lottery_connection *waiting; // connections that wait for the draw
    struct fair *admission;             // how much of each agency is with the ledger
    struct doubt doubt;
};

// A consultation that is held until the draw.
struct held {
    struct held *next;
    uint32_t agency;
};

struct lottery_connection {
    uint32_t claimed;    // in plain text: the agency that its last good message was of
    uint32_t agency;     // with TLS: the one in its certificate, 0 when it is none. It speaks for no other
    unsigned in_ledger;  // messages that are with the ledger
    uint32_t refusals;   // messages that were refused, since one was not
    unsigned held_count; // consultations that wait for the draw
    bool ended;          // the other side sends no more
    bool broken;         // its stream is out of step: it is closed after the last answer
    bool finished;       // what is sent now does not leave any more
    struct fair_item line_place; // in `line`, while it waits in one
    struct fair *line;           // one of its loop's
    bool may_list;          // its next message that asks for a list may go, and counts in lottery_loop.lists
    struct fair_lane *lane; // it counts for that in lottery_loop.admission; NULL before its first message
    uint64_t lane_group;
    bool is_useless;       // nothing was stored of its last chunk, or it was refused
    struct fair_item turn; // for which it waits, or not
    bool is_known;         // a message of it was good
    uint32_t owed;         // bytes that were refused; 0: it is not doubted
    struct fair_item doubt_turn;
    uint64_t turn_until_ns, reserved_ns; // once it has that turn
    struct held *held;
    struct telling *telling;                                    // NULL: nobody
    struct lottery_connection *previous_waiting, *next_waiting; // in lottery_loop.waiting, while `held`
    struct connection *connection;
};

enum request_kind { REQUEST_CHUNK, REQUEST_CONSULT, REQUEST_REFUSED, REQUEST_TOLD };

// A message on its way through the ledger.
struct request {
    struct ledger_request ledger;
    struct queue_node done_node;
    struct lottery_loop *loop;
    struct connection *connection; // held while the request lives; NULL for REQUEST_TOLD
    enum request_kind kind;
    bool wait;
    bool is_list; // it counts in lottery_loop.lists
    struct chunk *chunk;
    size_t bytes;           // of memory, with the chunk's
    struct fair_lane *lane; // in lottery_loop.admission, held while the request is with the ledger; or NULL
    uint32_t weight;        // what it counts for there
};

// The service's memory for the connection's loop.
static inline struct lottery_loop *lottery_loop_of(struct connection *connection) {
    return loop_state(connection_loop(connection));
}

// admission.c: the beginning and the end of a loop's. False when there is no memory.
bool admission_begin_loop(struct lottery_loop *loop) MUST_CHECK;
void admission_end_loop(struct lottery_loop *loop);

// admission.c: whether another message of the connection may be taken now; when not, the connection is paused
// until it may.
bool admission_may_go(struct connection *connection);

// admission.c: the connection's request goes to the ledger, which is told whose turn it takes there; and has
// come back, so that others may go, or never got there. The connection's `in_ledger` does not count it.
void admission_begin(struct request *request);
void admission_cancel(const struct request *request);
void admission_end(const struct request *request);

// admission.c: the connection is gone.
void admission_leave(struct connection *connection);

// doubt.c: the beginning and the end of a loop's. False when there is no memory.
bool doubt_begin_loop(struct lottery_loop *loop) MUST_CHECK;
void doubt_end_loop(struct lottery_loop *loop);

// doubt.c: the connection is gone.
void doubt_leave(struct connection *connection);

// doubt.c: its next message has so many bytes, and is whole, or not: then it may have to wait before more of
// it is read.
void doubt_look(struct connection *connection, size_t bytes, bool is_whole);

// doubt.c: whether the connection waits, paused, for its turn; and whether another message of it may be taken
// now: when not, it waits from now on.
bool doubt_is_waiting(const struct lottery_connection *own);
bool doubt_may_go(struct connection *connection);

// doubt.c: a message of that many bytes did not get to the ledger; one was answered as a good one.
void doubt_refused(struct connection *connection, size_t bytes);
void doubt_pay(struct lottery_connection *own, size_t bytes);

// doubt.c: around the taking of a message. doubt_begin returns when it began, 0 where nobody asks; doubt_end
// is for connections that are doubted then.
uint64_t doubt_begin(const struct lottery_connection *own);
void doubt_end(struct connection *connection, uint64_t began_ns);

// doubt.c: goes on with those who wait, as far as there is time for them.
void doubt_go_on(struct lottery_loop *loop);

// lines.c: the beginning and the end of a loop's. False when there is no memory.
bool lines_begin_loop(struct lottery_loop *loop) MUST_CHECK;
void lines_end_loop(struct lottery_loop *loop);

// lines.c: whether the connection waits in one of its loop's lines. It is paused then, and goes on when its
// turn comes.
bool lines_is_waiting(const struct lottery_connection *own);

// lines.c: whether there is room for another message with the ledger; when not, the connection waits for it.
// And goes on with those who wait, as far as there is room now.
bool lines_room_may_take(struct connection *connection);
void lines_go_on(struct lottery_loop *loop);

// lines.c: whether the connection's message, for that agency, may ask for a list now: then `may_list` is set,
// until the request has it. When not, the connection waits, with the message still to be taken. And a list
// that was asked for has been answered.
bool lines_list_may_go(struct connection *connection, uint32_t agency);
void lines_list_is_done(struct lottery_loop *loop);

// lines.c: the connection may have a list, and does not go on: another one has its turn.
void lines_give_list_back(struct connection *connection);

// lines.c: the connection is gone.
void lines_leave(struct connection *connection);

// requests.c: takes the whole messages of what came. As handler.received.
size_t requests_received(struct connection *connection, const uint8_t *bytes, size_t length);

// requests.c: goes on with a connection that was paused, unless something else still keeps it.
void requests_resume(struct connection *connection);

// requests.c: has the ledger record that an agency was told its winners.
void requests_record_told(struct lottery_loop *loop, uint32_t agency);

// requests.c: logs that a message was refused that the ledger does not log itself.
void requests_log_refused(const struct connection *connection, uint32_t agency, const struct error *error);

// requests.c: nothing more is taken from the connection: it is closed after the last answer.
void requests_break_off(struct connection *connection);

// requests.c: frees a request that the ledger has answered.
void requests_free(struct request *request);

// answers.c: answers what the ledger has done, and frees the request.
void answers_send(struct request *request);

// answers.c: the draw is made: everyone who waits on this loop is told.
void answers_to_waiting(struct lottery_loop *loop);

// answers.c: ends the connection when it is to end and nothing more is to be answered on it.
void answers_finish_if_done(struct connection *connection);

// telling.c: whether another agency's winners may be sent on the connection before those that were have
// arrived.
bool telling_has_room(const struct lottery_connection *own);

// telling.c: an agency's winners have been sent; its being told is recorded when they have arrived.
void telling_add(struct connection *connection, uint32_t agency);

// telling.c: all that was sent has arrived. As handler.arrived.
void telling_arrived(struct connection *connection);

// telling.c: the connection is gone, and nobody knows what has arrived.
void telling_drop(struct connection *connection);

// waiting.c: holds a consultation until the draw. False when there is no memory.
bool waiting_hold(struct lottery_loop *loop, struct lottery_connection *own, uint32_t agency) MUST_CHECK;

// waiting.c: whether a consultation of that agency waits on the connection.
bool waiting_has(const struct lottery_connection *own, uint32_t agency);

// waiting.c: the connection waits no longer. What it held is the caller's: a list, to be freed each.
struct held *waiting_take(struct lottery_loop *loop, struct lottery_connection *own);

// waiting.c: the connection waits no longer, and what it held is forgotten.
void waiting_drop(struct connection *connection);

#endif
