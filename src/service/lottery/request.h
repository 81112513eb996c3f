// A message on its way through the ledger. Every message goes there, even one that is refused or only asks:
// so its answer cannot overtake those to the chunks before it.
#ifndef QUINIELA_SERVICE_LOTTERY_REQUEST_H
#define QUINIELA_SERVICE_LOTTERY_REQUEST_H

#include "base/queue.h"
#include "ledger/request.h"
#include "service/lottery/admission.h"

struct connection;
struct lottery_loop;

struct request {
    struct ledger_request ledger;
    struct queue_node done_node; // in lottery_loop.done
    struct lottery_loop *loop;
    struct connection *connection; // held while the request lives; NULL: nobody asked (request_record_told)
    bool is_consultation, wait;    // for the winners; until the draw
    bool is_list;                  // it counts in lines.lists
    struct chunk *chunk;
    uint32_t bets_sent; // how many the message had, also when it was refused
    size_t bytes;       // of memory, with the chunk's
    struct admission_pass pass;
};

// A request of the connection that only keeps its place among the answers. NULL when out of memory.
struct request *request_new(struct connection *connection);

// Hands it over to the ledger, which puts it into its loop's `done` when it is answered.
void request_submit(struct request *request);

// The ledger has answered it: it is no longer counted as being there.
void request_came_back(struct request *request);

// Frees a request that was not submitted, or has come back.
void request_free(struct request *request);

// Has the ledger record that an agency was told its winners.
void request_record_told(struct lottery_loop *loop, uint32_t agency);

#endif
