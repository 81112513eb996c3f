// What the lottery's service counts.
#ifndef QUINIELA_SERVICE_LOTTERY_COUNTERS_H
#define QUINIELA_SERVICE_LOTTERY_COUNTERS_H

#include "base/counters.h"

// The counters refused_… tell apart why the messages were refused (refusals.c): together they are
// messages_refused.
#define LOTTERY_COUNTERS(LINE)                                                                               \
    LINE(COUNTER, messages_refused, "messages", "Refused messages, chunks and consultations alike")          \
    LINE(COUNTER, refused_malformed, "messages", "Messages refused as they are not of the protocol")         \
    LINE(COUNTER, refused_unauthorized, "messages", "Messages refused as they are for another agency")       \
    LINE(COUNTER, refused_bad_bet, "messages", "Messages refused for a bet that is not right")               \
    LINE(COUNTER, refused_late, "messages", "Messages refused as the agency has ended, or the draw is over") \
    LINE(COUNTER, refused_unfitting, "messages", "Messages refused as they do not fit what is stored")       \
    LINE(COUNTER, refused_unable, "messages", "Messages refused as the central could not do it then")        \
    LINE(COUNTER, chunks_refused, "chunks", "Refused chunks")                                                \
    LINE(COUNTER, connections_refused, "connections", "Connections closed after too many refusals in a row") \
    LINE(GAUGE, consultations_waiting, "consultations", "Consultations that wait for the draw")              \
    LINE(HISTOGRAM, acknowledge_seconds, "seconds",                                                          \
         "How long after a chunk of bets was there whole its acknowledgement was queued")

COUNTERS_DECLARE(lottery, LOTTERY_COUNTERS);

#endif
