// A connection that gives orders: lines in, one answer for each, in order. Everything is on the loop's
// thread.
#ifndef QUINIELA_CONTROL_SESSION_H
#define QUINIELA_CONTROL_SESSION_H

#include "control/order.h"
#include "control/state.h"

// Accepts a connection, which is closed again at once when its user may give no orders, or when there are too
// many.
void session_accept(struct control *control);

// The ledger has answered: records and answers the order, and takes what has come since.
void session_answered(struct control_order *order);

// Closes the session. What an order that is under way does is not undone.
void session_close(struct session *session);

#endif
