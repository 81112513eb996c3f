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

// Echo: each line that a client sends comes back unchanged. The smallest service there is: begin reading
// here. It has no context.
extern const struct handler echo_handler;

// The lottery: takes chunks and consultations on port 0 of the net, consultations only on port 1.
extern const struct handler lottery_handler;

enum { LOTTERY_PORT_BETS, LOTTERY_PORT_CONSULT, LOTTERY_PORTS };

struct notice;
struct lottery; // the context of lottery_handler: what its loops share

// NULL when out of memory. The caller frees it once the net and the worker are gone.
struct lottery *lottery_new(void);
void lottery_free(struct lottery *lottery);

// Sets where connections and refusals are recorded. Call it before the net is started; `audit` must outlive
// the net.
void lottery_set_audit(struct lottery *lottery, struct audit *audit);

// Sets the worker. Call it before the net is started.
void lottery_set_worker(struct lottery *lottery, struct worker *worker);

// Closes a connection after that many refused messages in a row, if the messages themselves were at fault; 0:
// never. Call it before the net is started.
void lottery_set_refusals_max(struct lottery *lottery, uint32_t refusals_max);

// The draw is made: from now on consultations are answered, those that wait first. For any thread, even
// before the net is opened. `winners` must outlive the net.
void lottery_set_winners(struct lottery *lottery, const struct winners *winners);

// What tells the lottery's draw from any other: agencies that ask are told. Copied. Set before the net is
// started.
void lottery_set_draw(struct lottery *lottery, const char *draw);

// Where what is signed of the draw is seen, to be told to agencies that ask; NULL, or never called: nothing
// is signed. It must outlive the net. Call it before the net is started.
void lottery_set_notice(struct lottery *lottery, struct notice *notice);

// The agency was reset (0: some agency was, by another server): those of its clients that wait for the draw,
// and come back by themselves, are sent away to look. For any thread, once the net is open.
void lottery_recall(struct lottery *lottery, uint32_t agency);

// Whether a certificate's `identity` is an agency's number in the one accepted form: "7", and not "07", "+7"
// or "*". It need not be an agency of this draw.
bool lottery_is_agency(const char *identity);

#endif
