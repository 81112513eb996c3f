// What several words of the control protocol answer.
#ifndef QUINIELA_CONTROL_WORDS_PUT_H
#define QUINIELA_CONTROL_WORDS_PUT_H

#include "control/options.h"
#include "ledger/order.h"
#include "wire/json_writer.h"

// Which server it is: its draw and its store.
void words_put_server(const struct control_facts *facts, struct json_writer *writer);

// The draw: its state, how many agencies and bets it has, and its times.
void words_put_draw(const struct order_status *status, struct json_writer *writer);

// The agencies that are missing, as ranges.
void words_put_missing(const struct order_status *status, struct json_writer *writer);

#endif
