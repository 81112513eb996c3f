// Chunks that belong to bets which an operator has set aside (resetting.h). The client that sent those must
// not go on with the rest of them: its next chunk is refused, unless it begins anew.
//
// A connection that has sent before is known by how often its agency had been reset then. On a new one, a
// client that goes on beyond what is stored goes on with what was set aside. One that sends no `first` on a
// new connection cannot be told from one that begins anew.
#ifndef QUINIELA_LEDGER_SENDER_H
#define QUINIELA_LEDGER_SENDER_H

#include "base/queue.h"
#include "ledger/request.h"
#include "store/rows.h"

// The group is decided on, or once more: what it has noted of its requests' senders does not count.
void senders_begin(const struct queue_node *requests);

// The group is stored: it counts from now on.
void senders_settle(const struct queue_node *requests);

// Whether the chunk belongs to bets that were set aside. `row` is its agency's.
bool sender_is_behind(const struct ledger_input *input, const struct stored_agency *row);

// Whether the first chunk of a connection begins where the bets end that are stored since a reset. It may be
// of the file that was set aside: there is nothing to compare it with, so it has to begin with its first bet.
bool sender_shows_nothing(const struct ledger_input *input, const struct stored_agency *row);

// The chunk's sender knows of the agency's resets so far.
void sender_note(const struct ledger_input *input, const struct stored_agency *row);

#endif
