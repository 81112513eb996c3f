#include "service/lottery/counters.h"

COUNTERS_DEFINE(lottery, LOTTERY_COUNTERS);
