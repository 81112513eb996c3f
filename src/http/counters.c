#include "http/counters.h"

COUNTERS_DEFINE(http, HTTP_COUNTERS);
