// What the ledger counts.
#ifndef QUINIELA_LEDGER_COUNTERS_H
#define QUINIELA_LEDGER_COUNTERS_H

#include "base/counters.h"

#define LEDGER_COUNTERS(LINE)                                                                                \
    LINE(COUNTER, chunks_stored, "chunks", "Chunks stored and acknowledged, those sent again not counted")   \
    LINE(COUNTER, bets_stored, "bets", "Bets stored and acknowledged, each once")                            \
    LINE(COUNTER, chunks_repeated, "chunks",                                                                 \
         "Chunks acknowledged because all of their bets were stored before")                                 \
    LINE(COUNTER, store_failures, "times",                                                                   \
         "Times the store failed, each counted once until something was stored again")                       \
    LINE(COUNTER, orders_done, "orders", "Orders of the operator carried out, those of others not counted")  \
    LINE(COUNTER, orders_refused, "orders", "Orders of the operator refused")                                \
    LINE(HISTOGRAM, commit_seconds, "seconds", "How long the store took to commit a group of chunks")

COUNTERS_DECLARE(ledger, LEDGER_COUNTERS);

#endif
