#include "ledger/counters.h"

COUNTERS_DEFINE(ledger, LEDGER_COUNTERS);
