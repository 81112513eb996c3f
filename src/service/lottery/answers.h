// Answers out, in the order of the questions; what waits for the draw is answered when it is made.
#ifndef QUINIELA_SERVICE_LOTTERY_ANSWERS_H
#define QUINIELA_SERVICE_LOTTERY_ANSWERS_H

struct connection;
struct lottery_loop;
struct request;

// Answers what the ledger has done, and frees the request.
void answers_send(struct request *request);

// The draw is made: everyone who waits on this loop is told.
void answers_to_waiting(struct lottery_loop *loop);

// All that was sent has arrived: so the agencies whose winners that were have been told. As handler.arrived.
void answers_arrived(struct connection *connection);

// Ends the connection when it is to end and nothing more is to be answered on it.
void answers_finish_if_done(struct connection *connection);

#endif
