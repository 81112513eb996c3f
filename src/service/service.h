// The services: what a server does with the bytes of its connections. Each is a handler (net/handler.h), with
// what belongs to it.
#ifndef QUINIELA_SERVICE_SERVICE_H
#define QUINIELA_SERVICE_SERVICE_H

#include "audit/audit.h"
#include "ledger/ledger.h"
#include "ledger/winners.h"
#include "ledger/worker.h"
#include "net/handler.h"

#include <stdint.h>

// Echo: what a client sends up to a newline comes back unchanged. The smallest service there is: begin
// reading here. It has no context.
extern const struct handler echo_handler;

// The lottery: takes chunks and consultations on port 0 of the net, consultations only on port 1.
extern const struct handler lottery_handler;

enum { LOTTERY_PORT_BETS, LOTTERY_PORT_CONSULT, LOTTERY_PORTS };

struct lottery; // the context of lottery_handler: what its loops share

// NULL when out of memory. The caller frees it after the net and the worker are gone.
struct lottery *lottery_new(void);
void lottery_free(struct lottery *lottery);

// Where it is recorded who connects and who is refused. Before the net is started; it must outlive the net.
void lottery_set_audit(struct lottery *lottery, struct audit *audit);

// Tells who does the work. Before the net is started.
void lottery_set_worker(struct lottery *lottery, struct worker *worker);

// A connection is closed after so many refused messages in a row that were at fault themselves; 0: never.
// Before the net is started.
void lottery_set_refusals_max(struct lottery *lottery, uint32_t refusals_max);

// The draw is made: from now on consultations are answered, the waiting ones first. For any thread, also
// before the net is opened. `winners` must outlive the net.
void lottery_set_winners(struct lottery *lottery, const struct winners *winners);

// Whether a certificate's `identity` is an agency's number, in the one accepted form: "7", and not "07", "+7"
// or "*". Whether the draw has that many agencies does not matter.
bool lottery_is_agency(const char *identity);

#endif
