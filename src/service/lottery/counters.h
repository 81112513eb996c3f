// What the lottery's service counts.
#ifndef QUINIELA_SERVICE_LOTTERY_COUNTERS_H
#define QUINIELA_SERVICE_LOTTERY_COUNTERS_H

#include "base/counters.h"

#define LOTTERY_COUNTERS(LINE)                                                                               \
    LINE(COUNTER, messages_refused, "messages", "Refused messages, chunks and consultations alike")          \
    LINE(COUNTER, chunks_refused, "chunks", "Refused chunks")                                                \
    LINE(COUNTER, connections_refused, "connections", "Connections closed after too many refusals in a row") \
    LINE(GAUGE, consultations_waiting, "consultations", "Consultations that wait for the draw")

COUNTERS_DECLARE(lottery, LOTTERY_COUNTERS);

#endif
