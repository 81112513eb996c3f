// What the lottery keeps for the whole server, for each loop, and for each connection. Once flow.c has made a
// part that is named after a file, only that file changes it; the others may read it.
#ifndef QUINIELA_SERVICE_LOTTERY_STATE_H
#define QUINIELA_SERVICE_LOTTERY_STATE_H

#include "base/list.h"
#include "base/queue.h"
#include "ledger/request.h"
#include "net/connection.h"
#include "net/limits.h"
#include "net/net.h"
#include "service/lottery/admission.h"
#include "service/lottery/doubt.h"
#include "service/lottery/lines.h"
#include "service/lottery/telling.h"
#include "service/lottery/waiting.h"
#include "service/service.h"
#include "wire/message.h"
#include "wire/reply.h"

#include <stdatomic.h>

struct lottery {
    struct worker *worker;
    struct audit *audit;                     // may be NULL
    char draw[REPLY_DRAW_TEXT_BYTES];        // what tells its draw from any other; "": nobody has said
    struct notice *notice;                   // what is signed of the draw; NULL: nothing
    atomic_uint seals;                       // how often a seal has been put there
    uint32_t refusals_max;                   // of one connection in a row; 0: no limit
    _Atomic(const struct winners *) winners; // NULL before the draw
    struct loop *loops[LOOPS_MAX];
    int loop_count;
    struct lottery_loop *answered; // loops with `answered` requests; the ledger's thread's alone
};

struct lottery_loop {
    struct lottery *lottery;
    struct loop *loop;
    struct message_decoder *decoder;
    struct queue done;     // requests that the ledger has answered
    uint64_t woken_at_ns;  // when it was last woken to take some, by the steady clock
    struct queue recalled; // agencies that were reset (recall.c)
    // Those that go into `done` next, and the next such loop: the ledger's thread's alone.
    struct queue_chain answered;
    struct lottery_loop *next_answered;
    struct fair *admission;         // what each agency has with the ledger
    struct request *spare_requests; // free to be used again
    unsigned spare_request_count;
    struct doubt doubt;
    struct lines lines;
    unsigned seals_told;      // as lottery.seals was when those that wait were last told
    bool gives_lists;         // connections that wait for a list are being resumed now
    struct list_head waiting; // connections with consultations that wait for the draw
};

struct lottery_connection {
    struct connection *connection;
    uint32_t claimed;     // in plain text: the agency of its last good message
    uint32_t agency;      // with TLS: the agency in its certificate, 0 for none; it may speak for no other
    unsigned in_ledger;   // messages that are with the ledger
    uint64_t whole_at_ns; // when its next message was there whole, by the steady clock; 0: it is not
    uint32_t refusals;    // messages refused in a row
    // Its end. The first two come independently of each other. The third follows from either, once nothing of
    // it is with the ledger, or on the port for consultations from the winners sent; it never goes back.
    bool ended;    // set by lottery.c: the other side sends nothing more
    bool broken;   // set by flow.c: nothing more is taken from it; it is closed after the last answer
    bool finished; // set by answers.c: bytes sent now no longer leave
    // While the server drains (draining.c), its next message is its last one.
    bool draining;
    bool returns;     // its client asked to wait, and looks after its bets when the connection ends
    bool sends_first; // it has sent a chunk with `first`, so it knows errors that come and go
    struct admission_place admission;
    struct doubt_place doubt;
    struct lines_place line;
    struct waiting_place waiting;
    struct telling *telling;
    struct ledger_sender sender; // the ledger's
};

// The service's memory for the connection's loop.
static inline struct lottery_loop *lottery_loop_of(struct connection *connection) {
    return loop_state(connection_loop(connection));
}

#endif
