// Sends answers, in the order of the requests; consultations that wait for the draw are answered once it is
// made.
#ifndef QUINIELA_SERVICE_LOTTERY_ANSWERS_H
#define QUINIELA_SERVICE_LOTTERY_ANSWERS_H

struct connection;
struct lottery_loop;
struct request;

// Answers a request that the ledger has processed, and frees the request.
void answers_send(struct request *request);

// The draw is made: answers every consultation that waits on this loop.
void answers_to_waiting(struct lottery_loop *loop);

// There is a seal: answers those that wait for it, and looks at what others have shown before.
void answers_seal_to_waiting(struct lottery_loop *loop);

// Everything sent has arrived: the agencies whose winners were in it have been told. As handler.arrived.
void answers_arrived(struct connection *connection);

// Ends the connection if it is ending and no more answers will be sent on it.
void answers_finish_if_done(struct connection *connection);

// The server drains: the connection's next message is its last one. One that holds consultations, which
// nobody will answer now, ends at once.
void answers_draining(struct connection *connection);

#endif
