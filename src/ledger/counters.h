// What the ledger counts.
#ifndef QUINIELA_LEDGER_COUNTERS_H
#define QUINIELA_LEDGER_COUNTERS_H

#include "base/counters.h"

#define LEDGER_COUNTERS(LINE)                                                                                \
    LINE(COUNTER, chunks_stored, "chunks", "Chunks stored and acknowledged, those sent again not counted")   \
    LINE(COUNTER, bets_stored, "bets", "Bets stored and acknowledged, each once")                            \
    LINE(COUNTER, chunks_repeated, "chunks",                                                                 \
         "Chunks acknowledged because all of their bets were stored before")

COUNTERS_DECLARE(ledger, LEDGER_COUNTERS);

#endif
