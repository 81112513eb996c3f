// A message on its way through the ledger. Every message goes there, even one that is refused or only
// consults, so its answer cannot overtake the answers to earlier chunks.
#ifndef QUINIELA_SERVICE_LOTTERY_REQUEST_H
#define QUINIELA_SERVICE_LOTTERY_REQUEST_H

#include "base/queue.h"
#include "ledger/request.h"
#include "service/lottery/admission.h"
#include "service/lottery/wanted.h"

struct connection;
struct lottery_loop;

struct request {
    struct ledger_request ledger;
    struct queue_node done_node; // in lottery_loop.done
    struct request *next_spare;
    struct lottery_loop *loop;
    struct connection *connection; // held by the request; NULL: it has none (request_record_told)
    bool is_consultation, wait;    // asks for the winners; and waits until the draw
    bool returns;                  // its client looks after its bets when the connection ends
    bool is_list;                  // it counts in lines.lists
    bool wants_time, wants_draw;   // in its answer
    struct proofs_wanted wants;    // likewise
    struct chunk *chunk;
    uint32_t bets_sent;   // how many the message had, even if it was refused
    size_t bytes;         // of memory, including the chunk
    uint64_t whole_at_ns; // as its connection's, of this message
    struct admission_pass pass;
};

// A request of the connection that so far only keeps its place among the answers. NULL when out of memory.
struct request *request_new(struct connection *connection);

// Hands the request to the ledger, which adds it to its loop's `done` once it is answered.
void request_submit(struct request *request);

// Where the consultation shows another seal than this server's: has the ledger told of it.
void request_show_seal(struct request *request);

// The ledger has answered the request: it no longer counts as being there.
void request_came_back(struct request *request);

// Frees a request that was not submitted, or has come back.
void request_free(struct request *request);

// Frees the memory that the loop keeps for further requests.
void request_free_spares(struct lottery_loop *loop);

// Has the ledger record that an agency was told of its winners.
void request_record_told(struct lottery_loop *loop, uint32_t agency);

#endif
