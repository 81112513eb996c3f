#include "net/counters.h"

COUNTERS_DEFINE(net, NET_COUNTERS);
